import type { AudienceSummary, Range } from '@rookery/contract/audience.ts';

import type { Point } from '../../ui/chart/series.ts';
import type { Measure } from './search.ts';

type Series = AudienceSummary['series'];
type Day = Series[number];

/** The ranges as their control writes them. */
export const rangeOptions: readonly { readonly value: Range; readonly label: string }[] = [
  { value: '7d', label: '7d' }, { value: '30d', label: '30d' }, { value: '90d', label: '90d' }, { value: '12m', label: '12m' },
];

/** A range inside a sentence: "in 30 days". */
export const rangeWords: Readonly<Record<Range, string>> = { '7d': '7 days', '30d': '30 days', '90d': '90 days', '12m': '12 months' };

/** The measures' names, as figure and as title of the chart. */
export const measureWords: Readonly<Record<Measure, string>> = { followers: 'Followers', net: 'Net change', gained: 'Gained', lost: 'Lost' };

function valueOf(day: Day, measure: Measure): number | null {
  if (measure !== 'net') return day[measure];
  return day.gained === null && day.lost === null ? null : (day.gained ?? 0) - (day.lost ?? 0);
}

/** One measure of a series, day by day; what was not measured stays null. */
export function pointsOf(series: Series, measure: Measure): Point[] {
  return series.map((day) => ({ day: day.day, value: valueOf(day, measure) }));
}

/** Whether anything was measured in a series: only then it can be compared with. */
export function isMeasured(series: Series): boolean {
  return series.some((day) => day.followers !== null || day.gained !== null || day.lost !== null);
}
