import { slotsMax, type Slot } from '@rookery/contract/slots.ts';

import { formatPlural, formatWall, formatWeekday } from '../../platform/format.ts';

/** A Monday: the days of its week stand for the days of every week. */
const mondayOfAnyWeek = 5;

/** The name of a day of the week, 1 Monday to 7 Sunday: Mon, or Monday. */
export function nameDay(weekday: number, style: 'short' | 'long' = 'short'): string {
  return formatWeekday(`2026-01-${String(mondayOfAnyWeek + weekday - 1).padStart(2, '0')}`, style);
}

/** A slot's time as the reader's clock writes it. */
export function nameTime(time: string): string {
  return formatWall(`2026-01-05T${time}`, 'time');
}

/** The days of a week in order, beginning with `first`. */
export function weekFrom(first: number): readonly number[] {
  return Array.from({ length: 7 }, (_, index) => (first - 1 + index) % 7 + 1);
}

function isSame(a: Slot, b: Slot): boolean {
  return a.weekday === b.weekday && a.time === b.time;
}

function inOrder(slots: readonly Slot[]): Slot[] {
  return slots.toSorted((a, b) => a.weekday - b.weekday || (a.time < b.time ? -1 : 1));
}

/** What adding a time on some days leads to, and what to tell about it. */
export interface Addition {
  /** Null when nothing changes. */
  readonly slots: readonly Slot[] | null;
  readonly words: string;
}

/** Adds one time on some days; those that have it already stay as they are. */
export function addTime(before: readonly Slot[], weekdays: readonly number[], time: string): Addition {
  if (weekdays.length === 0) return { slots: null, words: 'Choose at least one day.' };
  if (time === '') return { slots: null, words: 'Choose a time.' };
  const added = weekdays.map((weekday) => ({ weekday, time })).filter((slot) => !before.some((known) => isSame(known, slot)));
  if (added.length === 0) return { slots: null, words: `${nameTime(time)} is there already on ${weekdays.length === 1 ? 'this day' : 'these days'}.` };
  if (before.length + added.length > slotsMax) return { slots: null, words: `An account can have ${slotsMax} slots a week. Remove some first.` };
  return { slots: inOrder([...before, ...added]), words: `${formatPlural(added.length, 'slot')} added` };
}

export function withoutSlot(before: readonly Slot[], slot: Slot): readonly Slot[] {
  return before.filter((known) => !isSame(known, slot));
}

interface Preset {
  readonly label: string;
  readonly slots: readonly Slot[];
}

function onDays(weekdays: readonly number[], times: readonly string[]): Slot[] {
  return inOrder(weekdays.flatMap((weekday) => times.map((time) => ({ weekday, time }))));
}

const workdays = [1, 2, 3, 4, 5];

/** Weeks to begin with. */
export const presets: readonly Preset[] = [
  { label: `Weekdays at ${nameTime('09:00')} and ${nameTime('17:00')}`, slots: onDays(workdays, ['09:00', '17:00']) },
  { label: `Every day at ${nameTime('12:00')}`, slots: onDays([...workdays, 6, 7], ['12:00']) },
  { label: `${nameDay(1)}, ${nameDay(3)} and ${nameDay(5)} at ${nameTime('10:00')}`, slots: onDays([1, 3, 5], ['10:00']) },
];
