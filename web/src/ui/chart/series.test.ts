import assert from 'node:assert/strict';
import { test } from 'node:test';

import { describeBalance, describeTrend, lastMeasuredIndex, toCsv } from './series.ts';

test('a chart says in a sentence what it shows', () => {
  const points = [23906, null, 24318].map((value, index) => ({ day: `2026-11-0${index + 1}`, value }));
  assert.equal(describeTrend('Followers', points), 'Followers rose from 23,906 to 24,318 in 3 days');
  assert.equal(describeTrend('Followers', [{ day: '2026-11-01', value: null }]), 'Followers: nothing was measured in this time');
  assert.equal(describeBalance([{ up: 3, down: 1 }, { up: null, down: null }], 'Gained', 'Lost'), '2 days: 3 gained, 1 lost');
});

test('a day without a measure is not zero: not in words, not in the file', () => {
  assert.equal(describeBalance([{ up: null, down: null }], 'Gained', 'Lost'), '1 day: nothing was measured');
  assert.equal(toCsv(['Day', 'Followers'], [['2026-11-01', null], ['2026-11-02', 0]]), 'Day,Followers\r\n2026-11-01,\r\n2026-11-02,0\r\n');
  assert.equal(lastMeasuredIndex([1, 0, null]), 1);
  assert.equal(lastMeasuredIndex([null]), -1);
});

test('a cell of the file is never a formula, and quotes survive', () => {
  assert.equal(toCsv(['a'], [['=HYPERLINK("x")'], [-3]]), `a\r\n"'=HYPERLINK(""x"")"\r\n-3\r\n`);
});
