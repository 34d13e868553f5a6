import type { ReactElement } from 'react';

import { formatExact, formatRelative } from '../platform/format.ts';
import { useNow } from '../platform/use-now.ts';

/** How long ago, up to seven days, then the date; the exact time in the zone as its title. */
export function RelativeTime({ instant, timeZone }: { readonly instant: string; readonly timeZone: string }): ReactElement {
  const now = useNow();
  return <time dateTime={instant} title={formatExact(instant, timeZone)} className="whitespace-nowrap">{formatRelative(instant, now, timeZone)}</time>;
}
