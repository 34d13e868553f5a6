import { resolveWallTime, wallTimeOf } from '@rookery/contract/wall-time.ts';

/** A calendar month in a zone: [from, to). */
export interface Month {
  readonly from: Date;
  readonly to: Date;
  /** November */
  readonly name: string;
  /** 1 December */
  readonly nextDay: string;
}

const nameOf = (year: number, month: number): string =>
  new Date(Date.UTC(year, month - 1, 15)).toLocaleString('en-GB', { month: 'long', timeZone: 'UTC' });

/** The month that an instant lies in. */
export function monthOf(now: Date, zone: string): Month {
  const wall = wallTimeOf(now, zone);
  const [year, month] = [Number(wall.slice(0, 4)), Number(wall.slice(5, 7))];
  const next = month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 };
  return { from: startOf(year, month, zone), to: startOf(next.year, next.month, zone), name: nameOf(year, month), nextDay: `1 ${nameOf(next.year, next.month)}` };
}

function startOf(year: number, month: number, zone: string): Date {
  const resolved = resolveWallTime(`${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01T00:00`, zone, 'first');
  if (resolved.kind === 'instant') return resolved.at;
  // A midnight that the clocks jump over: the month begins when they have.
  if (resolved.kind === 'skipped') return resolved.after.at;
  throw new Error(`The month ${year}-${month} has no beginning in ${zone}.`);
}
