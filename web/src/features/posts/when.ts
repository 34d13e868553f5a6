import { resolveWallTime, wallTimeOf, type WallMoment } from '@rookery/contract/wall-time.ts';

import { formatWall, formatZoneName } from '../../platform/format.ts';

/** A time as somebody puts it in: parts may be missing while they type. */
export interface WallChoice {
  readonly day: string;
  readonly time: string;
  /** Which one, where clocks are set back and the time comes twice. */
  readonly occurrence: 'first' | 'second' | null;
}

export interface Occurrence {
  readonly value: 'first' | 'second';
  readonly label: string;
}

/** What a choice means: an instant, or what is wrong with it and the ways out. */
export interface Resolution {
  readonly at: Date | null;
  /** Why this time can't be used; null when it can. */
  readonly problem: string | null;
  /** The nearest times that exist, where clocks jump over the one asked for. */
  readonly instead: readonly WallMoment[];
  /** The two times to choose between, where clocks are set back. */
  readonly occurrences: readonly Occurrence[];
}

const nothing = { at: null, problem: null, instead: [], occurrences: [] } as const;

/** A choice that means this wall time. */
export function choiceOf(wallTime: string, occurrence: WallChoice['occurrence'] = null): WallChoice {
  return { day: wallTime.slice(0, 10), time: wallTime.slice(11, 16), occurrence };
}

/** The wall time of a choice; null while a part is missing. */
export function wallTimeOfChoice({ day, time }: WallChoice): string | null {
  return day === '' || time === '' ? null : `${day}T${time}`;
}

function describeDoubled(wallTime: string, zone: string, moments: { first: Date; second: Date }): Occurrence[] {
  return (['first', 'second'] as const).map((value) => ({
    value, label: `${value} ${formatWall(wallTime, 'time')} (${formatZoneName(moments[value].getTime(), zone)})`,
  }));
}

/** Says what a choice means in a zone, as somebody types it. */
export function resolveChoice(choice: WallChoice, zone: string, nowMs: number): Resolution {
  const wallTime = wallTimeOfChoice(choice);
  if (wallTime === null) return { ...nothing, problem: 'Choose a day and a time.' };
  const plain = resolveWallTime(wallTime, zone);
  if (plain.kind === 'invalid') return { ...nothing, problem: plain.what === 'zone' ? `There is no time zone ${zone}.` : 'There is no such day or time.' };
  if (plain.kind === 'skipped') {
    const problem = `There is no ${formatWall(wallTime, 'time')} on that day: clocks go from ${formatWall(plain.from, 'time')} straight to ${formatWall(plain.to, 'time')}.`;
    return { ...nothing, problem, instead: [plain.before, plain.after] };
  }
  const occurrences = plain.kind === 'ambiguous' ? describeDoubled(wallTime, zone, plain) : [];
  const at = plain.kind === 'instant' ? plain.at : choice.occurrence === null ? null : plain[choice.occurrence];
  if (at === null) return { ...nothing, problem: `${formatWall(wallTime, 'time')} comes twice on that day, because clocks are set back. Which one?`, occurrences };
  return { at, problem: at.getTime() <= nowMs ? 'That time has passed.' : null, instead: [], occurrences };
}

/** The occurrence that an instant is, where its wall time comes twice. */
export function occurrenceAt(wallTime: string, zone: string, instant: string): WallChoice['occurrence'] {
  const resolved = resolveWallTime(wallTime, zone);
  if (resolved.kind !== 'ambiguous') return null;
  return resolved.second.getTime() === Date.parse(instant) ? 'second' : 'first';
}

/** A first suggestion: the next full hour that is at least half an hour away. */
export function suggestTime(nowMs: number, zone: string): WallChoice {
  const next = new Date(nowMs + 90 * 60_000);
  return choiceOf(`${wallTimeOf(next, zone).slice(0, 13)}:00`, null);
}
