import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isMeasured, pointsOf } from './measure.ts';

const day = (name: string, followers: number | null, gained: number | null, lost: number | null) => ({ day: name, followers, gained, lost, countOnly: false });

test('a day without a measurement is a gap in every measure, never zero', () => {
  const series = [day('2026-11-23', null, null, null)];
  for (const measure of ['followers', 'net', 'gained', 'lost'] as const) assert.deepEqual(pointsOf(series, measure), [{ day: '2026-11-23', value: null }]);
  assert.equal(isMeasured(series), false);
});

test('the net change of a day is what came less what left', () => {
  assert.deepEqual(pointsOf([day('2026-11-23', 100, 3, 5)], 'net'), [{ day: '2026-11-23', value: -2 }]);
  assert.deepEqual(pointsOf([day('2026-11-23', 100, 4, null)], 'net'), [{ day: '2026-11-23', value: 4 }]);
});
