import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chooseSpan, groupDays, type BarDay } from './group.ts';

const daysFrom = (first: string, count: number): BarDay[] =>
  Array.from({ length: count }, (_, index) => ({
    day: new Date(Date.parse(first) + index * 86_400_000).toISOString().slice(0, 10), up: 2, down: 1,
  }));
const none = { gaps: [], incompleteDay: undefined };

test('a year is drawn in bars that can be seen, on a phone as on a desk', () => {
  for (const width of [280, 320, 700, 1100]) {
    const span = chooseSpan(365, width);
    assert.ok(width / groupDays(daysFrom('2025-11-25', 365), { span, ...none }).length >= 4.9, `${width} px in ${span}s`);
  }
  assert.equal(chooseSpan(30, 280), 'day');
  assert.equal(chooseSpan(365, 1100), 'week');
  assert.equal(chooseSpan(365, 200), 'month');
});

test('no day is lost or counted twice, whatever the bars stand for', () => {
  const days = daysFrom('2025-11-25', 365);
  for (const span of ['day', 'week', 'month'] as const) {
    const groups = groupDays(days, { span, ...none });
    assert.equal(groups.reduce((sum, { up }) => sum + (up ?? 0), 0), 730, span);
    assert.equal(groups[0]?.from, '2025-11-25');
    assert.equal(groups.at(-1)?.to, '2026-11-24');
  }
});

test('a week begins on Monday and the last one, with today in it, says that it is not over', () => {
  const groups = groupDays(daysFrom('2026-11-12', 13), { span: 'week', gaps: [], incompleteDay: '2026-11-24' });
  assert.deepEqual(groups.map(({ from, to }) => [from, to]), [
    ['2026-11-12', '2026-11-15'], ['2026-11-16', '2026-11-22'], ['2026-11-23', '2026-11-24'],
  ]);
  assert.deepEqual(groups.map(({ note }) => note), [undefined, undefined, 'This week so far']);
});

test('what was not measured is said, and is zero nowhere', () => {
  const days = daysFrom('2026-11-02', 14).map((day, index) => (index < 7 || index === 9 ? { ...day, up: null, down: null } : day));
  const gaps = days.slice(0, 7).map(({ day }) => ({ day, reason: 'The network was down.' }));
  const [first, second] = groupDays(days, { span: 'week', gaps, incompleteDay: undefined });
  assert.deepEqual([first?.up, first?.down, first?.note], [null, null, 'The network was down.']);
  assert.deepEqual([second?.up, second?.down, second?.note], [12, 6, '1 day not measured']);
});
