import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { AppError } from '../../../platform/errors.ts';
import { createUploads, writeZip } from '../archive-fixture.ts';
import { readExport, type ExportedFollower, type ExportReading, type ReadOptions } from './read-export.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;
const folder = 'connections/followers_and_following';
const seconds = 1_756_000_000;

async function read(files: Files, options: ReadOptions & { modifiedAt?: Date } = {}) {
  await using uploads = await createUploads();
  const uploaded = [];
  for (const [name, content] of Object.entries(files)) uploaded.push(await uploads.add(name, content, options.modifiedAt ?? null));
  const reading = await readExport(uploaded, options);
  return { reading, rows: await collect(reading) };
}

async function collect(reading: ExportReading): Promise<ExportedFollower[]> {
  const rows: ExportedFollower[] = [];
  await reading.forEachFollower((batch) => {
    assert.ok(batch.length <= 1_000);
    rows.push(...batch);
  });
  return rows;
}

function refusal(words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === 'unreadable-export' && words.test(error.message);
}

function igRow(handle: string, timestamp = seconds): object {
  return { title: '', media_list_data: [], string_list_data: [{ href: `https://www.instagram.com/${handle}`, value: handle, timestamp }] };
}

function igList(...handles: string[]): string {
  return JSON.stringify(handles.map((handle) => igRow(handle)));
}

function xList(name: string, part: number, ids: readonly string[]): string {
  const key = name === 'follower' ? 'follower' : 'following';
  return `window.YTD.${name}.part${part} = ${JSON.stringify(ids.map((accountId) => ({ [key]: { accountId, userLink: 'https://example.test/x' } })))}`;
}

function xManifest(files: readonly { fileName: string; count: string }[], archiveInfo: object = {}): string {
  return `window.__THAR_CONFIG = ${JSON.stringify({
    userInfo: { accountId: '77', userName: 'Nordlys' },
    archiveInfo: { generationDate: '2026-09-01T08:00:00.000Z', isPartialArchive: false, ...archiveInfo },
    dataTypes: { follower: { files } },
  })}`;
}

const handles = (rows: readonly ExportedFollower[]): (string | null)[] => rows.map(({ handle }) => handle);

test('Instagram: bare array, with the time of the follow and a rebuilt address', async () => {
  const { reading, rows } = await read({ [`${folder}/followers_1.json`]: igList('Mira.Vale', 'zed') });
  assert.deepEqual(rows[0], {
    externalId: null, handle: 'mira.vale', href: 'https://www.instagram.com/mira.vale/', followedAt: new Date(seconds * 1000), followedOn: null,
  });
  assert.deepEqual(
    [reading.dialect, reading.network, reading.followers, reading.following, reading.complete, reading.rangeOnly, reading.dateSource],
    ['instagram-json', 'instagram', 2, null, true, false, 'upload'],
  );
});

test('Instagram: the wrapper of older exports, also behind other keys', async () => {
  const { rows } = await read({ 'followers.json': `{"a":{"b":[1,"]}"]},"relationships_followers":${igList('zed', 'osei.k')},"c":null}` });
  assert.deepEqual(handles(rows), ['zed', 'osei.k']);
});

test('Instagram: the handle in title, with a /_u/ address or with none', async () => {
  const rows = [
    { title: 'wren_fox', string_list_data: [{ href: 'https://www.instagram.com/_u/wren_fox', timestamp: seconds }] },
    { title: 'Display Name', string_list_data: [{ href: 'https://www.instagram.com/_u/real.handle/', timestamp: 0 }] },
    { title: '@Bare', string_list_data: [] },
  ];
  const found = await read({ 'followers_1.json': JSON.stringify(rows), 'following.json': JSON.stringify({ relationships_following: rows }) });
  assert.deepEqual(found.rows.map(({ handle, followedAt }) => [handle, followedAt?.getTime() ?? null]), [
    ['wren_fox', seconds * 1000], ['real.handle', null], ['bare', null],
  ]);
  assert.equal(found.reading.following, 3);
});

test('Instagram: label_values, by address in any language, else by a known label, and never by guess', async () => {
  const link = (handle: string): object => ({ label: 'URL', value: `https://www.instagram.com/${handle}`, href: `https://www.instagram.com/${handle}` });
  const { reading, rows } = await read({ 'followers_1.json': JSON.stringify([
    { timestamp: seconds, media: [], label_values: [{ label: 'Nom', value: 'Mira V' }, link('mira.vale')], fbid: '1' },
    { timestamp: seconds, label_values: [{ dict: [{ dict: [{ label: 'Username', value: 'zed' }], title: '' }], title: 'Owner' }] },
    { label_values: [link('one'), link('two')] },
  ]) });
  assert.deepEqual(handles(rows), ['mira.vale', 'zed']);
  assert.deepEqual([reading.unreadable, reading.complete], [1, false]);
  assert.match(reading.warnings[0] ?? '', /Row 3 of followers_1\.json .* more than one handle/);
});

test('a handle written in mojibake and the same one written well are one follower', async () => {
  const value = (text: string): object => ({ string_list_data: [{ value: text }] });
  const { reading, rows } = await read({ 'followers_1.json': JSON.stringify([value('josÃ©'), value('josé'), value('漢Ã')]) });
  assert.deepEqual([handles(rows), reading.duplicates], [['josé', '漢ã'], 1]);
});

test('parts are read in order, repeats across parts count once', async () => {
  const { reading, rows } = await read({
    [`${folder}/followers_10.json`]: igList('j'), [`${folder}/followers_2.json`]: igList('b', 'A'), [`${folder}/followers_1.json`]: igList('a'),
    ...Object.fromEntries([3, 4, 5, 6, 7, 8, 9].map((part) => [`followers_${part}.json`, '[]'])),
  });
  assert.deepEqual(handles(rows), ['a', 'b', 'j']);
  assert.deepEqual([reading.followers, reading.duplicates, reading.complete], [3, 1, true]);
});

test('a hole between parts makes the list incomplete', async () => {
  const { reading } = await read({ 'followers_1.json': igList('a'), 'followers_3.json': igList('c') });
  assert.equal(reading.complete, false);
  assert.match(reading.warnings.join(), /Part 2 of the follower list is missing/);
  assert.equal((await read({ 'followers_2.json': igList('a') })).reading.complete, false);
});

test('a loose list says that further parts may exist; a ZIP does not', async () => {
  assert.match((await read({ 'followers_1.json': igList('a') })).reading.warnings.join(), /followers_2/);
  assert.deepEqual((await read({ 'e.zip': writeZip([{ name: `${folder}/followers_1.json`, content: igList('a') }]) })).reading.warnings, []);
});

test('the same part twice is refused, in one ZIP, in two, and as a second download', async () => {
  const member = { name: `${folder}/followers_1.json`, content: igList('a') };
  const zip = writeZip([member]);
  await assert.rejects(read({ 'e.zip': writeZip([member, member]) }), refusal(/there twice/));
  await assert.rejects(read({ 'a.zip': zip, 'b.zip': zip }), refusal(/there twice/));
  await assert.rejects(read({ 'followers_1.json': '[]', 'followers_1 (1).json': '[]' }), refusal(/there twice/));
  await assert.rejects(read({ 'followers.json': '[]', 'followers_1.json': '[]' }), refusal(/there twice/));
});

test('owner and day come from the name of Instagram\'s ZIP; the list is not older than its newest follow', async () => {
  const zip = writeZip([{ name: `${folder}/followers_1.json`, content: igList('a') }]);
  const { reading } = await read({ 'instagram-nordlys_studio-2025-08-24-AbCd1234.zip': zip });
  assert.deepEqual([reading.owner, reading.dateSource, reading.generatedAt], ['nordlys_studio', 'export', new Date(seconds * 1000)]);
  await assert.rejects(read({
    'instagram-one-2025-08-24-AbCd1234.zip': zip, 'instagram-two-2025-08-24-AbCd1234.zip': writeZip([{ name: 'followers_2.json', content: '[]' }]),
  }), refusal(/different accounts/));
});

test('without a date of its own the export is as old as its file', async () => {
  const modifiedAt = new Date('2026-01-02T03:04:05Z');
  const { reading } = await read({ 'followers_1.json': igList('a') }, { modifiedAt });
  assert.deepEqual([reading.dateSource, reading.generatedAt], ['file', modifiedAt]);
});

test('the owner is read from personal_information.json, and a broken one costs only the name', async () => {
  const profile = { profile_user: [{ string_map_data: { Username: { value: 'Nordlys' } } }] };
  const lists = { 'followers_1.json': igList('a') };
  assert.equal((await read({ ...lists, 'personal_information.json': JSON.stringify(profile) })).reading.owner, 'nordlys');
  assert.equal((await read({ ...lists, 'personal_information.json': '{' })).reading.owner, null);
});

const threadsRows = (): object[] => [
  { title: '', string_list_data: [{ href: 'https://www.threads.net/@mira.vale', value: 'mira.vale', timestamp: seconds }] },
  { title: 'zed', string_list_data: [{ href: 'https://www.threads.com/zed', timestamp: seconds }] },
  { title: '', string_list_data: [{ value: '@Osei.K', timestamp: seconds }] },
];
const threadsText = (): string => JSON.stringify({ text_post_app_text_post_app_followers: threadsRows() });

test('Threads: both hosts, with and without @', async () => {
  const { reading, rows } = await read({ 'your_instagram_activity/threads/followers.json': threadsText() });
  assert.deepEqual(rows.map(({ handle, href }) => [handle, href]), [
    ['mira.vale', 'https://www.threads.com/@mira.vale'], ['zed', 'https://www.threads.com/@zed'], ['osei.k', 'https://www.threads.com/@osei.k'],
  ]);
  assert.deepEqual([reading.dialect, reading.network], ['threads-json', 'threads']);
});

test('a loose followers.json is told apart by its content', async () => {
  assert.equal((await read({ 'followers.json': threadsText() })).reading.network, 'threads');
  assert.equal((await read({ 'followers.json': igList('a') })).reading.network, 'instagram');
});

test('Instagram and Threads in one export: the account decides, and without one it is asked', async () => {
  const files = { 'e.zip': writeZip([
    { name: `${folder}/followers_1.json`, content: igList('a') }, { name: 'your_instagram_activity/threads/followers.json', content: threadsText() },
  ]) };
  await assert.rejects(read(files), refusal(/several networks \(instagram, threads\)\. Say which/));
  const threads = await read(files, { network: 'threads' });
  assert.deepEqual([threads.reading.followers, threads.reading.complete], [3, true]);
  assert.match(threads.reading.warnings.join(), /list of instagram in this export was left out/);
  assert.equal((await read(files, { network: 'instagram' })).reading.followers, 1);
});

test('mixed networks, mixed formats and the wrong network are refused', async () => {
  await assert.rejects(read({ 'followers_1.json': '[]', 'follower.js': xList('follower', 0, []) }, { network: 'x' }), refusal(/several networks/));
  await assert.rejects(read({ 'followers_1.json': '[]', 'followers_1.html': page('') }), refusal(/JSON and as HTML/));
  await assert.rejects(read({ 'followers_1.json': '[]' }, { network: 'x' }), refusal(/export of instagram, and the account is on x/));
});

test('nothing found: the words name the files to look for and the export to request', async () => {
  for (const files of [{}, { 'holiday.jpg': 'x' }, { 'e.zip': writeZip([{ name: 'a/pending_follow_requests.json', content: '{}' }]) }]) {
    await assert.rejects(read(files), refusal(/followers_1\.json .*format JSON, date range "All time".*threads\/followers\.json.*follower\.js/));
  }
  await assert.rejects(read({ 'following.json': '{"relationships_following":[]}' }), refusal(/only hold the list of accounts that are followed/));
});

const xFiles = (): Files => ({
  'data/manifest.js': xManifest([{ fileName: 'data/follower.js', count: '2' }, { fileName: 'data/follower-part1.js', count: '1' }]),
  'data/follower.js': xList('follower', 0, ['1252851', '9007199254740993']), 'data/follower-part1.js': xList('follower', 1, ['18446744073709551615']),
});

test('X: ids stay strings beyond 2^53, addresses are rebuilt, manifest gives owner and date', async () => {
  const { reading, rows } = await read(xFiles());
  assert.deepEqual(rows.map(({ externalId }) => externalId), ['1252851', '9007199254740993', '18446744073709551615']);
  assert.deepEqual(rows[0], { externalId: '1252851', handle: null, href: 'https://x.com/i/user/1252851', followedAt: null, followedOn: null });
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
    const { reading } = await read(files);
    assert.equal(reading.complete, false);
    assert.match(reading.warnings.join(' '), words);
  });
}

test('X: script is never run, and a file that is more than a list is refused', async () => {
  const list = '[{"follower":{"accountId":"1"}}]';
  const texts = [
    `globalThis.hacked = 1; window.YTD.follower.part0 = ${list}`, `window.YTD.follower.part0 = ${list}; globalThis.hacked = 1`,
    `window.YTD.follower.part0 = (() => { globalThis.hacked = 1; return ${list} })()`, `window.YTD.following.part0 = ${list}`,
    `window.YTD.follower.part3 = ${list}`, list, 'window.YTD.follower.part0 = ', ' '.repeat(2_000),
  ];
  for (const text of texts) await assert.rejects(read({ 'follower.js': text }), refusal(/follower\.js/), text.slice(0, 60));
  assert.equal(Reflect.get(globalThis, 'hacked'), undefined);
  assert.equal((await read({ 'follower.js': `window.YTD.follower.part0 = ${list};\n\n` })).reading.followers, 1);
});

test('X: numeric, empty and odd ids are unreadable rows, not other people', async () => {
  const row = (accountId: unknown): object => ({ follower: { accountId } });
  const text = `window.YTD.follower.part0 = ${JSON.stringify([row('5'), row(5), row(''), row('5; drop'), row('05'), { following: { accountId: '6' } }, null])}`;
  const { reading, rows } = await read({ 'follower.js': text });
  assert.deepEqual([rows.length, reading.unreadable, reading.complete], [1, 6, false]);
});

function page(main: string, header = ''): string {
  return `<!DOCTYPE html><html><head><style>a{}</style></head><body><a href="https://www.instagram.com/outside">x</a>${header}<div role="main">${main}</div></body></html>`;
}
const box = (handle: string, day: string): string =>
  `<div class="q uiBoxWhite"><div><a target="_blank" href="https://www.instagram.com/${handle}">${handle}</a></div><div>${day}</div></div>`;

test('HTML: links to profiles in the main part only; a day without a zone stays a day', async () => {
  const main = `${box('Mira.Vale', 'Aug 24, 2025, 1:46 am')}${box('_u/zed', '9 August 2025 01:46')}${box('osei.k', '24.08.2025')}
    <a href="https://www.instagram.com/legal/terms">t</a><a href="https://www.instagram.com/explore/">e</a><a href="https://www.instagram.com@evil.test/evil">e</a>`;
  const { reading, rows } = await read({ [`${folder}/followers_1.html`]: page(main), 'following.html': page('') });
  assert.deepEqual(rows.map(({ handle, followedAt, followedOn }) => [handle, followedAt, followedOn]), [
    ['mira.vale', null, '2025-08-24'], ['zed', null, '2025-08-09'], ['osei.k', null, null],
  ]);
  assert.deepEqual([reading.dialect, reading.followers, reading.following, reading.complete], ['instagram-html', 3, 0, true]);
});

test('HTML: the name in an h2, with and without a link, under any class but the box', async () => {
  const main = `<div class="z uiBoxWhite"><h2 class="q">mira.vale</h2><a href="https://www.instagram.com/_u/mira.vale">https://…</a><div>Aug 24, 2025, 1:46 am</div></div>
    <div class="uiBoxWhite"><h2>wren.fox</h2><div>Aug 23, 2025, 1:46 am</div></div><div class="uiBoxWhite"><p>nobody</p></div>`;
  const { reading, rows } = await read({ 'followers_1.html': page(main) });
  assert.deepEqual(handles(rows), ['mira.vale', 'wren.fox']);
  assert.deepEqual([reading.unreadable, reading.complete], [1, false]);
});

test('HTML: scripts and their content do nothing', async () => {
  const main = `<script>globalThis.hacked=1;document.write('<a href="https://www.instagram.com/evil">')</script><template><a href="https://www.instagram.com/evil2">x</a></template>
    <a href="javascript:alert(1)" onclick="x()">x</a><img src=x onerror=alert(1)>${box('zed', '')}`;
  assert.deepEqual(handles((await read({ 'followers_1.html': page(main) })).rows), ['zed']);
});

test('HTML: no main part, a page cut short, and a page of other links are refused', async () => {
  await assert.rejects(read({ 'followers_1.html': '<html><body><a href="https://www.instagram.com/a">a</a></body></html>' }), refusal(/no main part.*JSON/));
  await assert.rejects(read({ 'followers_1.html': page(box('zed', '')).slice(0, -40) }), refusal(/breaks off/));
  await assert.rejects(read({ 'followers_1.html': page('<a href="https://example.test/a">a</a>') }), refusal(/No row of followers_1\.html/));
});

const rangeHeader = (from: string): string => `<aside role="contentinfo">Generated by Nordlys on <time datetime="2026-08-19T14:33Z">Wednesday</time>
  <div>Contains data you requested from <time datetime="${from}">x</time> to <time datetime="2026-08-19T14:30Z">y</time></div></aside>`;

test('a stated range of dates is taken from the page, whatever its language', async () => {
  const limited = (await read({ 'followers_1.html': page(box('zed', ''), rangeHeader('2025-08-19T14:30Z')) })).reading;
  assert.deepEqual([limited.rangeOnly, limited.generatedAt, limited.dateSource], [true, new Date('2026-08-19T14:33Z'), 'export']);
  assert.match(limited.rangeReason ?? '', /2025-08-19 to 2026-08-19 only/);
  assert.equal((await read({ 'followers_1.html': page(box('zed', ''), rangeHeader('2014-01-01T00:00Z')) })).reading.rangeOnly, false);
});

test('start_here.html beside JSON states the range, unless a row is older than it', async () => {
  const start = page('', rangeHeader('2025-08-19T14:30Z'));
  const recent = JSON.stringify([igRow('a', Date.parse('2026-01-01') / 1000)]);
  assert.equal((await read({ 'start_here.html': start, 'followers_1.json': recent })).reading.rangeOnly, true);
  const older = JSON.stringify([igRow('a', Date.parse('2020-01-01') / 1000)]);
  assert.equal((await read({ 'start_here.html': start, 'followers_1.json': older })).reading.rangeOnly, false);
});

test('JSON whose oldest follow falls on the first day of an offered range counts as limited; a following file can speak against it', async () => {
  const modifiedAt = new Date('2026-09-01T12:00:00Z');
  const rowsSince = (days: number): object[] => Array.from({ length: 60 }, (_, index) => igRow(`u${index}`, modifiedAt.getTime() / 1000 - (days - index / 100) * 86_400));
  const lists = (days: number): Files => ({ 'followers_1.json': JSON.stringify(rowsSince(days)) });
  for (const days of [7, 30, 90, 365, 1_095.5]) assert.equal((await read(lists(days), { modifiedAt })).reading.rangeOnly, true, String(days));
  for (const days of [20, 250, 800, 2_000]) assert.equal((await read(lists(days), { modifiedAt })).reading.rangeOnly, false, String(days));
  const following = JSON.stringify({ relationships_following: [igRow('old', modifiedAt.getTime() / 1000 - 900 * 86_400)] });
  assert.equal((await read({ ...lists(365), 'following.json': following }, { modifiedAt })).reading.rangeOnly, false);
});

test('empty lists are valid in every dialect', async () => {
  for (const text of ['[]', ' [ ]\n', '{}', '{"relationships_followers":[]}', '{"relationships_followers":{}}', '{"relationships_followers":null}', '\uFEFF[]']) {
    assert.deepEqual([(await read({ 'followers_1.json': text })).reading.followers, text], [0, text]);
  }
  assert.equal((await read({ 'threads/followers.json': '{"text_post_app_text_post_app_followers":[]}' })).reading.network, 'threads');
  assert.equal((await read({ 'follower.js': 'window.YTD.follower.part0 = [ ]' })).reading.followers, 0);
  assert.equal((await read({ 'followers_1.html': page('') })).reading.followers, 0);
});

test('bad rows are counted, the first are named by position, and the list is incomplete', async () => {
  const rows = [igRow('a'), null, 5, 'x', [], {}, { string_list_data: 'x' }, { string_list_data: [{ value: 'two words' }] }, igRow('b')].map((row) => JSON.stringify(row));
  const { reading, rows: found } = await read({ 'followers_1.json': `[${rows.join(',')},{"a":},]` });
  assert.deepEqual([handles(found), reading.unreadable, reading.complete], [['a', 'b'], 9, false]);
  assert.match(reading.warnings[0] ?? '', /Row 2 of followers_1\.json/);
  assert.match(reading.warnings.join(), /4 more rows/);
});

const broken: readonly (readonly [why: string, text: string | Uint8Array])[] = [
  ['empty', ''], ['not JSON', 'hello'], ['cut short', `[${JSON.stringify(igRow('a'))},{"title"`], ['cut before the bracket', `[${JSON.stringify(igRow('a'))}`],
  ['unknown wrapper', '{"relationships_other":[]}'], ['a value for a list', '{"relationships_followers":"no"}'], ['an object for a list', '{"relationships_followers":{"a":1}}'],
  ['two lists', '{"relationships_followers":[],"relationships_followers":[]}'], ['text after the end', '[] []'], ['wrong bracket', '[}'], ['wrong bracket in an object', '{"a":1]'],
  ['no colon', '{"a" 1}'], ['no comma', '{"relationships_followers":[] "a":1}'], ['a key without end', `{"${'k'.repeat(1_000)}`], ['all rows bad', '[1,2]'],
  ['deeply nested', '['.repeat(100_000)], ['deeply nested objects', `[${'{"a":'.repeat(100_000)}`], ['NUL', '[\0]'], ['UTF-16 without mark', Buffer.from('[]', 'utf16le')],
  ['invalid UTF-8', Buffer.from([0x5b, 0xff, 0xfe, 0x5d])], ['binary', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3])], ['half a UTF-16 unit', Buffer.from([0xff, 0xfe, 0x5b])],
];
for (const [why, text] of broken) {
  test(`a file that is ${why} is refused by its name`, async () => {
    await assert.rejects(read({ [`${folder}/followers_1.json`]: text }), refusal(/followers_1\.json/));
  });
}

test('__proto__, huge strings and numbers without end are harmless', async () => {
  const text = `[{"__proto__":{"title":"evil"},"string_list_data":[{"__proto__":{"value":"evil"}}]},
    {"title":"big","string_list_data":[{"timestamp":1e400}]},{"title":"neg","string_list_data":[{"timestamp":-1}]},
    {"title":"far","string_list_data":[{"timestamp":99999999999999}]},{"title":"${'h'.repeat(1_000_000)}"},{"title":"after"}]`;
  const { reading, rows } = await read({ 'followers_1.json': text });
  assert.deepEqual(rows.map(({ handle, followedAt }) => [handle, followedAt]), [['big', null], ['neg', null], ['far', null], ['after', null]]);
  assert.equal(reading.unreadable, 2);
  assert.equal(Reflect.get({}, 'title'), undefined);
});

test('byte order marks and UTF-16 with one are read', async () => {
  const text = igList('zed');
  const swapped = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  for (const content of [`\uFEFF${text}`, Buffer.from(`\uFEFF${text}`, 'utf16le'), swapped]) {
    assert.deepEqual(handles((await read({ 'followers_1.json': content })).rows), ['zed']);
  }
});

test('HTML made to cost memory is refused', async () => {
  await assert.rejects(read({ 'followers_1.html': page('<div>'.repeat(5_000)) }), refusal(/nested deeper/));
  await assert.rejects(read({ 'followers_1.html': page(`<a href="${'x'.repeat(3_000_000)}`) }), refusal(/not a page/));
});

test('the digest is the same for the same set in another order, and differs for any other', async () => {
  const digest = async (files: Files): Promise<string> => (await read(files)).reading.digest;
  const first = await digest({ 'followers_1.json': igList('a', 'b', 'c') });
  assert.equal(await digest({ 'followers_1.json': igList('c', 'a'), 'followers_2.json': igList('B', 'a') }), first);
  assert.equal(await digest({ 'followers_1.html': page(['b', 'c', 'a'].map((handle) => box(handle, '')).join('')) }), first);
  for (const other of [igList('a', 'b'), igList('a', 'b', 'd'), '[]']) assert.notEqual(await digest({ 'followers_1.json': other }), first);
  assert.notEqual(await digest({ 'threads/followers.json': igList('a', 'b', 'c') }), first);
});

test('progress ends at one, and a stopped reading throws', async () => {
  const shares: number[] = [];
  await read({ 'followers_1.json': igList('a'), 'following.json': '{"relationships_following":[]}' }, { onProgress: (share) => shares.push(share) });
  assert.equal(shares.at(-1), 1);
  await assert.rejects(read({ 'followers_1.json': igList('a') }, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

const samples = join(import.meta.dirname, '../../../../../../shared/data/exports');
const expected: Readonly<Record<string, readonly [dialect: string, followers: number, following: number]>> = {
  'instagram-json': ['instagram-json', 10, 5], 'instagram-json-titled': ['instagram-json', 10, 5], 'instagram-html': ['instagram-html', 10, 5],
  threads: ['threads-json', 10, 5], x: ['x-archive', 6, 3],
};
for (const [name, figures] of Object.entries(expected)) {
  test(`sample export ${name} reads fully, loose and as ZIP`, { skip: !existsSync(samples) }, async () => {
    const root = join(samples, name);
    const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(root, path)).isFile());
    const files = paths.map((path) => ({ name: relative('', path), content: readFileSync(join(root, path)) }));
    for (const uploads of [Object.fromEntries(files.map((file) => [file.name, file.content])), { 'export.zip': writeZip(files) }]) {
      const { reading, rows } = await read(uploads);
      assert.deepEqual([reading.dialect, reading.followers, reading.following], figures);
      assert.deepEqual([rows.length, reading.complete, reading.unreadable, reading.duplicates], [figures[1], true, 0, 0]);
    }
  });
}
