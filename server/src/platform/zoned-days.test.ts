import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, dayOf, daysBetween, endOfDay, isDay, isTimeZone, startOfDay } from './zoned-days.ts';

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Kiritimati', 'Pacific/Niue', 'America/Sao_Paulo', 'Africa/Cairo'];

test('days meet without gap or overlap, through both clock changes of a year, in every zone', () => {
  for (const zone of zones) {
    for (const day of [...daysBetween('2026-03-01', '2026-04-30'), ...daysBetween('2026-09-20', '2026-11-10')]) {
      const start = startOfDay(day, zone);
      assert.equal(dayOf(start, zone), day, zone);
      assert.equal(dayOf(new Date(start.getTime() - 1), zone), addDays(day, -1), zone);
      assert.deepEqual(endOfDay(day, zone), startOfDay(addDays(day, 1), zone));
    }
  }
});

test('a day has 23 hours in spring, 25 in autumn, and half-hour changes count', () => {
  const hours = (day: string, zone: string): number => (endOfDay(day, zone).getTime() - startOfDay(day, zone).getTime()) / 3_600_000;
  assert.deepEqual(['2026-03-28', '2026-03-29', '2026-10-25'].map((day) => hours(day, 'Europe/Berlin')), [24, 23, 25]);
  assert.deepEqual(['2026-03-08', '2026-11-01'].map((day) => hours(day, 'America/New_York')), [23, 25]);
  assert.deepEqual(['2026-04-05', '2026-10-04'].map((day) => hours(day, 'Australia/Lord_Howe')), [24.5, 23.5]);
});

test('where midnight does not exist, the day begins with the first instant that does', () => {
  // Brazil put its clocks forward at midnight until 2018; Cairo still does.
  assert.equal(startOfDay('2018-11-04', 'America/Sao_Paulo').toISOString(), '2018-11-04T03:00:00.000Z');
  assert.equal(dayOf(startOfDay('2026-04-24', 'Africa/Cairo'), 'Africa/Cairo'), '2026-04-24');
});

test('only days of the calendar are days, and only known zones are zones', () => {
  assert.ok(isDay('2028-02-29'));
  for (const text of ['2026-02-29', '2026-13-01', '2026-1-1', '', '2026-11-24T00:00', 'today']) assert.ok(!isDay(text), text);
  assert.ok(isTimeZone('Europe/Berlin'));
  for (const name of ['Mars/Olympus', '', 'Europe/Berlin; drop']) assert.ok(!isTimeZone(name), name);
});

test('counting days does not depend on the clock changes', () => {
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addDays('2028-03-01', -1), '2028-02-29');
  assert.equal(daysBetween('2026-01-01', '2026-12-31').length, 365);
});
