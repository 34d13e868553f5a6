import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Blobs } from './blobs.ts';

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** For tests: what every store of blobs promises. The store is empty. */
export function checkBlobs(name: string, blobs: Blobs): void {
  test(`${name}: what is put is got, byte for byte, and replaced by what is put again`, async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    await blobs.put('one/a/b', Buffer.from('before'));
    await blobs.put('one/a/b', bytes);
    const stream = await blobs.get('one/a/b');
    assert.ok(stream !== null && bytes.equals(await buffer(stream)));
    assert.deepEqual(await blobs.stat('one/a/b'), { bytes: 300_000 });
    await blobs.put('one/empty', Buffer.alloc(0));
    assert.deepEqual(await blobs.stat('one/empty'), { bytes: 0 });
    (await blobs.get('one/a/b'))?.destroy();
  });

  test(`${name}: a file is put as it is, and any range of its bytes is got`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rookery-blobs-'));
    const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, index) => index % 253));
    await writeFile(join(folder, 'film'), bytes);
    await blobs.putFile('one/film', join(folder, 'film'));
    await rm(folder, { recursive: true });
    assert.deepEqual(await blobs.stat('one/film'), { bytes: 400_000 });
    for (const [first, last] of [[0, 0], [0, 399_999], [70_000, 300_000], [399_999, 399_999]] as const) {
      const stream = await blobs.get('one/film', { first, last });
      assert.ok(stream !== null && bytes.subarray(first, last + 1).equals(await buffer(stream)), `${first}-${last}`);
    }
    assert.equal(await blobs.get('one/none', { first: 0, last: 1 }), null);
  });

  test(`${name}: what is not there is null, and deleted already`, async () => {
    assert.deepEqual([await blobs.get('one/none'), await blobs.stat('one/none'), await blobs.get('none/none')], [null, null, null]);
    await blobs.delete('one/none');
    await blobs.put('gone/a', Buffer.from('x'));
    await blobs.delete('gone/a');
    assert.equal(await blobs.get('gone/a'), null);
  });

  test(`${name}: everything is listed by its first name, over as many pages as it takes`, async () => {
    const keys = ['list/a/b/c', 'list/a/d', 'list/e', 'list/f', 'list/g', 'lister/a', 'other/a'];
    for (const key of keys) await blobs.put(key, Buffer.from(key));
    const listed = (await all(blobs.list('list'))).map(({ key, bytes }) => `${key} ${bytes}`).sort();
    assert.deepEqual(listed, keys.slice(0, 5).map((key) => `${key} ${key.length}`));
    assert.deepEqual(await all(blobs.list('nothing')), []);
    assert.deepEqual((await all(blobs.firstNames())).sort(), ['list', 'lister', 'one', 'other']);
  });

  test(`${name}: no key leads elsewhere`, async () => {
    for (const bad of ['', '../x', 'a/../b', '/a', 'a//b', 'a/b/', 'a?b', 'a%2fb', 'A', 'a.b', 'a/b/c/d/e']) {
      for (const use of [(key: string) => blobs.get(key), (key: string) => blobs.put(key, Buffer.alloc(0)), (key: string) => blobs.delete(key), (key: string) => blobs.stat(key)]) {
        await assert.rejects(async () => use(bad), /no key/, bad);
      }
      assert.throws(() => blobs.list(bad), /no key/);
    }
  });
}
