import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeZip } from '../archive-fixture.ts';
import { folder, readFiles, refusal, igList, threadsText } from './export-fixture.ts';

test('Threads: both hosts, with and without @', async () => {
  const { reading, rows } = await readFiles({ 'your_instagram_activity/threads/followers.json': threadsText() });
  assert.deepEqual(
    rows.map(({ handle, href }) => [handle, href]),
    [
      ['mira.vale', 'https://www.threads.com/@mira.vale'],
      ['zed', 'https://www.threads.com/@zed'],
      ['osei.k', 'https://www.threads.com/@osei.k'],
    ],
  );
  assert.deepEqual([reading.dialect, reading.network], ['threads-json', 'threads']);
});

test('a loose followers.json is told apart by its content', async () => {
  assert.equal((await readFiles({ 'followers.json': threadsText() })).reading.network, 'threads');
  assert.equal((await readFiles({ 'followers.json': igList('a') })).reading.network, 'instagram');
});

test('Instagram and Threads in one export: the account decides, and without one it is asked', async () => {
  const files = {
    'e.zip': writeZip([
      { name: `${folder}/followers_1.json`, content: igList('a') },
      { name: 'your_instagram_activity/threads/followers.json', content: threadsText() },
    ]),
  };
  await assert.rejects(readFiles(files), refusal(/several networks \(instagram, threads\)\. Say which/));
  const threads = await readFiles(files, { network: 'threads' });
  assert.deepEqual([threads.reading.followers, threads.reading.complete], [3, true]);
  assert.match(threads.reading.warnings.join(), /list of instagram in this export was left out/);
  assert.equal((await readFiles(files, { network: 'instagram' })).reading.followers, 1);
});
