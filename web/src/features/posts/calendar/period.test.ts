import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addDays, addMonths, firstWeekday, periodOf, stepPeriod } from './period.ts';

test('a week begins with the day the reader is used to', () => {
  assert.equal(firstWeekday('de-DE'), 1);
  assert.equal(firstWeekday('en-US'), 7);
  assert.equal(firstWeekday('not a language'), 1);
  assert.deepEqual(periodOf('week', '2026-11-24', 1).days.at(0), '2026-11-23');
  assert.deepEqual(periodOf('week', '2026-11-24', 7).days.at(0), '2026-11-22');
  assert.deepEqual(periodOf('week', '2026-11-23', 1).days.at(0), '2026-11-23');
});

test('a month is whole weeks around it and nothing more', () => {
  const november = periodOf('month', '2026-11-24', 1);
  assert.equal(november.days.length, 42);
  assert.deepEqual([november.days.at(0), november.days.at(-1), november.end], ['2026-10-26', '2026-12-06', '2026-12-07']);
  // February 2027 begins on a Monday and has exactly four weeks.
  const february = periodOf('month', '2027-02-10', 1);
  assert.deepEqual([february.days.length, february.days.at(0), february.end], [28, '2027-02-01', '2027-03-01']);
});

test('the list shows the days of the month alone', () => {
  const february = periodOf('list', '2028-02-10', 1);
  assert.deepEqual([february.days.at(0), february.days.at(-1), february.end], ['2028-02-01', '2028-02-29', '2028-03-01']);
});

test('a step by a month keeps the day, or takes the last one that is there', () => {
  assert.equal(addMonths('2026-01-31', 1), '2026-02-28');
  assert.equal(addMonths('2026-12-15', 1), '2027-01-15');
  assert.equal(addMonths('2026-01-15', -1), '2025-12-15');
  assert.equal(stepPeriod('week', '2026-12-30', 1), '2027-01-06');
  assert.equal(stepPeriod('month', '2026-03-31', -1), '2026-02-28');
});

test('days go on through the end of a year and a change of clocks', () => {
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addDays('2026-03-29', 1), '2026-03-30');
  assert.equal(addDays('2026-03-01', -1), '2026-02-28');
});
