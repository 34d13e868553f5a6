import { formatDay, formatDays, formatMonth, formatPlural } from '../../platform/format.ts';
import { measured, type Gap } from './series.ts';

/** One day: what came in above the line, what went out below it; null was not measured. */
export interface BarDay {
  readonly day: string;
  readonly up: number | null;
  readonly down: number | null;
}

/** How much time one bar stands for. */
export type BarSpan = 'day' | 'week' | 'month';

/** One bar: a day, or whole days of one calendar week (from Monday) or month. Its first and last may lie inside that week. */
export interface BarGroup {
  readonly from: string;
  readonly to: string;
  /** Sum of the days that were measured; null when none was. */
  readonly up: number | null;
  readonly down: number | null;
  /** What to know of it, in words. */
  readonly note?: string;
  /** Holds the day that is not over yet. */
  readonly isOpen: boolean;
  /** All its days have a reason why they could not be measured. */
  readonly isGap: boolean;
}

/** The narrowest slot, in pixels, whose bar is told from its neighbours and hit by a pointer. */
const stepMin = 5;
const dayMs = 86_400_000;

/** Days while each has room in the width, then weeks, then months. */
export function chooseSpan(dayCount: number, width: number): BarSpan {
  if (dayCount * stepMin <= width) return 'day';
  return Math.ceil(dayCount / 7) * stepMin <= width ? 'week' : 'month';
}

function firstDayOf(day: string, span: BarSpan): string {
  if (span === 'month') return `${day.slice(0, 7)}-01`;
  if (span === 'day') return day;
  const at = Date.parse(`${day}T00:00:00Z`);
  const sinceMonday = (new Date(at).getUTCDay() + 6) % 7;
  return new Date(at - sinceMonday * dayMs).toISOString().slice(0, 10);
}

interface GroupOptions {
  readonly span: BarSpan;
  readonly gaps: readonly Gap[];
  readonly incompleteDay: string | undefined;
}

/** The bars of a series. Days are calendar days that the server has made, so no zone is needed to put them together. */
export function groupDays(days: readonly BarDay[], { span, gaps, incompleteDay }: GroupOptions): BarGroup[] {
  const reasons = new Map(gaps.map((gap) => [gap.day, gap.reason]));
  const sum = (values: readonly (number | null)[]): number | null => {
    const known = measured(values);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  return [...Map.groupBy(days, (day) => firstDayOf(day.day, span)).entries()].map(([start, members]) => {
    const isOpen = members.some((day) => day.day === incompleteDay);
    const note = noteOf(members, { span, reasons, isOpen });
    return {
      from: members[0]?.day ?? start, to: members.at(-1)?.day ?? start,
      isOpen, isGap: members.every((day) => reasons.has(day.day)),
      up: sum(members.map((day) => day.up)), down: sum(members.map((day) => day.down)), ...(note === undefined ? {} : { note }),
    };
  });
}

interface NoteInput {
  readonly span: BarSpan;
  readonly reasons: ReadonlyMap<string, string>;
  readonly isOpen: boolean;
}

function noteOf(members: readonly BarDay[], { span, reasons, isOpen }: NoteInput): string | undefined {
  const told = new Set(members.flatMap((day) => reasons.get(day.day) ?? []));
  const blank = members.filter((day) => (day.up === null && day.down === null) || reasons.has(day.day)).length;
  const [reason] = told;
  if (span === 'day') return reason ?? (blank > 0 ? 'Not measured' : isOpen ? 'Today so far' : undefined);
  if (blank === members.length) return told.size === 1 ? reason : 'Not measured';
  if (blank > 0) return `${formatPlural(blank, 'day')} not measured`;
  return isOpen ? `This ${span} so far` : undefined;
}

/** What stands below a bar. */
export function labelOf({ from }: BarGroup, span: BarSpan): string {
  return span === 'month' ? formatMonth(from, 'short') : formatDay(from);
}

/** Which days a bar is of, in words. */
export function spanOf({ from, to }: BarGroup): string {
  return formatDays(from, to);
}
