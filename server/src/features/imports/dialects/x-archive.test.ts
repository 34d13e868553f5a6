import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Files, readFiles, refusal, xList, xManifest } from './export-fixture.ts';

const xFiles = (): Files => ({
  'data/manifest.js': xManifest([
    { fileName: 'data/follower.js', count: '2' },
    { fileName: 'data/follower-part1.js', count: '1' },
  ]),
  'data/follower.js': xList('follower', 0, ['1252851', '9007199254740993']),
  'data/follower-part1.js': xList('follower', 1, ['18446744073709551615']),
});

test('X: ids stay strings beyond 2^53, addresses are rebuilt, manifest gives owner and date', async () => {
  const { reading, rows } = await readFiles(xFiles());
  assert.deepEqual(
    rows.map(({ externalId }) => externalId),
    ['1252851', '9007199254740993', '18446744073709551615'],
  );
  assert.deepEqual(rows[0], {
    externalId: '1252851',
    handle: null,
    href: 'https://x.com/i/user/1252851',
    followedAt: null,
    followedOn: null,
  });
  assert.deepEqual(
    [reading.dialect, reading.owner, reading.ownerId, reading.generatedAt, reading.dateSource, reading.complete, reading.rangeOnly],
    ['x-archive', 'nordlys', '77', new Date('2026-09-01T08:00:00Z'), 'export', true, false],
  );
  assert.deepEqual(reading.warnings, []);
});

const xGaps: readonly (readonly [why: string, change: Files, without: readonly string[], words: RegExp])[] = [
  ['no manifest', {}, ['data/manifest.js'], /manifest\.js is not among the files/],
  ['a part that the manifest names is missing', {}, ['data/follower-part1.js'], /follower-part1\.js is named in the archive's manifest/],
  ['a part is missing below another', {}, ['data/follower.js'], /Part 0 .* is missing/],
  ['fewer rows than the manifest counts', { 'data/follower.js': xList('follower', 0, ['1']) }, [], /counts 3 followers, its files hold 2/],
  ['the archive is partial', { 'data/manifest.js': xManifest([], { isPartialArchive: true }) }, [], /marks this archive as partial/],
  ['the manifest lists nothing', { 'data/manifest.js': 'window.__THAR_CONFIG = {}' }, [], /does not list the follower files/],
];
for (const [why, change, without, words] of xGaps) {
  test(`X: ${why} makes the list incomplete`, async () => {
    const files = Object.fromEntries(Object.entries({ ...xFiles(), ...change }).filter(([name]) => !without.includes(name)));
    const { reading } = await readFiles(files);
    assert.equal(reading.complete, false);
    assert.match(reading.warnings.join(' '), words);
  });
}

test('X: script is never run, and a file that is more than a list is refused', async () => {
  const list = '[{"follower":{"accountId":"1"}}]';
  const texts = [
    `globalThis.hacked = 1; window.YTD.follower.part0 = ${list}`,
    `window.YTD.follower.part0 = ${list}; globalThis.hacked = 1`,
    `window.YTD.follower.part0 = (() => { globalThis.hacked = 1; return ${list} })()`,
    `window.YTD.following.part0 = ${list}`,
    `window.YTD.follower.part3 = ${list}`,
    list,
    'window.YTD.follower.part0 = ',
    ' '.repeat(2_000),
  ];
  for (const text of texts) await assert.rejects(readFiles({ 'follower.js': text }), refusal(/follower\.js/), text.slice(0, 60));
  assert.equal(Reflect.get(globalThis, 'hacked'), undefined);
  assert.equal((await readFiles({ 'follower.js': `window.YTD.follower.part0 = ${list};\n\n` })).reading.followers, 1);
});

test('X: numeric, empty and odd ids are unreadable rows, not other people', async () => {
  const row = (accountId: unknown): object => ({ follower: { accountId } });
  const rows = [row('5'), row(5), row(''), row('5; drop'), row('05'), { following: { accountId: '6' } }, null];
  const text = `window.YTD.follower.part0 = ${JSON.stringify(rows)}`;
  const { reading, rows: found } = await readFiles({ 'follower.js': text });
  assert.deepEqual([found.length, reading.unreadable, reading.complete], [1, 6, false]);
});
