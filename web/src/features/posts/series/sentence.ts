import type { Rule, SeriesState } from '@rookery/contract/series.ts';

import { formatDate, formatWall, formatWeekday } from '../../../platform/format.ts';
import type { Shape, Tone } from '../../../ui/badge.tsx';

/** 23 November 2026 was a Monday. */
const monday = Date.UTC(2026, 10, 23);
const dayMs = 86_400_000;
const allDays = 7;

/** A weekday from 1, Monday, to 7: Tuesday, or Tue. */
export function nameWeekday(weekday: number, style: 'short' | 'long' = 'long'): string {
  return formatWeekday(new Date(monday + (weekday - 1) * dayMs).toISOString().slice(0, 10), style);
}

function join(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

function ordinal(count: number): string {
  const isTeen = count % 100 >= 11 && count % 100 <= 13;
  return `${count}${isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th')}`;
}

function describeDays({ repeat }: Pick<Rule, 'repeat'>): string {
  if (repeat.kind === 'monthly') return repeat.dayOfMonth > 28 ? `On the ${ordinal(repeat.dayOfMonth)} of every month, or its last day` : `On the ${ordinal(repeat.dayOfMonth)} of every month`;
  const days = [...new Set(repeat.weekdays)].toSorted((a, b) => a - b);
  const names = days.length === allDays ? 'day' : join(days.map((day) => nameWeekday(day)));
  return repeat.everyWeeks === 1 ? `Every ${names}` : `Every ${repeat.everyWeeks} weeks on ${days.length === allDays ? 'every day' : names}`;
}

function describeEnd({ end }: Pick<Rule, 'end'>): string {
  if (end.kind === 'on') return `, until ${formatDate(`${end.date}T12:00:00Z`, 'UTC')}`;
  if (end.kind === 'after') return end.count === 1 ? ', once' : `, ${end.count} times`;
  return '';
}

/** A rule as a sentence: "Every Tuesday and Thursday at 09:00, Europe/Berlin, until 31 Mar 2027". */
export function describeRule(rule: Omit<Rule, 'startsOn'>): string {
  return `${describeDays(rule)} at ${formatWall(`2026-11-23T${rule.time}`, 'time')}, ${rule.zone.replaceAll('_', ' ')}${describeEnd(rule)}`;
}

export const seriesWords: Readonly<Record<SeriesState, { readonly word: string; readonly tone: Tone; readonly shape: Shape }>> = {
  active: { word: 'Active', tone: 'accent', shape: 'dot' },
  paused: { word: 'Paused', tone: 'warning', shape: 'pause' },
  ended: { word: 'Ended', tone: 'neutral', shape: 'check' },
};
