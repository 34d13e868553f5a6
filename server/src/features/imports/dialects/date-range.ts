import type { ExportFacts } from './dialect.ts';

const dayMs = 86_400_000;

/** Spans that Instagram's dialog offers, in days: shortest and longest that the calendar makes of each. */
const offeredSpans: readonly (readonly [name: string, shortest: number, longest: number])[] = [
  ['last week', 7, 7],
  ['last month', 28, 31],
  ['last 3 months', 89, 92],
  ['last 6 months', 181, 184],
  ['last year', 365, 366],
  ['last 3 years', 1095, 1096],
];
const longestOfferedDays = 1097;
const rowsMin = 50;
const slackDays = 1;

export interface RangeEvidence {
  readonly facts: ExportFacts;
  readonly generatedAt: Date | null;
  /** Oldest follow in the two lists; null unless every row has a time. */
  readonly oldest: Date | null;
  readonly rows: number;
}

/**
 * Why an export seems limited to a range of dates, or null. In such an export "not there" is not "left".
 *
 * Known: HTML pages state the range ("Contains data you requested from … to …"). Not known: whether "All time" states the day the
 * account was made, so a stated range longer than any that is offered counts as all time, and so does one that a row is older
 * than. The JSON format states nothing: there the only sign is an oldest follow that falls on the first day of an offered range.
 * A range chosen by hand in a JSON export cannot be noticed here. In doubt this says "limited": then nobody is reported as gone.
 */
export function findRangeReason({ facts, generatedAt, oldest, rows }: RangeEvidence): string | null {
  if (facts.covers !== null) return judgeStatedRange(facts.covers, oldest);
  if (generatedAt === null || oldest === null || rows < rowsMin) return null;
  const ageDays = (generatedAt.getTime() - oldest.getTime()) / dayMs;
  const offered = offeredSpans.find(([, shortest, longest]) => ageDays >= shortest - slackDays && ageDays <= longest + slackDays);
  return offered === undefined
    ? null
    : `The oldest follow is from the first day of the range "${offered[0]}": the export seems limited to it.`;
}

function judgeStatedRange({ from, to }: { from: Date; to: Date }, oldest: Date | null): string | null {
  if (oldest !== null && oldest.getTime() < from.getTime() - slackDays * dayMs) return null;
  if (to.getTime() - from.getTime() > longestOfferedDays * dayMs) return null;
  return `The export says that it covers ${from.toISOString().slice(0, 10)} to ${to.toISOString().slice(0, 10)} only.`;
}
