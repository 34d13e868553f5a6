import { csvLine } from '@rookery/contract/csv.ts';

import { formatCount, formatPlural } from '../../platform/format.ts';

/** One day of a measured series; null is a gap, never zero. */
export interface Point {
  readonly day: string;
  readonly value: number | null;
}

/** A day on which nothing could be measured, and why. */
export interface Gap {
  readonly day: string;
  readonly reason: string;
}

/** The values that exist, in order. */
export function measured(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** The index of the last measured value, or -1. */
export function lastMeasuredIndex(values: readonly (number | null)[]): number {
  return values.findLastIndex((value) => value !== null);
}

/** The sentence a screen reader says for a line: "Followers rose from 23,906 to 24,318 in 30 days". */
export function describeTrend(title: string, points: readonly Point[]): string {
  const values = measured(points.map((point) => point.value));
  const first = values[0];
  const last = values.at(-1);
  if (first === undefined || last === undefined) return `${title}: nothing was measured in this time`;
  const span = formatPlural(points.length, 'day');
  if (first === last) return `${title} stayed at ${formatCount(last)} over ${span}`;
  return `${title} ${last > first ? 'rose' : 'fell'} from ${formatCount(first)} to ${formatCount(last)} in ${span}`;
}

interface Balance {
  readonly up: number | null;
  readonly down: number | null;
}

/** The sentence for bars on both sides of zero: "30 days: 412 gained, 96 lost". */
export function describeBalance(days: readonly Balance[], upLabel: string, downLabel: string): string {
  const ups = measured(days.map((day) => day.up));
  const downs = measured(days.map((day) => day.down));
  if (ups.length === 0 && downs.length === 0) return `${formatPlural(days.length, 'day')}: nothing was measured`;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const figures = `${formatCount(sum(ups))} ${upLabel.toLowerCase()}, ${formatCount(sum(downs))} ${downLabel.toLowerCase()}`;
  return `${formatPlural(days.length, 'day')}: ${figures}`;
}

/** Rows as CSV (RFC 4180); an unmeasured value is an empty cell. */
export function toCsv(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [header, ...rows].map((row) => csvLine(row)).join('');
}
