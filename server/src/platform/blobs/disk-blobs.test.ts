import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { checkBlobs } from './blobs-fixture.ts';
import { createDiskBlobs } from './disk-blobs.ts';

const folder = await mkdtemp(join(tmpdir(), 'rookery-blobs-'));
after(() => rm(folder, { recursive: true, force: true }));
const blobs = createDiskBlobs(folder);

checkBlobs('disk', createDiskBlobs(await mkdtemp(join(folder, 'contract-'))));

const key = '01900000-0000-7000-8000-000000000001/01900000-0000-7000-8000-000000000002/abc';

test('what is put is got, whole, and only its owner can read it', async () => {
  await blobs.put(key, Buffer.from('bytes'));
  const stream = await blobs.get(key);
  assert.ok(stream !== null);
  assert.equal((await buffer(stream)).toString(), 'bytes');
  assert.deepEqual(await blobs.stat(key), { bytes: 5 });
  assert.equal((await stat(join(folder, ...key.split('/')))).mode & 0o777, 0o600);
  assert.equal((await stat(join(folder, '01900000-0000-7000-8000-000000000001'))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(join(folder, ...key.split('/').slice(0, -1))), ['abc'], 'no half file stays');
});

test('what is deleted is gone, with the folders that it leaves empty, and deleting twice is no failure', async () => {
  await blobs.put('a/b/one', Buffer.from('1'));
  await blobs.put('a/b/two', Buffer.from('2'));
  await blobs.delete('a/b/one');
  assert.equal(await blobs.get('a/b/one'), null);
  assert.deepEqual(await blobs.stat('a/b/two'), { bytes: 1 });
  await blobs.delete('a/b/two');
  await blobs.delete('a/b/two');
  assert.equal((await readdir(folder)).includes('a'), false);
});

test('what is stored is listed by its first name, half files and strangers are not', async () => {
  for (const name of ['list/a/one', 'list/two', 'other/a']) await blobs.put(name, Buffer.from(name));
  await writeFile(join(folder, 'list', 'a', 'one.0123456789ab.half'), 'x');
  await writeFile(join(folder, 'README'), 'x');
  const found: string[] = [];
  for await (const { key, bytes } of blobs.list('list')) found.push(`${key} ${bytes}`);
  assert.deepEqual(found.sort(), ['list/a/one 10', 'list/two 8']);
  for await (const { key } of blobs.list('nothing-here')) assert.fail(key);
  const names: string[] = [];
  for await (const name of blobs.firstNames()) names.push(name);
  assert.deepEqual(names.filter((name) => !/^(0|contract)/.test(name)).sort(), ['list', 'other']);
  assert.throws(() => blobs.list('..'), /no key/);
});

test('a write that fails leaves nothing behind', async () => {
  // A file stands where the folder should be.
  await writeFile(join(folder, 'taken'), '');
  await assert.rejects(blobs.put('taken/one', Buffer.from('1')));
  assert.equal(await blobs.get('taken/one'), null);
  assert.deepEqual((await readdir(folder)).filter((name) => name.includes('half')), []);
});

test('no key leads out of the folder', async () => {
  for (const bad of ['', '../x', 'a/../b', '/etc/passwd', 'a//b', 'a/b/', 'a\\b', 'a\0', 'A', 'a.b', '.', 'a/b/c/d/e', 'a'.repeat(101)]) {
    await assert.rejects(async () => blobs.get(bad), /no key/, bad);
    await assert.rejects(async () => blobs.put(bad, Buffer.alloc(0)), /no key/, bad);
    await assert.rejects(async () => blobs.delete(bad), /no key/, bad);
  }
});
