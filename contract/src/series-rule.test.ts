import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countLeft, datesOf, nextOccurrences } from './series-rule.ts';
import type { Repeat, Rule } from './series.ts';
import { wallTimeOf } from './wall-time.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const zones = ['Europe/Berlin', 'America/New_York', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Tokyo', 'America/Santiago', 'Pacific/Chatham', 'Africa/Cairo', 'UTC'];

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function rule(repeat: Repeat, change: Partial<Rule> = {}): Rule {
  return { repeat, time: '09:00', zone: 'UTC', startsOn: '2026-11-24', end: { kind: 'never' }, ...change };
}

const daily: Repeat = { kind: 'weekly', everyWeeks: 1, weekdays: [1, 2, 3, 4, 5, 6, 7] };

/** Numbers from 0 up to below `below`, the same in every run. */
function createDice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The rule read another way: day by day, asked of each whether it is one. */
function isOccurrence(repeat: Repeat, startsOn: string, date: string): boolean {
  const at = new Date(`${date}T00:00:00Z`);
  if (repeat.kind === 'monthly') {
    const isLastOfMonth = new Date(at.getTime() + dayMs).getUTCDate() === 1;
    return at.getUTCDate() === repeat.dayOfMonth || (isLastOfMonth && at.getUTCDate() < repeat.dayOfMonth);
  }
  const weekday = at.getUTCDay() === 0 ? 7 : at.getUTCDay();
  // 1 January 1900 was a Monday.
  const weekOf = (ms: number): number => Math.floor((ms - Date.UTC(1900, 0, 1)) / (7 * dayMs));
  return repeat.weekdays.includes(weekday) && (weekOf(at.getTime()) - weekOf(Date.parse(startsOn))) % repeat.everyWeeks === 0;
}

test('any rule falls on the days that it says and on no other, from its start to its end', () => {
  const dice = createDice(20_261_124);
  for (let tries = 0; tries < 300; tries += 1) {
    const repeat: Repeat = dice(2) === 0
      ? { kind: 'monthly', dayOfMonth: 1 + dice(31) }
      : { kind: 'weekly', everyWeeks: 1 + dice(5), weekdays: [1, 2, 3, 4, 5, 6, 7].filter(() => dice(3) === 0).concat(1 + dice(7)) };
    const startsOn = day(Date.UTC(2026, 0, 1) + dice(800) * dayMs);
    const untilMs = Date.parse(startsOn) + dice(900) * dayMs;
    const expected: string[] = [];
    for (let ms = Date.parse(startsOn); ms <= untilMs; ms += dayMs) if (isOccurrence(repeat, startsOn, day(ms))) expected.push(day(ms));
    const found = [...datesOf({ repeat, startsOn, end: { kind: 'on', date: day(untilMs) } })];
    assert.deepEqual(found, expected, JSON.stringify({ repeat, startsOn }));
    const count = 1 + dice(20);
    assert.deepEqual([...datesOf({ repeat, startsOn, end: { kind: 'after', count } })].slice(0, expected.length), expected.slice(0, count));
  }
});

test('over every change of a year, in every zone, each day has one occurrence at its wall time, or at the first minute after a gap', () => {
  let [gaps, folds] = [0, 0];
  for (const zone of zones) {
    for (let minutes = 0; minutes < 4 * 60; minutes += 15) {
      const time = new Date(minutes * minuteMs).toISOString().slice(11, 16);
      const found = nextOccurrences(rule(daily, { zone, time, startsOn: '2027-01-01' }), new Date('2026-12-01T00:00:00Z'), 365);
      assert.deepEqual(found.map(({ date }) => date), Array.from({ length: 365 }, (_, index) => day(Date.UTC(2027, 0, 1) + index * dayMs)));
      for (const { date, at, skipped, wallTime } of found) {
        assert.equal(wallTime, `${date}T${time}`);
        assert.equal(wallTimeOf(at, zone), skipped === null ? wallTime : skipped.to, `${zone} ${wallTime}`);
        if (skipped !== null) {
          gaps += 1;
          // The minute before it is the last one before the gap.
          assert.ok(wallTimeOf(new Date(at.getTime() - minuteMs), zone) < skipped.from, `${zone} ${wallTime}`);
          assert.ok(wallTime >= skipped.from && wallTime < skipped.to);
        }
        // Of an hour that comes twice it is the first: an hour or half an hour earlier the clock showed something else.
        for (const backMs of [30, 60].map((back) => back * minuteMs)) assert.notEqual(wallTimeOf(new Date(at.getTime() - backMs), zone), wallTime);
        if ([30, 60].some((on) => wallTimeOf(new Date(at.getTime() + on * minuteMs), zone) === wallTime)) folds += 1;
      }
    }
  }
  assert.ok(gaps >= 20 && folds >= 12, `${gaps} gaps, ${folds} folds`);
});

test('a month without the day has its occurrence on its last day', () => {
  const found = [...datesOf({ repeat: { kind: 'monthly', dayOfMonth: 31 }, startsOn: '2027-12-15', end: { kind: 'after', count: 5 } })];
  assert.deepEqual(found, ['2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30']);
});

test('every other week is counted from the week of the start, which begins on Monday', () => {
  // 24 November 2026 is a Tuesday.
  const found = [...datesOf({ repeat: { kind: 'weekly', everyWeeks: 2, weekdays: [1, 2, 7] }, startsOn: '2026-11-24', end: { kind: 'after', count: 5 } })];
  assert.deepEqual(found, ['2026-11-24', '2026-11-29', '2026-12-07', '2026-12-08', '2026-12-13']);
});

test('what lies ahead is counted by the instant; what is left counts days that have passed as used up', () => {
  const three = rule(daily, { end: { kind: 'after', count: 3 } });
  assert.deepEqual(nextOccurrences(three, new Date('2026-11-25T09:00:00Z'), 9).map(({ date }) => date), ['2026-11-26']);
  assert.deepEqual([new Date('2026-11-24T08:59:59Z'), new Date('2026-11-25T09:00:00Z'), new Date('2027-01-01T00:00:00Z')].map((at) => countLeft(three, at)), [3, 1, 0]);
  assert.equal(countLeft(rule(daily), new Date()), null);
  assert.equal(countLeft(rule(daily, { end: { kind: 'after', count: 1000 } }), new Date('2026-11-25T12:00:00Z')), 998);
});

test('what is no day, no time or no zone has no occurrence, and a rule ends with the calendar', () => {
  for (const change of [{ startsOn: '2026-02-30' }, { time: '25:00' }, { zone: 'Mars/Olympus' }, { startsOn: 'never' }]) {
    assert.deepEqual(nextOccurrences(rule(daily, change), new Date(0), 1), [], JSON.stringify(change));
  }
  assert.deepEqual([...datesOf({ repeat: daily, startsOn: '9999-12-30', end: { kind: 'never' } })], ['9999-12-30', '9999-12-31']);
  assert.deepEqual([...datesOf({ repeat: { kind: 'monthly', dayOfMonth: 31 }, startsOn: '9999-12-01', end: { kind: 'never' } })], ['9999-12-31']);
});
