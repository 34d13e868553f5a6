import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMinute, readMinute, slotTimes, type WeekSlot } from './week.ts';

const berlin = 'Europe/Berlin';

function times(slots: readonly WeekSlot[], from: string, to: string, zone = berlin): string[][] {
  return [...slotTimes(slots, zone, { from: new Date(from), to: new Date(to) })].map(({ wallTime, at }) => [wallTime, at.toISOString()]);
}

test('slots keep their wall time when the clock changes between two weeks', () => {
  const sunday = [{ weekday: 7, minute: 9 * 60 }];
  assert.deepEqual(times(sunday, '2026-10-17T00:00:00Z', '2026-11-02T00:00:00Z'), [
    ['2026-10-18T09:00', '2026-10-18T07:00:00.000Z'], ['2026-10-25T09:00', '2026-10-25T08:00:00.000Z'], ['2026-11-01T09:00', '2026-11-01T08:00:00.000Z'],
  ]);
});

test('an hour that the clock skips has no slot on that day, and all others have', () => {
  const night = [{ weekday: 7, minute: 2 * 60 + 30 }];
  assert.deepEqual(times(night, '2027-03-20T00:00:00Z', '2027-04-06T00:00:00Z').map(([wallTime]) => wallTime), ['2027-03-21T02:30', '2027-04-04T02:30']);
});

test('of an hour that comes twice the first counts, once', () => {
  const night = [{ weekday: 7, minute: 2 * 60 + 30 }, { weekday: 7, minute: 3 * 60 }];
  assert.deepEqual(times(night, '2026-10-24T12:00:00Z', '2026-10-26T00:00:00Z'), [
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'], ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
  ]);
});

test('days are those of the zone, far from UTC on either side', () => {
  const monday = [{ weekday: 1, minute: 0 }, { weekday: 1, minute: 1439 }];
  assert.deepEqual(times(monday, '2026-11-22T00:00:00Z', '2026-11-25T00:00:00Z', 'Pacific/Kiritimati').map(([, at]) => at), ['2026-11-22T10:00:00.000Z', '2026-11-23T09:59:00.000Z']);
  assert.deepEqual(times(monday, '2026-11-22T00:00:00Z', '2026-11-25T00:00:00Z', 'Pacific/Pago_Pago').map(([, at]) => at), ['2026-11-23T11:00:00.000Z', '2026-11-24T10:59:00.000Z']);
});

test('the range begins after its first instant and ends before its last', () => {
  const noon = [{ weekday: 2, minute: 720 }];
  assert.deepEqual(times(noon, '2026-11-24T11:00:00Z', '2026-12-01T11:00:00Z'), []);
  assert.equal(times(noon, '2026-11-24T10:59:59Z', '2026-12-01T11:00:01Z').length, 2);
  assert.deepEqual(times(noon, '2026-12-01T00:00:00Z', '2026-11-24T00:00:00Z'), []);
});

test('minutes are written as the clock shows them, and read back', () => {
  for (const minute of [0, 9, 60, 545, 1439]) assert.equal(readMinute(formatMinute(minute)), minute);
  assert.equal(formatMinute(545), '09:05');
});
