import type { AudienceSummary } from '@rookery/contract/audience.ts';

import type { Point } from '../../ui/chart/series.ts';
import type { Measure } from './search.ts';

type Series = AudienceSummary['series'];
type Day = Series[number];

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
