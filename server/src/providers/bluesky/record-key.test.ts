import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordKeyOf } from './record-key.ts';

const at = new Date('2026-11-24T12:00:00.123Z');

test('the same attempt always has the same key, in the form of a TID', () => {
  const key = recordKeyOf(at, '0195f0a2-0000-7000-8000-000000000001');
  assert.equal(key, recordKeyOf(new Date(at), '0195f0a2-0000-7000-8000-000000000001'));
  assert.match(key, /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/);
});

test('the known TID of a known time is met', () => {
  // 1 January 1970 and no microseconds is the smallest there is; a day of 2023 from the atproto specification begins with 3j.
  assert.match(recordKeyOf(new Date(0), 'a'), /^22222222/);
  assert.match(recordKeyOf(new Date('2023-01-01T00:00:00Z'), 'a'), /^3j/);
});

test('keys sort by time and differ within one millisecond', () => {
  const keys = Array.from({ length: 200 }, (_, index) => recordKeyOf(at, `part ${index}`));
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) {
    assert.ok(key < recordKeyOf(new Date(at.getTime() + 1), 'any'));
    assert.ok(key > recordKeyOf(new Date(at.getTime() - 1), 'any'));
  }
});
