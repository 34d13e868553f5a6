import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeZip } from '../archive-fixture.ts';
import { folder, seconds, readFiles, refusal, igList, handles } from './export-fixture.ts';

test('Instagram: bare array, with the time of the follow and a rebuilt address', async () => {
  const { reading, rows } = await readFiles({ [`${folder}/followers_1.json`]: igList('Mira.Vale', 'zed') });
  assert.deepEqual(rows[0], {
    externalId: null,
    handle: 'mira.vale',
    href: 'https://www.instagram.com/mira.vale/',
    followedAt: new Date(seconds * 1000),
    followedOn: null,
  });
  assert.deepEqual(
    [reading.dialect, reading.network, reading.followers, reading.following, reading.complete, reading.rangeOnly, reading.dateSource],
    ['instagram-json', 'instagram', 2, null, true, false, 'upload'],
  );
});

test('Instagram: the wrapper of older exports, also behind other keys', async () => {
  const { rows } = await readFiles({
    'followers.json': `{"a":{"b":[1,"]}"]},"relationships_followers":${igList('zed', 'osei.k')},"c":null}`,
  });
  assert.deepEqual(handles(rows), ['zed', 'osei.k']);
});

test('Instagram: the handle in title, with a /_u/ address or with none', async () => {
  const rows = [
    { title: 'wren_fox', string_list_data: [{ href: 'https://www.instagram.com/_u/wren_fox', timestamp: seconds }] },
    { title: 'Display Name', string_list_data: [{ href: 'https://www.instagram.com/_u/real.handle/', timestamp: 0 }] },
    { title: '@Bare', string_list_data: [] },
  ];
  const found = await readFiles({
    'followers_1.json': JSON.stringify(rows),
    'following.json': JSON.stringify({ relationships_following: rows }),
  });
  assert.deepEqual(
    found.rows.map(({ handle, followedAt }) => [handle, followedAt?.getTime() ?? null]),
    [
      ['wren_fox', seconds * 1000],
      ['real.handle', null],
      ['bare', null],
    ],
  );
  assert.equal(found.reading.following, 3);
});

test('Instagram: label_values, by address in any language, else by a known label, and never by guess', async () => {
  const link = (handle: string): object => ({
    label: 'URL',
    value: `https://www.instagram.com/${handle}`,
    href: `https://www.instagram.com/${handle}`,
  });
  const { reading, rows } = await readFiles({
    'followers_1.json': JSON.stringify([
      { timestamp: seconds, media: [], label_values: [{ label: 'Nom', value: 'Mira V' }, link('mira.vale')], fbid: '1' },
      { timestamp: seconds, label_values: [{ dict: [{ dict: [{ label: 'Username', value: 'zed' }], title: '' }], title: 'Owner' }] },
      { label_values: [link('one'), link('two')] },
    ]),
  });
  assert.deepEqual(handles(rows), ['mira.vale', 'zed']);
  assert.deepEqual([reading.unreadable, reading.complete], [1, false]);
  assert.match(reading.warnings[0] ?? '', /Row 3 of followers_1\.json .* more than one handle/);
});

test('a handle written in mojibake and the same one written well are one follower', async () => {
  const value = (text: string): object => ({ string_list_data: [{ value: text }] });
  const { reading, rows } = await readFiles({ 'followers_1.json': JSON.stringify([value('josÃ©'), value('josé'), value('漢Ã')]) });
  assert.deepEqual([handles(rows), reading.duplicates], [['josé', '漢ã'], 1]);
});

test('parts are read in order, repeats across parts count once', async () => {
  const { reading, rows } = await readFiles({
    [`${folder}/followers_10.json`]: igList('j'),
    [`${folder}/followers_2.json`]: igList('b', 'A'),
    [`${folder}/followers_1.json`]: igList('a'),
    ...Object.fromEntries([3, 4, 5, 6, 7, 8, 9].map((part) => [`followers_${part}.json`, '[]'])),
  });
  assert.deepEqual(handles(rows), ['a', 'b', 'j']);
  assert.deepEqual([reading.followers, reading.duplicates, reading.complete], [3, 1, true]);
});

test('a hole between parts makes the list incomplete', async () => {
  const { reading } = await readFiles({ 'followers_1.json': igList('a'), 'followers_3.json': igList('c') });
  assert.equal(reading.complete, false);
  assert.match(reading.warnings.join(), /Part 2 of the follower list is missing/);
  assert.equal((await readFiles({ 'followers_2.json': igList('a') })).reading.complete, false);
});

test('a loose list says that further parts may exist; a ZIP does not', async () => {
  assert.match((await readFiles({ 'followers_1.json': igList('a') })).reading.warnings.join(), /followers_2/);
  assert.deepEqual(
    (await readFiles({ 'e.zip': writeZip([{ name: `${folder}/followers_1.json`, content: igList('a') }]) })).reading.warnings,
    [],
  );
});

test("owner and day come from the name of Instagram's ZIP; the list is not older than its newest follow", async () => {
  const zip = writeZip([{ name: `${folder}/followers_1.json`, content: igList('a') }]);
  const { reading } = await readFiles({ 'instagram-nordlys_studio-2025-08-24-AbCd1234.zip': zip });
  assert.deepEqual([reading.owner, reading.dateSource, reading.generatedAt], ['nordlys_studio', 'export', new Date(seconds * 1000)]);
  await assert.rejects(
    readFiles({
      'instagram-one-2025-08-24-AbCd1234.zip': zip,
      'instagram-two-2025-08-24-AbCd1234.zip': writeZip([{ name: 'followers_2.json', content: '[]' }]),
    }),
    refusal(/different accounts/),
  );
});
