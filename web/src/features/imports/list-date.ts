import { startOfDay } from '../../platform/zoned-day.ts';

const halfDayMs = 12 * 3_600_000;

/** The instant that stands for a day a person names: its noon in the zone, but never later than now. */
export function instantOfDay(day: string, timeZone: string, nowMs: number): string {
  return new Date(Math.min(Date.parse(startOfDay(day, timeZone)) + halfDayMs, nowMs)).toISOString();
}
