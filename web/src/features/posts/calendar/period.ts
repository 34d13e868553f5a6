import { formatDayRange, formatMonth } from '../../../platform/format.ts';
import type { CalendarView } from '../search.ts';

/** The days in view, and the period in words. */
export interface Period {
  readonly days: readonly string[];
  /** The day after the last one. */
  readonly end: string;
  readonly title: string;
}

/** A day so many days later. */
export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** The same day of the month so many months later, or the last one that the month has. */
export function addMonths(day: string, count: number): string {
  const first = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  first.setUTCMonth(first.getUTCMonth() + count);
  const month = first.toISOString().slice(0, 7);
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return `${month}-${String(Math.min(Number(day.slice(8)), last)).padStart(2, '0')}`;
}

/** Which day weeks begin with for this reader: 1 Monday to 7 Sunday. */
export function firstWeekday(language: string = typeof navigator === 'undefined' ? 'en-GB' : navigator.language): number {
  try {
    const locale: object = new Intl.Locale(language);
    const info: unknown = 'getWeekInfo' in locale && typeof locale.getWeekInfo === 'function' ? locale.getWeekInfo() : null;
    if (typeof info === 'object' && info !== null && 'firstDay' in info && typeof info.firstDay === 'number') return info.firstDay;
  } catch {
    // A browser may report a language that is no valid tag.
  }
  return 1;
}

function startOfWeek(day: string, weekStart: number): string {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7 + 1;
  return addDays(day, -((weekday - weekStart + 7) % 7));
}

function daysFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => addDays(first, index));
}

function weekPeriod(day: string, weekStart: number): Period {
  const first = startOfWeek(day, weekStart);
  const days = daysFrom(first, 7);
  const last = days.at(-1) ?? first;
  return { days, end: addDays(last, 1), title: formatDayRange(first, last) };
}

/** Whole weeks around the month, so that every row of the grid is full. */
function monthPeriod(day: string, weekStart: number): Period {
  const first = startOfWeek(`${day.slice(0, 7)}-01`, weekStart);
  const next = `${addMonths(day, 1).slice(0, 7)}-01`;
  let end = first;
  while (end < next) end = addDays(end, 7);
  return { days: daysFrom(first, Math.round((Date.parse(end) - Date.parse(first)) / 86_400_000)), end, title: formatMonth(day) };
}

function listPeriod(day: string): Period {
  const first = `${day.slice(0, 7)}-01`;
  const end = `${addMonths(day, 1).slice(0, 7)}-01`;
  return { days: daysFrom(first, Math.round((Date.parse(end) - Date.parse(first)) / 86_400_000)), end, title: formatMonth(day) };
}

/** The period around a day that a view shows. */
export function periodOf(view: CalendarView, day: string, weekStart: number): Period {
  if (view === 'week') return weekPeriod(day, weekStart);
  return view === 'month' ? monthPeriod(day, weekStart) : listPeriod(day);
}

/** A day in the period before or after. */
export function stepPeriod(view: CalendarView, day: string, direction: -1 | 1): string {
  return view === 'week' ? addDays(day, 7 * direction) : addMonths(day, direction);
}
