import { ranges, type Range } from '@rookery/contract/audience.ts';

import { compact, wordParam, type RawSearch } from '../../platform/search-params.ts';

/** The figures of the dashboard; each can be the chart's measure. */
export const measures = ['followers', 'net', 'gained', 'lost'] as const;
export type Measure = (typeof measures)[number];

export interface DashboardSearch {
  readonly range?: Range;
  /** `followers` unless it says otherwise. */
  readonly measure?: Measure;
}

/** What the dashboard's address can say. */
export function parseDashboardSearch(raw: RawSearch): DashboardSearch {
  return compact({ range: wordParam(raw, 'range', ranges), measure: wordParam(raw, 'measure', measures) });
}
