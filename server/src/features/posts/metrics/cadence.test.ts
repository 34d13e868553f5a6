import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextReadingAt } from './cadence.ts';

const publishedAt = new Date('2026-11-24T20:00:00Z');
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Every reading of a post's life, as ages in milliseconds. */
function readingsOf(isPriced: boolean): number[] {
  const readings: number[] = [];
  for (let at: Date | null = new Date(publishedAt.getTime() + 300_000); at !== null; at = nextReadingAt({ publishedAt, now: at, isPriced })) {
    readings.push(at.getTime() - publishedAt.getTime());
    assert.ok(readings.length < 500, 'the readings do not end');
  }
  return readings;
}

test('a young post is read often, an old one rarely, and a very old one not at all', () => {
  const readings = readingsOf(false);
  const within = (from: number, to: number): number => readings.filter((age) => age >= from && age < to).length;
  assert.deepEqual(
    [within(0, hourMs), within(hourMs, dayMs), within(dayMs, 7 * dayMs), within(7 * dayMs, 30 * dayMs), within(30 * dayMs, 97 * dayMs)],
    [6, 19, 12, 23, 10],
  );
  assert.equal(nextReadingAt({ publishedAt, now: new Date(publishedAt.getTime() + 91 * dayMs), isPriced: false }), null);
});

test('the pause between two readings never shrinks, whatever the age, and each is ahead', () => {
  const readings = readingsOf(false);
  const pauses = readings.slice(1).map((age, index) => age - (readings[index] ?? 0));
  assert.ok(pauses.every((pause, index) => pause > 0 && pause >= (pauses[index - 1] ?? 0)));
});

test('where reading costs money, it is paid for on five days at most', () => {
  const days = new Set(readingsOf(true).map((age) => new Date(publishedAt.getTime() + age).toISOString().slice(0, 10)));
  assert.deepEqual([...days], ['2026-11-24', '2026-11-25', '2026-11-27', '2026-12-01', '2026-12-22']);
});

test('a clock that stands before the publication does not stop the readings', () => {
  assert.ok(nextReadingAt({ publishedAt, now: new Date(publishedAt.getTime() - hourMs), isPriced: false }) !== null);
});
