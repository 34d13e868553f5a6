import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../errors.ts';
import { parseJson } from './json-body.ts';

const parse = (text: string): unknown => parseJson(Buffer.from(text));

function refusal(input: string | Buffer): AppError {
  try {
    parseJson(Buffer.from(input));
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  return assert.fail(`accepted: ${input.toString().slice(0, 60)}`);
}

const isModest = (text: string): boolean => !/[\p{Cc}--[\t\n]]/v.test(text) && text.isWellFormed() && text !== '__proto__';
const modestText = fc.string({ unit: 'grapheme', maxLength: 12 }).filter(isModest);
const { document: modestDocument } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 6 },
    modestText,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('document'), { maxLength: 6 }),
    fc.dictionary(
      modestText.filter((key) => key !== 'prototype'),
      tie('document'),
      { maxKeys: 6 },
    ),
  ),
}));

test('every modest document comes out as JSON.parse gives it, however it is spaced', () => {
  fc.assert(
    fc.property(modestDocument, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      assert.deepEqual(parse(text), JSON.parse(text));
    }),
    { numRuns: 400 },
  );
});

test('escaped spellings of a modest document are read alike', () => {
  fc.assert(
    fc.property(modestDocument, (value) => {
      const text = JSON.stringify(value).replaceAll(
        /[g-z\u00a0-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        return; // A literal such as `null` was escaped away.
      }
      assert.deepEqual(parse(text), expected);
    }),
    { numRuns: 300 },
  );
});

test('what JSON.parse refuses is refused, and what is accepted is what JSON.parse makes of it', () => {
  const fragment = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '"a"',
    '"b":',
    '1',
    '-',
    '1e5',
    'null',
    'true',
    ' ',
    '\\u0041',
    '0',
    '.5',
    '\n',
    '"\\ud83d\\ude00"',
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
      const text = fragments.join('');
      let mine: { value: unknown } | null = null;
      let reason = '';
      try {
        mine = { value: parse(text) };
      } catch (error) {
        reason = String(error);
      }
      let native: { value: unknown } | null = null;
      try {
        native = { value: JSON.parse(text) };
      } catch {
        /* refused */
      }
      if (mine !== null) assert.deepEqual(mine, native);
      else if (native !== null) assert.match(reason, /twice|control|too large/i, text);
    }),
    { numRuns: 3000 },
  );
});

test('bytes that are not UTF-8, a byte order mark, NUL and half surrogates are refused as invalid JSON', () => {
  const inputs: (string | Buffer)[] = [
    Buffer.from([0x22, 0xff, 0x22]),
    Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    '\ufeff{}',
    '"a\\u0000b"',
    '"\0"',
    '\0',
    '"\\ud800"',
    '"\\udc00"',
    '"\\ud800\\u0041"',
    '"\\uD83D x"',
    '{"\\u0000":1}',
  ];
  for (const input of inputs) assert.equal(refusal(input).code, 'invalid-json');
  assert.equal(parse('"\\ud83d\\ude00"'), '😀');
});

test('numbers past the range of a double are refused; large ones inside it are not', () => {
  for (const number of ['1e400', '-1e400', '[1,2e999]', `1${'0'.repeat(400)}`]) assert.equal(refusal(number).code, 'invalid-json');
  assert.equal(parse('1e308'), 1e308);
  assert.equal(parse('1e-400'), 0);
});

test('a member named twice is refused, also when one is spelt with escapes; twice in different objects is fine', () => {
  for (const text of ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"x":{"b":[{}],"b":1}}']) assert.match(refusal(text).message, /twice/);
  assert.deepEqual(parse('{"a":{"a":[{"a":1},{"a":2}]},"b":"a"}'), { a: { a: [{ a: 1 }, { a: 2 }] }, b: 'a' });
});

test('prototype members are refused, however spelt', () => {
  for (const text of ['{"__proto__":{}}', '{"a":[{"\\u005f_proto__":1}]}', '{"constructor":{"prototype":{}}}'])
    assert.equal(refusal(text).code, 'invalid-json');
  assert.deepEqual(parse('{"constructor":{"name":1},"prototype":"x"}'), { constructor: { name: 1 }, prototype: 'x' });
});

test('depth, width and length end at their limits and not before', () => {
  assert.doesNotThrow(() => parse(`${'['.repeat(32)}${']'.repeat(32)}`));
  assert.match(refusal(`${'['.repeat(33)}${']'.repeat(33)}`).message, /nested/);
  assert.match(refusal('{"a":'.repeat(100_000)).message, /nested/);
  assert.doesNotThrow(() => parse(`[${Array(5000).fill('1').join()}]`));
  assert.match(refusal(`[${Array(5001).fill('1').join()}]`).message, /elements/);
  const keys = (count: number): string => `{${Array.from({ length: count }, (_, at) => `"k${at}":1`).join()}}`;
  assert.doesNotThrow(() => parse(keys(1000)));
  assert.match(refusal(keys(1001)).message, /members/);
});

test('control characters other than tab and line feed are named by their field', () => {
  assert.deepEqual(parse('"a\\tb\\nc"'), 'a\tb\nc');
  for (const escape of ['\\r', '\\b', '\\f', '\\u0001', '\\u001f', '\\u007f', '\\u0085', '\u0085']) {
    const error = refusal(`{"list":["ok",{"a/b":"x${escape}"}]}`);
    assert.equal(error.code, 'invalid-input');
    assert.equal(error.fields[0]?.pointer, '/list/1/a~1b');
  }
});

test('a refused document is not quoted back', () => {
  assert.doesNotMatch(refusal('{"password":"hunter2" oops').message, /hunter2/);
});
