import { nextOccurrences } from '@rookery/contract/series-rule.ts';
import type { Rule } from '@rookery/contract/series.ts';
import { resolveWallTime, wallTimeOf } from '@rookery/contract/wall-time.ts';
import { invalidField } from '../../../platform/errors.ts';
import type { WorkspaceContext } from '../../context.ts';
import { yearsAheadMax } from '../time.ts';

const yearMs = 366 * 86_400_000;

/** The rule as it is stored: it starts at its first occurrence that lies ahead. Throws 422 where there is none, or no such day, time or zone. */
export function readRule(ctx: WorkspaceContext, asked: Rule): Rule {
  if (!isDate(asked.startsOn)) throw invalidField('/rule/startsOn', 'date', 'This is not a day of the calendar.');
  if (asked.end.kind === 'on' && !isDate(asked.end.date)) throw invalidField('/rule/end/date', 'date', 'This is not a day of the calendar.');
  const resolved = resolveWallTime(`${asked.startsOn}T${asked.time}`, asked.zone);
  if (resolved.kind === 'invalid') {
    throw resolved.what === 'zone'
      ? invalidField('/rule/zone', 'zone', 'This is not a time zone that we know. Choose one of the list.')
      : invalidField('/rule/time', 'time', 'This is not a time of the day: write it as 09:30.');
  }
  const { repeat } = asked;
  const rule = { ...asked, repeat: repeat.kind === 'weekly' ? { ...repeat, weekdays: [...new Set(repeat.weekdays)].toSorted((a, b) => a - b) } : repeat };
  const now = ctx.clock.now();
  // Where it ends after a number, that counts from the first that can still come.
  const [first] = nextOccurrences(rule.end.kind === 'after' ? { ...rule, end: { kind: 'never' } } : rule, now, 1);
  if (first === undefined) throw invalidField('/rule/end', 'past', 'No day of this series lies ahead. Choose a later end.');
  if (first.at.getTime() > now.getTime() + yearsAheadMax * yearMs) {
    throw invalidField('/rule/startsOn', 'too-far', `This is more than ${yearsAheadMax} years ahead. Choose an earlier start.`);
  }
  return { ...rule, startsOn: first.date };
}

/** The day from which on a change counts: not before today, in the zone of the series. */
export function readFrom(ctx: WorkspaceContext, from: string, zone: string): string {
  if (!isDate(from)) throw invalidField('/from', 'date', 'This is not a day of the calendar.');
  const today = wallTimeOf(ctx.clock.now(), zone).slice(0, 10);
  return from < today ? today : from;
}

function isDate(date: string): boolean {
  return resolveWallTime(`${date}T00:00`, 'UTC').kind === 'instant';
}
