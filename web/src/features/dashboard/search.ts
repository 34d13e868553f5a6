import { ranges, type Range } from '@rookery/contract/audience.ts';

import { compact, wordParam, type RawSearch } from '../../platform/search-params.ts';

export interface DashboardSearch {
  readonly range?: Range;
}

/** What the dashboard's address can say. */
export function parseDashboardSearch(raw: RawSearch): DashboardSearch {
  return compact({ range: wordParam(raw, 'range', ranges) });
}
