import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createId } from './id.ts';

test('an id is a UUIDv7 of its millisecond', () => {
  const at = Date.UTC(2026, 10, 24, 12);
  const id = createId(at);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), at);
});

test('ids of one millisecond sort in the order in which they were made', () => {
  const at = Date.UTC(2026, 10, 24, 13);
  const ids = Array.from({ length: 2048 }, () => createId(at));
  assert.deepEqual(ids.toSorted(), ids);
});

test('past what one millisecond can count, ids are still all different', () => {
  const ids = Array.from({ length: 20_000 }, () => createId(1));
  assert.equal(new Set(ids).size, ids.length);
});
