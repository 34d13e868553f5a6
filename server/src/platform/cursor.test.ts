import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTimeCursor } from './cursor.ts';
import { isInstant } from './instant.ts';

const id = '01900000-0000-7000-8000-0000000000ab';

test('a cursor comes apart into instant, id and what follows', () => {
  assert.deepEqual(readTimeCursor(`2026-11-24T09:00:00.123Z_${id}`), { at: '2026-11-24T09:00:00.123Z', id, rest: [] });
  assert.deepEqual(readTimeCursor(`2026-11-24T09:00:00.123Z_${id}_-1_7`).rest, ['-1', '7']);
});

test('a cursor that the database could not read is refused before it gets there', () => {
  for (const cursor of ['', '_', id, `2026-02-30T09:00:00.000Z_${id}`, `2026-11-24T09:00:00.000Z_${'-'.repeat(36)}`, `now_${id}`, `2026-11-24T09:00:00.000Z_${id}0`]) {
    assert.throws(() => readTimeCursor(cursor), { code: 'invalid-request' }, cursor);
  }
});

test('instants are days and times that exist, in UTC, of years that can be stored', () => {
  for (const text of ['2026-11-24T09:00:00Z', '2026-11-24T09:00:00.1Z', '2028-02-29T23:59:59.999999Z', '1000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z']) {
    assert.ok(isInstant(text), text);
  }
  for (const text of [
    '2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-11-24T24:00:00Z', '2026-12-31T23:59:60Z', '0000-01-01T00:00:00Z', '0999-01-01T00:00:00Z',
    '2026-11-24T09:00:00+01:00', '2026-11-24T09:00:00', '2026-11-24 09:00:00Z', '2026-11-24', '+010000-01-01T00:00:00Z', '2026-11-24T09:00:00Z\n', '',
  ]) assert.ok(!isInstant(text), text);
});
