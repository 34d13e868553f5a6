import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from './canonical-json.ts';

test('writes the example of RFC 8785, section 3.2.2, as its section 3.2.3 has it', () => {
  const value = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\\u0022/',
    literals: [null, true, false],
  };
  const expected = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
  assert.equal(canonicalJson(value), expected);
});

test('sorts members by UTF-16 code units, as section 3.2.3 shows', () => {
  const value = { '\u20ac': 'Euro', '\r': 'CR', '\ufb33': 'Dalet', '1': 'One', '\ud83d\ude00': 'Smiley', '\u0080': 'Control', '\u00f6': 'o' };
  assert.deepEqual(Object.keys(value).length, 7);
  assert.equal([...canonicalJson(value).matchAll(/:"(\w+)"/g)].map(([, name]) => name).join(' '), 'CR One Control o Euro Smiley Dalet');
});

test('the order in which members were added does not show, at any depth', () => {
  assert.equal(canonicalJson({ b: [{ d: 1, c: 2 }], a: null }), canonicalJson({ a: null, b: [{ c: 2, d: 1 }] }));
  assert.equal(canonicalJson({ 10: 1, 9: 2, a: undefined }), '{"10":1,"9":2}');
});

test('minus zero is zero; what JSON has no number for is refused', () => {
  assert.equal(canonicalJson([-0, 0, 1e21, 5e-324]), '[0,0,1e+21,5e-324]');
  for (const number of [NaN, Infinity, -Infinity]) assert.throws(() => canonicalJson({ number }), TypeError);
});
