import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folder, readFiles, refusal, igRow, igList, handles, page } from './export-fixture.ts';

test('the owner is read from personal_information.json, and a broken one costs only the name', async () => {
  const profile = { profile_user: [{ string_map_data: { Username: { value: 'Nordlys' } } }] };
  const lists = { 'followers_1.json': igList('a') };
  assert.equal((await readFiles({ ...lists, 'personal_information.json': JSON.stringify(profile) })).reading.owner, 'nordlys');
  assert.equal((await readFiles({ ...lists, 'personal_information.json': '{' })).reading.owner, null);
});

test('bad rows are counted, the first are named by position, and the list is incomplete', async () => {
  const rows = [
    igRow('a'),
    null,
    5,
    'x',
    [],
    {},
    { string_list_data: 'x' },
    { string_list_data: [{ value: 'two words' }] },
    igRow('b'),
  ].map((row) => JSON.stringify(row));
  const { reading, rows: found } = await readFiles({ 'followers_1.json': `[${rows.join(',')},{"a":},]` });
  assert.deepEqual([handles(found), reading.unreadable, reading.complete], [['a', 'b'], 9, false]);
  assert.match(reading.warnings[0] ?? '', /Row 2 of followers_1\.json/);
  assert.match(reading.warnings.join(), /4 more rows/);
});

const broken: readonly (readonly [why: string, text: string | Uint8Array])[] = [
  ['empty', ''],
  ['not JSON', 'hello'],
  ['cut short', `[${JSON.stringify(igRow('a'))},{"title"`],
  ['cut before the bracket', `[${JSON.stringify(igRow('a'))}`],
  ['unknown wrapper', '{"relationships_other":[]}'],
  ['a value for a list', '{"relationships_followers":"no"}'],
  ['an object for a list', '{"relationships_followers":{"a":1}}'],
  ['two lists', '{"relationships_followers":[],"relationships_followers":[]}'],
  ['text after the end', '[] []'],
  ['wrong bracket', '[}'],
  ['wrong bracket in an object', '{"a":1]'],
  ['no colon', '{"a" 1}'],
  ['no comma', '{"relationships_followers":[] "a":1}'],
  ['a key without end', `{"${'k'.repeat(1_000)}`],
  ['all rows bad', '[1,2]'],
  ['deeply nested', '['.repeat(100_000)],
  ['deeply nested objects', `[${'{"a":'.repeat(100_000)}`],
  ['NUL', '[\0]'],
  ['UTF-16 without mark', Buffer.from('[]', 'utf16le')],
  ['invalid UTF-8', Buffer.from([0x5b, 0xff, 0xfe, 0x5d])],
  ['binary', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3])],
  ['half a UTF-16 unit', Buffer.from([0xff, 0xfe, 0x5b])],
];
for (const [why, text] of broken) {
  test(`a file that is ${why} is refused by its name`, async () => {
    await assert.rejects(readFiles({ [`${folder}/followers_1.json`]: text }), refusal(/followers_1\.json/));
  });
}

test('__proto__, huge strings and numbers without end are harmless', async () => {
  const text = `[{"__proto__":{"title":"evil"},"string_list_data":[{"__proto__":{"value":"evil"}}]},
    {"title":"big","string_list_data":[{"timestamp":1e400}]},{"title":"neg","string_list_data":[{"timestamp":-1}]},
    {"title":"far","string_list_data":[{"timestamp":99999999999999}]},{"title":"${'h'.repeat(1_000_000)}"},{"title":"after"}]`;
  const { reading, rows } = await readFiles({ 'followers_1.json': text });
  assert.deepEqual(
    rows.map(({ handle, followedAt }) => [handle, followedAt]),
    [
      ['big', null],
      ['neg', null],
      ['far', null],
      ['after', null],
    ],
  );
  assert.equal(reading.unreadable, 2);
  assert.equal(Reflect.get({}, 'title'), undefined);
});

test('byte order marks and UTF-16 with one are read', async () => {
  const text = igList('zed');
  const swapped = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  for (const content of [`\uFEFF${text}`, Buffer.from(`\uFEFF${text}`, 'utf16le'), swapped]) {
    assert.deepEqual(handles((await readFiles({ 'followers_1.json': content })).rows), ['zed']);
  }
});

test('HTML made to cost memory is refused', async () => {
  await assert.rejects(readFiles({ 'followers_1.html': page('<div>'.repeat(5_000)) }), refusal(/nested deeper/));
  await assert.rejects(readFiles({ 'followers_1.html': page(`<a href="${'x'.repeat(3_000_000)}`) }), refusal(/not a page/));
});

test('deep nesting is stopped while it is read, closed or not', async () => {
  for (const text of ['['.repeat(100_000), `[${'['.repeat(1_000)}${']'.repeat(1_000)}]`, `{"x":${'{"a":'.repeat(1_000)}`]) {
    await assert.rejects(readFiles({ 'followers_1.json': text }), refusal(/followers_1\.json is nested deeper/));
  }
});
