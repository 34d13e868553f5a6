import { resolveWallTime, wallTimeOf } from '@rookery/contract/wall-time.ts';

/** A time of the week. */
export interface WeekSlot {
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
  /** Of the wall clock, since midnight. */
  readonly minute: number;
}

/** A slot of the calendar. */
export interface SlotTime extends WeekSlot {
  readonly wallTime: string;
  /** `first` where clocks are set back and the wall time comes twice. */
  readonly occurrence: 'first' | null;
  readonly at: Date;
}

/** Longer ranges are cut: nobody looks further ahead. */
const daysMax = 100;

/**
 * The slots of a week, day after day: instants after `from` and before `to`, in order. What the clock skips is left out, and of an hour
 * that comes twice the first counts.
 */
export function* slotTimes(slots: readonly WeekSlot[], zone: string, { from, to }: { from: Date; to: Date }): Generator<SlotTime> {
  if (slots.length === 0 || from >= to) return;
  const byWeekday = Map.groupBy(slots.toSorted((a, b) => a.minute - b.minute), ({ weekday }) => weekday);
  const last = wallTimeOf(to, zone).slice(0, 10);
  let day = wallTimeOf(from, zone).slice(0, 10);
  for (let days = 0; days < daysMax && day <= last; days += 1) {
    for (const slot of byWeekday.get(weekdayOf(day)) ?? []) {
      const time = placeSlot(slot, day, zone);
      if (time !== null && time.at > from && time.at < to) yield time;
    }
    day = dayAfter(day);
  }
}

function placeSlot(slot: WeekSlot, day: string, zone: string): SlotTime | null {
  const wallTime = `${day}T${formatMinute(slot.minute)}`;
  const resolved = resolveWallTime(wallTime, zone);
  if (resolved.kind === 'instant') return { ...slot, wallTime, occurrence: null, at: resolved.at };
  return resolved.kind === 'ambiguous' ? { ...slot, wallTime, occurrence: 'first', at: resolved.first } : null;
}

function weekdayOf(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7 + 1;
}

function dayAfter(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}

/** A minute of the day as the clock shows it: 540 is `09:00`. */
export function formatMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** The minute of the day of a time such as `09:00`. */
export function readMinute(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** One number for a time of the week, in its order. */
export function keyOfSlot({ weekday, minute }: WeekSlot): number {
  return weekday * 1440 + minute;
}
