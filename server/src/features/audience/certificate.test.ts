import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDoubt, type Evidence } from './certificate.ts';

const sound: Evidence = { listed: 1000, received: 995, stated: 996, gone: 8, tolerance: { share: 0.01, count: 3 } };

test('a scan that agrees with the stated count and the last list is believed', () => {
  assert.equal(findDoubt(sound), null);
});

test('a list shorter than the stated count is not believed, even when it looks complete', () => {
  assert.match(findDoubt({ ...sound, received: 900, gone: 100 }) ?? '', /996 followers and listed 900/);
});

test('the first list is checked against the stated count too', () => {
  assert.match(findDoubt({ ...sound, listed: null, received: 500, gone: 0 }) ?? '', /listed 500/);
});

test('without a stated count, a fifth missing is not believed', () => {
  assert.equal(findDoubt({ ...sound, stated: null, received: 801, gone: 199 }), null);
  assert.match(findDoubt({ ...sound, stated: null, received: 799, gone: 201 }) ?? '', /do not leave at once/);
});

test('a list that swaps its people is not believed although its length is right', () => {
  assert.match(findDoubt({ ...sound, received: 1000, stated: 1000, gone: 400 }) ?? '', /400 of 1,000/);
});

test('in a tiny list a few leavers are believed', () => {
  assert.equal(findDoubt({ ...sound, listed: 10, received: 6, stated: 6, gone: 4 }), null);
});

test('an empty list is believed only when the network says zero or the last list was tiny', () => {
  assert.match(findDoubt({ ...sound, received: 0, stated: null, gone: 1000 }) ?? '', /Only 0 of 1,000/);
  assert.match(findDoubt({ ...sound, received: 0, stated: 0, gone: 1000 }) ?? '', /Only 0 of 1,000/);
});
