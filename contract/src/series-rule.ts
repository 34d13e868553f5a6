import type { Rule } from './series.ts';
import { dueUnderRules, resolveWallTime, type PlannedMoment } from './wall-time.ts';

const dayMs = 86_400_000;
const weekDays = 7;
/** No rule reaches further; it also ends those that never end. */
const lastDate = '9999-12-31';

/** One occurrence of a rule: its day, its wall time, and the instant that it is. `skipped`: clocks jump over the wall time. */
export interface RuledOccurrence extends PlannedMoment {
  readonly date: string;
  readonly wallTime: string;
}

function writeDate(dateMs: number): string {
  return new Date(dateMs).toISOString().slice(0, 10);
}

/** Days of a rule in their order, from its start to its end. */
export function* datesOf({ repeat, startsOn, end }: Pick<Rule, 'repeat' | 'startsOn' | 'end'>): Generator<string, void, undefined> {
  const until = end.kind === 'on' ? end.date : lastDate;
  let count = 0;
  for (const date of repeat.kind === 'weekly' ? weeklyDates(repeat, startsOn) : monthlyDates(repeat.dayOfMonth, startsOn)) {
    if (date > until || (end.kind === 'after' && count >= end.count)) return;
    count += 1;
    yield date;
  }
}

/** Weeks begin on Monday, and every how many of them is counted from the one that the start lies in. */
function* weeklyDates({ everyWeeks, weekdays }: { everyWeeks: number; weekdays: readonly number[] }, startsOn: string): Generator<string, void, undefined> {
  const startMs = Date.parse(startsOn);
  const mondayMs = startMs - ((new Date(startMs).getUTCDay() + 6) % weekDays) * dayMs;
  const sorted = [...new Set(weekdays)].toSorted((a, b) => a - b);
  for (let weekMs = mondayMs; weekMs <= Date.parse(lastDate); weekMs += everyWeeks * weekDays * dayMs) {
    for (const weekday of sorted) {
      const dateMs = weekMs + (weekday - 1) * dayMs;
      if (dateMs >= startMs && dateMs <= Date.parse(lastDate)) yield writeDate(dateMs);
    }
  }
}

function* monthlyDates(dayOfMonth: number, startsOn: string): Generator<string, void, undefined> {
  const [year = 0, month = 1] = startsOn.split('-').map(Number);
  for (let index = 0; ; index += 1) {
    const lastDay = new Date(Date.UTC(year, month + index, 0)).getUTCDate();
    const date = new Date(Date.UTC(year, month - 1 + index, Math.min(dayOfMonth, lastDay)));
    if (date.getUTCFullYear() > 9999) return;
    if (writeDate(date.getTime()) >= startsOn) yield writeDate(date.getTime());
  }
}

/** A day that lies before an instant, or with `days` after it, in every zone. */
function dayNear(at: Date, days: number): string {
  return writeDate(at.getTime() + days * dayMs);
}

function toOccurrence(rule: Rule, date: string, resolve: typeof resolveWallTime): RuledOccurrence | null {
  const wallTime = `${date}T${rule.time}`;
  const moment = dueUnderRules({ wallTime, zone: rule.zone, occurrence: null }, resolve);
  return moment === null ? null : { date, wallTime, ...moment };
}

/**
 * Occurrences of a rule after an instant, in the order of their days. One whose wall time is skipped comes at the first minute after,
 * one that comes twice at the first. None for a zone, a time or a start that does not exist. `resolve`: the rules of zones.
 */
export function* occurrencesAfter(rule: Rule, after: Date, resolve: typeof resolveWallTime = resolveWallTime): Generator<RuledOccurrence, void, undefined> {
  if (resolve(`${rule.startsOn}T00:00`, 'UTC').kind === 'invalid') return;
  const first = dayNear(after, -2);
  for (const date of datesOf(rule)) {
    if (date < first) continue;
    const occurrence = toOccurrence(rule, date, resolve);
    if (occurrence === null) return;
    if (occurrence.at > after) yield occurrence;
  }
}

/** The first `count` occurrences after an instant. */
export function nextOccurrences(rule: Rule, after: Date, count: number): RuledOccurrence[] {
  const found: RuledOccurrence[] = [];
  for (const occurrence of occurrencesAfter(rule, after)) {
    found.push(occurrence);
    if (found.length >= count) break;
  }
  return found;
}

/** How many occurrences are still to come after an instant; null where the rule does not say after how many it ends. */
export function countLeft(rule: Rule, after: Date): number | null {
  if (rule.end.kind !== 'after') return null;
  const [first, sure] = [dayNear(after, -2), dayNear(after, 2)];
  let left = 0;
  for (const date of datesOf(rule)) {
    if (date > sure) left += 1;
    else if (date >= first && (toOccurrence(rule, date, resolveWallTime)?.at ?? after) > after) left += 1;
  }
  return left;
}
