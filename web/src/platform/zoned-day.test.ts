import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dayAfter, endOfDay, startOfDay } from './zoned-day.ts';

test('a day begins at midnight of the zone, in summer and in winter', () => {
  assert.equal(startOfDay('2026-11-24', 'Europe/Berlin'), '2026-11-23T23:00:00.000Z');
  assert.equal(startOfDay('2026-07-01', 'Europe/Berlin'), '2026-06-30T22:00:00.000Z');
  assert.equal(startOfDay('2026-11-24', 'UTC'), '2026-11-24T00:00:00.000Z');
  assert.equal(startOfDay('2026-11-24', 'Asia/Kathmandu'), '2026-11-23T18:15:00.000Z');
});

test('the days on which clocks change have 23 and 25 hours', () => {
  const hours = (day: string): number => (Date.parse(endOfDay(day, 'Europe/Berlin')) + 1 - Date.parse(startOfDay(day, 'Europe/Berlin'))) / 3_600_000;
  assert.equal(hours('2026-03-29'), 23);
  assert.equal(hours('2026-10-25'), 25);
  assert.equal(hours('2026-11-24'), 24);
});

test('the day after crosses months and leap days', () => {
  assert.deepEqual(['2026-12-31', '2028-02-28', '2028-02-29'].map(dayAfter), ['2027-01-01', '2028-02-29', '2028-03-01']);
});
