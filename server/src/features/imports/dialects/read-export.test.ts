import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { writeZip } from '../archive-fixture.ts';
import { type Files, folder, readFiles, refusal, igList, xList, page, box } from './export-fixture.ts';

test('the same part twice is refused, in one ZIP, in two, and as a second download', async () => {
  const member = { name: `${folder}/followers_1.json`, content: igList('a') };
  const zip = writeZip([member]);
  await assert.rejects(readFiles({ 'e.zip': writeZip([member, member]) }), refusal(/there twice/));
  await assert.rejects(readFiles({ 'a.zip': zip, 'b.zip': zip }), refusal(/there twice/));
  await assert.rejects(readFiles({ 'followers_1.json': '[]', 'followers_1 (1).json': '[]' }), refusal(/there twice/));
  await assert.rejects(readFiles({ 'followers.json': '[]', 'followers_1.json': '[]' }), refusal(/there twice/));
});

test('without a date of its own the export is as old as its file', async () => {
  const modifiedAt = new Date('2026-01-02T03:04:05Z');
  const { reading } = await readFiles({ 'followers_1.json': igList('a') }, { modifiedAt });
  assert.deepEqual([reading.dateSource, reading.generatedAt], ['file', modifiedAt]);
});

test('mixed networks, mixed formats and the wrong network are refused', async () => {
  await assert.rejects(
    readFiles({ 'followers_1.json': '[]', 'follower.js': xList('follower', 0, []) }, { network: 'x' }),
    refusal(/several networks/),
  );
  await assert.rejects(readFiles({ 'followers_1.json': '[]', 'followers_1.html': page('') }), refusal(/JSON and as HTML/));
  await assert.rejects(readFiles({ 'followers_1.json': '[]' }, { network: 'x' }), refusal(/export of instagram, and the account is on x/));
});

test('nothing found: the words name the files to look for and the export to request', async () => {
  for (const files of [{}, { 'holiday.jpg': 'x' }, { 'e.zip': writeZip([{ name: 'a/pending_follow_requests.json', content: '{}' }]) }]) {
    await assert.rejects(
      readFiles(files),
      refusal(/followers_1\.json .*JSON, "All time".*threads\/followers\.json.*follower\.js/),
    );
  }
  await assert.rejects(
    readFiles({ 'following.json': '{"relationships_following":[]}' }),
    refusal(/only hold the list of accounts that are followed/),
  );
});

test('empty lists are valid in every dialect', async () => {
  for (const text of [
    '[]',
    ' [ ]\n',
    '{}',
    '{"relationships_followers":[]}',
    '{"relationships_followers":{}}',
    '{"relationships_followers":null}',
    '\uFEFF[]',
  ]) {
    assert.deepEqual([(await readFiles({ 'followers_1.json': text })).reading.followers, text], [0, text]);
  }
  assert.equal((await readFiles({ 'threads/followers.json': '{"text_post_app_text_post_app_followers":[]}' })).reading.network, 'threads');
  assert.equal((await readFiles({ 'follower.js': 'window.YTD.follower.part0 = [ ]' })).reading.followers, 0);
  assert.equal((await readFiles({ 'followers_1.html': page('') })).reading.followers, 0);
});

test('the digest is the same for the same set in another order, and differs for any other', async () => {
  const digest = async (files: Files): Promise<string> => (await readFiles(files)).reading.digest;
  const first = await digest({ 'followers_1.json': igList('a', 'b', 'c') });
  assert.equal(await digest({ 'followers_1.json': igList('c', 'a'), 'followers_2.json': igList('B', 'a') }), first);
  assert.equal(await digest({ 'followers_1.html': page(['b', 'c', 'a'].map((handle) => box(handle, '')).join('')) }), first);
  for (const other of [igList('a', 'b'), igList('a', 'b', 'd'), '[]']) assert.notEqual(await digest({ 'followers_1.json': other }), first);
  assert.notEqual(await digest({ 'threads/followers.json': igList('a', 'b', 'c') }), first);
});

test('progress ends at one, and a stopped reading throws', async () => {
  const shares: number[] = [];
  await readFiles(
    { 'followers_1.json': igList('a'), 'following.json': '{"relationships_following":[]}' },
    { onProgress: (share) => shares.push(share) },
  );
  assert.equal(shares.at(-1), 1);
  await assert.rejects(readFiles({ 'followers_1.json': igList('a') }, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

const samples = join(import.meta.dirname, '../../../../../../shared/data/exports');
const expected: Readonly<Record<string, readonly [dialect: string, followers: number, following: number]>> = {
  'instagram-json': ['instagram-json', 10, 5],
  'instagram-json-titled': ['instagram-json', 10, 5],
  'instagram-html': ['instagram-html', 10, 5],
  threads: ['threads-json', 10, 5],
  x: ['x-archive', 6, 3],
};
for (const [name, figures] of Object.entries(expected)) {
  test(`sample export ${name} reads fully, loose and as ZIP`, { skip: !existsSync(samples) }, async () => {
    const root = join(samples, name);
    const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(root, path)).isFile());
    const files = paths.map((path) => ({ name: relative('', path), content: readFileSync(join(root, path)) }));
    for (const uploads of [Object.fromEntries(files.map((file) => [file.name, file.content])), { 'export.zip': writeZip(files) }]) {
      const { reading, rows } = await readFiles(uploads);
      assert.deepEqual([reading.dialect, reading.followers, reading.following], figures);
      assert.deepEqual([rows.length, reading.complete, reading.unreadable, reading.duplicates], [figures[1], true, 0, 0]);
    }
  });
}
