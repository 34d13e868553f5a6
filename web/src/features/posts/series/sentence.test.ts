import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rule } from '@rookery/contract/series.ts';

import { describeRule } from './sentence.ts';

const rule = (change: Partial<Rule> = {}): Rule => ({
  repeat: { kind: 'weekly', everyWeeks: 1, weekdays: [4, 2] }, time: '09:00', zone: 'America/New_York', startsOn: '2026-11-24', end: { kind: 'never' }, ...change,
});

test('a rule reads as a sentence with its days, time, zone and end', () => {
  assert.match(describeRule(rule()), /^Every Tuesday and Thursday at 0?9:00( AM)?, America\/New York$/);
  assert.match(describeRule(rule({ end: { kind: 'on', date: '2027-03-31' } })), /, until .*Mar.*2027$/);
  assert.match(describeRule(rule({ end: { kind: 'after', count: 5 } })), /, 5 times$/);
  assert.match(describeRule(rule({ end: { kind: 'after', count: 1 } })), /, once$/);
  assert.match(describeRule(rule({ repeat: { kind: 'weekly', everyWeeks: 1, weekdays: [1, 2, 3, 4, 5, 6, 7] } })), /^Every day at/);
  assert.match(describeRule(rule({ repeat: { kind: 'weekly', everyWeeks: 2, weekdays: [1, 3, 5] } })), /^Every 2 weeks on Monday, Wednesday and Friday at/);
});

test('a day that not every month has says what happens then', () => {
  const monthly = (dayOfMonth: number): string => describeRule(rule({ repeat: { kind: 'monthly', dayOfMonth } }));
  assert.match(monthly(1), /^On the 1st of every month at/);
  assert.match(monthly(12), /^On the 12th of every month at/);
  assert.match(monthly(22), /^On the 22nd of every month at/);
  assert.match(monthly(31), /^On the 31st of every month, or its last day at/);
});
