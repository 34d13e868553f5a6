import { ranges, type Range } from '@rookery/contract/audience.ts';

import { compact, dayParam, flagParam, idParam, textParam, wordParam, type RawSearch } from '../../platform/search-params.ts';

export interface AudienceSearch {
  readonly account?: string;
  readonly range?: Range;
  /** `changes` (who came and left) unless it says otherwise. */
  readonly view?: 'changes' | 'followers';
  readonly change?: 'gained' | 'lost';
  readonly verified?: boolean;
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  readonly sort?: 'newest' | 'oldest';
  /** Key of the person in the panel, and the account whose history with them is shown. */
  readonly person?: string;
  readonly of?: string;
}

/** What the Audience screen's address can say. */
export function parseAudienceSearch(raw: RawSearch): AudienceSearch {
  return compact({
    account: idParam(raw, 'account'),
    range: wordParam(raw, 'range', ranges),
    view: wordParam(raw, 'view', ['changes', 'followers']),
    change: wordParam(raw, 'change', ['gained', 'lost']),
    verified: flagParam(raw, 'verified'),
    q: textParam(raw, 'q', 100),
    from: dayParam(raw, 'from'),
    to: dayParam(raw, 'to'),
    sort: wordParam(raw, 'sort', ['newest', 'oldest']),
    person: textParam(raw, 'person', 19),
    of: idParam(raw, 'of'),
  });
}
