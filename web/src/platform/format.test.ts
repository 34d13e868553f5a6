import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { niceTicks } from '../ui/chart/scale.ts';

// The reader's English is read once, when the module loads.
Object.defineProperty(globalThis, 'navigator', { value: { languages: ['de-DE', 'en-GB'] }, configurable: true });
const {
  dayInZone, formatAxis, formatBytes, formatCompact, formatCount, formatDay, formatInstant, formatPlural, formatRelative,
  formatShare, formatSigned, formatWall,
} = await import('./format.ts');

const now = Date.parse('2026-11-24T09:00:00.000Z');

describe('figures', () => {
  test('a whole figure is grouped, a fall has a real minus sign', () => {
    assert.equal(formatCount(24318), '24,318');
    assert.equal(formatSigned(-4), '\u22124');
    assert.equal(formatSigned(38), '+38');
    assert.equal(formatSigned(0), '0');
  });

  test('compact figures keep one decimal and a small k', () => {
    assert.equal(formatCompact(24318), '24.3k');
    assert.equal(formatCompact(950), '950');
    assert.equal(formatCompact(-1_250_000), '\u22121.3M');
  });

  test('the figures of an axis are never twice the same, and none is rounded', () => {
    assert.deepEqual(formatAxis([23800, 24000, 24200]), ['23.8k', '24k', '24.2k']);
    assert.deepEqual(formatAxis([4999, 5000, 5001]), ['4,999', '5,000', '5,001']);
    assert.deepEqual(formatAxis([-500, 0, 500, 1000]), ['\u2212500', '0', '500', '1k']);
    assert.deepEqual(formatAxis([24250, 24500]), ['24.25k', '24.5k']);
    for (const [min, max] of [[5000, 5000], [4_999_999, 5_000_001], [1_234_000, 1_236_000], [999_990, 1_000_010], [-3, 2], [12_000, 900_000]] as const) {
      const labels = formatAxis(niceTicks(min, max));
      assert.equal(new Set(labels).size, labels.length, labels.join());
    }
  });

  test('a unit never parts from its figure', () => {
    assert.equal(formatShare(0.042), '4.2\u202f%');
    assert.equal(formatBytes(999), '999\u202fB');
    assert.equal(formatBytes(12_400_000), '12.4\u202fMB');
    assert.equal(formatBytes(536_870_912), '537\u202fMB');
    assert.equal(formatBytes(5_000_000_000_000), '5000\u202fGB');
  });

  test('only one is singular', () => {
    assert.deepEqual([0, 1, 2].map((count) => formatPlural(count, 'person', 'people')), ['0 people', '1 person', '2 people']);
  });
});

describe('time', () => {
  test('relative up to seven days, then the date in the zone asked for', () => {
    const relative = (instant: string): string => formatRelative(instant, now, 'Europe/Berlin');
    assert.equal(relative('2026-11-24T08:59:40.000Z'), 'just now');
    assert.equal(relative('2026-11-24T08:56:00.000Z'), '4 min ago');
    assert.equal(relative('2026-11-24T06:00:00.000Z'), '3 h ago');
    assert.equal(relative('2026-11-23T08:00:00.000Z'), '1 day ago');
    assert.equal(relative('2026-11-27T09:00:00.000Z'), 'in 3 days');
    assert.equal(relative('2026-10-31T23:30:00.000Z'), '1 Nov 2026');
  });

  test('an instant is written in the zone asked for', () => {
    assert.equal(formatInstant('2026-11-24T23:30:00.000Z', 'Europe/Berlin'), '25 Nov 2026, 00:30');
    assert.equal(dayInZone(Date.parse('2026-11-24T23:30:00.000Z'), 'Europe/Berlin'), '2026-11-25');
    assert.equal(dayInZone(Date.parse('2026-11-24T02:30:00.000Z'), 'America/New_York'), '2026-11-23');
  });

  test('a day that the server named stays that day everywhere', () => {
    assert.equal(formatDay('2026-11-01'), '1 Nov');
    assert.equal(formatDay('2026-11-24', 'long'), 'Tue, 24 Nov 2026');
  });
});

test('a wall time is written as it stands, whatever zone the reader is in', () => {
  assert.equal(formatWall('2031-03-30T02:30'), 'Sun, 30 Mar 2031, 02:30');
  assert.equal(formatWall(`${new Date().getFullYear()}-06-01T23:05`).includes(String(new Date().getFullYear())), false);
  assert.equal(formatWall('2031-03-30T02:30', 'time'), '02:30');
});

