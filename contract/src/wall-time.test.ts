import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueUnderRules, resolveWallTime, wallTimeOf, type ResolvedWallTime } from './wall-time.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const zones = Intl.supportedValuesOf('timeZone');
const from = Date.UTC(2026, 0, 1);
const to = Date.UTC(2028, 0, 1);

/** Another reading of the offset than the product's: Intl writes it in words. */
function createOffsetReader(zone: string): (atMs: number) => number {
  const formatter = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (atMs) => {
    const name = formatter.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const match = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(name);
    assert.ok(match !== null, `${zone}: ${name}`);
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
    return (sign === '-' ? -1 : 1) * (Number(hours) * hourMs + Number(minutes) * minuteMs + Number(seconds) * 1000);
  };
}

interface Change {
  readonly zone: string;
  readonly atMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** Every change of a zone's offset in 2026 and 2027, to the minute. */
function findChanges(zone: string): Change[] {
  const offsetAt = createOffsetReader(zone);
  const changes: Change[] = [];
  // Ramadan in Morocco suspends summer time for a month: a step of 4 days misses nothing.
  for (let startMs = from; startMs < to; startMs += 4 * dayMs) {
    let [lowMs, highMs] = [startMs, startMs + 4 * dayMs];
    const [beforeMs, afterMs] = [offsetAt(lowMs), offsetAt(highMs)];
    if (beforeMs === afterMs) continue;
    while (highMs - lowMs > minuteMs) {
      const middleMs = lowMs + Math.floor((highMs - lowMs) / 2 / minuteMs) * minuteMs;
      if (offsetAt(middleMs) === beforeMs) lowMs = middleMs;
      else highMs = middleMs;
    }
    changes.push({ zone, atMs: highMs, beforeMs, afterMs });
  }
  return changes;
}

const changes = zones.flatMap(findChanges);
const wall = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const instantOf = (resolved: ResolvedWallTime): string => (resolved.kind === 'instant' ? resolved.at.toISOString() : resolved.kind);

test('the changes of two years are there to be tested: forward and back, of one hour and of half an hour', () => {
  assert.ok(zones.length > 400, String(zones.length));
  assert.ok(changes.length > 400, String(changes.length));
  const steps = new Set(changes.map(({ beforeMs, afterMs }) => (afterMs - beforeMs) / minuteMs));
  for (const step of [60, -60, 30, -30]) assert.ok(steps.has(step), `no change of ${step} minutes`);
});

test('around every change of every zone, an instant survives the way to its wall time and back', () => {
  for (const { zone, atMs, beforeMs, afterMs } of changes) {
    for (let stepMs = -3 * hourMs; stepMs <= 3 * hourMs; stepMs += 5 * minuteMs) {
      const at = new Date(atMs + stepMs);
      const wallTime = wallTimeOf(at, zone);
      assert.equal(wallTime, wall(at.getTime() + (stepMs < 0 ? beforeMs : afterMs)), zone);
      const resolved = resolveWallTime(wallTime, zone);
      const isRepeated = stepMs < 0 ? stepMs >= afterMs - beforeMs : stepMs < beforeMs - afterMs;
      assert.equal(resolved.kind, isRepeated ? 'ambiguous' : 'instant', `${zone} ${wallTime}`);
      const chosen = isRepeated ? resolveWallTime(wallTime, zone, stepMs < 0 ? 'first' : 'second') : resolved;
      assert.equal(instantOf(chosen), at.toISOString(), `${zone} ${wallTime}`);
    }
  }
});

test('every wall time that a zone skips is refused, with what lies before and after', () => {
  let count = 0;
  for (const { zone, atMs, beforeMs, afterMs } of changes) {
    for (let intoMs = 0; intoMs < afterMs - beforeMs; intoMs += minuteMs) {
      const wallTime = wall(atMs + beforeMs + intoMs);
      const skipped = {
        kind: 'skipped', from: wall(atMs + beforeMs), to: wall(atMs + afterMs),
        before: { wallTime: wall(atMs + beforeMs + intoMs - (afterMs - beforeMs)), at: new Date(atMs + intoMs - (afterMs - beforeMs)) },
        after: { wallTime: wall(atMs + afterMs + intoMs), at: new Date(atMs + intoMs) },
      };
      assert.deepEqual(resolveWallTime(wallTime, zone), skipped, `${zone} ${wallTime}`);
      // An answer to the other question does not help.
      if (intoMs === 0) assert.equal(resolveWallTime(wallTime, zone, 'second').kind, 'skipped');
      count += 1;
    }
  }
  assert.ok(count > 10_000, String(count));
});

test('of every wall time that comes twice, both instants are offered, the earlier first', () => {
  let count = 0;
  for (const { zone, atMs, beforeMs, afterMs } of changes) {
    for (let intoMs = 0; intoMs < beforeMs - afterMs; intoMs += minuteMs) {
      const wallTime = wall(atMs + afterMs + intoMs);
      const first = new Date(atMs + intoMs - (beforeMs - afterMs));
      const second = new Date(atMs + intoMs);
      assert.deepEqual(resolveWallTime(wallTime, zone), { kind: 'ambiguous', first, second }, `${zone} ${wallTime}`);
      assert.equal(wallTimeOf(first, zone), wallTime);
      assert.equal(wallTimeOf(second, zone), wallTime);
      count += 1;
    }
  }
  assert.ok(count > 10_000, String(count));
});

test('around every change of every zone, a plan is due at its wall time, at the first minute after a gap, and once where it comes twice', () => {
  for (const { zone, atMs, beforeMs, afterMs } of changes) {
    const [gapMs, foldMs] = [afterMs - beforeMs, beforeMs - afterMs];
    for (let stepMs = -2 * hourMs; stepMs <= 2 * hourMs; stepMs += 7 * minuteMs) {
      const wallMs = atMs + beforeMs + stepMs;
      const plan = { wallTime: wall(wallMs), zone };
      const due = (occurrence: 'first' | 'second' | null): number => dueUnderRules({ ...plan, occurrence })?.at.getTime() ?? Number.NaN;
      const isInGap = stepMs >= 0 && stepMs < gapMs;
      const isInFold = stepMs < 0 && stepMs >= -foldMs;
      const first = isInGap ? atMs : stepMs < 0 ? wallMs - beforeMs : wallMs - afterMs;
      assert.equal(due(null), first, `${zone} ${plan.wallTime}`);
      assert.equal(due('second'), isInFold ? wallMs - afterMs : first, `${zone} ${plan.wallTime}`);
      assert.equal(dueUnderRules({ ...plan, occurrence: null })?.skipped !== null, isInGap, `${zone} ${plan.wallTime}`);
    }
  }
  assert.equal(dueUnderRules({ wallTime: '2026-11-24T09:00', zone: 'Mars/Olympus', occurrence: null }), null);
});

test('a day that a zone skipped altogether is refused, and the choice between two hours is ignored where there is one', () => {
  const skipped = resolveWallTime('2011-12-30T12:00', 'Pacific/Apia');
  assert.ok(skipped.kind === 'skipped');
  assert.deepEqual([skipped.from, skipped.to], ['2011-12-30T00:00', '2011-12-31T00:00']);
  assert.deepEqual([skipped.before.wallTime, skipped.after.wallTime], ['2011-12-29T12:00', '2011-12-31T12:00']);
  assert.equal(instantOf(resolveWallTime('2026-11-24T09:00', 'Europe/Berlin', 'second')), '2026-11-24T08:00:00.000Z');
});

test('what is no time of the calendar, or no zone, is invalid and says which', () => {
  const texts = [
    '', '2026-02-29T09:00', '2026-13-01T09:00', '2026-00-10T09:00', '2026-01-01T24:00', '2026-01-01T09:60', '2026-01-01 09:00', '2026-01-01T9:00',
    '2026-01-01T09:00:00', '2026-01-01T09:00Z', ' 2026-01-01T09:00', '0000-01-01T00:00', '1899-12-31T23:59', '٢٠٢٦-01-01T09:00',
  ];
  for (const text of texts) assert.deepEqual(resolveWallTime(text, 'UTC'), { kind: 'invalid', what: 'time' }, text);
  for (const zone of ['', 'Mars/Olympus', 'Europe/Berlin; drop', '\0']) {
    assert.deepEqual(resolveWallTime('2026-01-01T09:00', zone), { kind: 'invalid', what: 'zone' }, zone);
    assert.throws(() => wallTimeOf(new Date(0), zone), RangeError);
  }
  assert.equal(resolveWallTime('9999-12-31T23:59', 'Pacific/Kiritimati').kind, 'instant');
});
