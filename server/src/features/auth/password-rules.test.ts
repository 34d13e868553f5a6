import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPassword, quickRatio } from './password-rules.ts';

const person = { email: 'mira.valentine@example.org', name: 'Mira Valentine' };
const codes = (password: string): string[] => checkPassword(password, person).map(({ code }) => code).sort();

test('a long password of unrelated words is good', () => {
  assert.deepEqual(codes('copper lantern drifts north'), []);
});

test('length counts code points, not UTF-16 units, and nothing is trimmed', () => {
  assert.deepEqual(codes('😀'.repeat(6)), ['password_too_common', 'password_too_short']);
  assert.ok(!codes('zu kurz ß😀🌲ö9').includes('password_too_short'));
  assert.ok(codes('elf zeichen').includes('password_too_short'));
  assert.ok(!codes('elf zeichen ').includes('password_too_short'));
});

test('the list is compared after lower-casing and stripping both ends', () => {
  assert.ok(codes('  QwertyUiop123  ').includes('password_too_common'));
});

for (const stretched of ['password1234', 'Passw0rd!!2026', 'iloveyou123456', 'monkeymonkey', 'rookery2026!!!', 'qwertyuiopas', 'P@ssword12345', 'abcdefghijklm']) {
  test(`a leaked password stretched to twelve is still common: ${stretched}`, () => {
    assert.ok(codes(stretched).includes('password_too_common'));
  });
}

test('digits of any script are only digits, superscripts and circles too; a space breaks it', () => {
  for (const digits of ['928374650192', '٩٢٨٣٧٤٦٥٠١٩٢', '９２８３７４６５０１９２', '⁹²⁸³⁷⁴⁶⁵⁰¹⁹²', '①②③④⑤⑥⑦⑧⑨①②④']) {
    assert.ok(codes(digits).includes('password_entirely_numeric'), digits);
  }
  assert.ok(!codes('928374 650192').includes('password_entirely_numeric'));
});

test('an anagram of the name is too similar, as in the original', () => {
  assert.ok(codes('enitnelaV arim').includes('password_too_similar'));
});

test('parts of the address and the whole of it are compared', () => {
  assert.ok(codes('mira.valentine9').includes('password_too_similar'));
  assert.ok(codes('valentine.2x').includes('password_too_similar'));
  assert.ok(!codes('she sells shells by the shore').includes('password_too_similar'));
});

test('quickRatio agrees with difflib on known pairs', () => {
  assert.equal(quickRatio('abcd', 'bcde'), 0.75);
  assert.equal(quickRatio('', ''), 1);
  assert.equal(quickRatio('aab', 'abb'), 2 / 3);
});

test('all broken rules are reported together', () => {
  assert.deepEqual(codes('12345678'), ['password_entirely_numeric', 'password_too_common', 'password_too_short']);
});
