import type { AudienceSummary } from '@rookery/contract/audience.ts';
import { clsx } from 'clsx';
import type { ReactElement } from 'react';

import { dayInZone, formatCount, formatSigned } from '../../platform/format.ts';
import { useNow } from '../../platform/use-now.ts';
import { Card } from '../../ui/card.tsx';
import { Bars, type DaySpan } from '../../ui/chart/bars.tsx';
import { Delta } from '../../ui/delta.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StatRow } from '../../ui/stat-row.tsx';
import { rangeWords } from '../../platform/ranges.ts';

interface GrowthBarsProps {
  readonly summary: AudienceSummary;
  readonly isOld: boolean;
  readonly picked: DaySpan | undefined;
  readonly onPick: (days: DaySpan) => void;
}

/** What a count without names says of the bars, where it is all there is for some days. */
function countNote(summary: AudienceSummary): string | null {
  const counted = summary.series.filter((day) => day.countOnly).length;
  if (counted === 0) return null;
  return counted === summary.series.length
    ? 'Counts only: each bar is the day’s difference between two counts, without names.'
    : 'On some days there is only a count, without names.';
}

/** Figures, and who came and left over time; a bar can be picked to filter the list by its days. */
export function GrowthBars({ summary, isOld, picked, onPick }: GrowthBarsProps): ReactElement {
  const now = useNow();
  const span = rangeWords[summary.range];
  const { followers, gained, lost, net, previous, measuredAt, series } = summary;
  const isKnown = series.some((day) => day.gained !== null || day.lost !== null);
  const hasPrevious = summary.previousSeries.some((day) => day.gained !== null || day.lost !== null);
  const isCount = !summary.listsFollowers;
  const before = (value: number): ReactElement | undefined =>
    isKnown && hasPrevious
      ? <span className="block truncate text-caption text-faint tabular">previously {formatCount(value)}</span>
      : undefined;
  const note = countNote(summary);
  const stats = [
    {
      id: 'followers', label: 'Followers', figure: followers === null ? null : formatCount(followers),
      note: measuredAt === null ? undefined : (
        <span className="block truncate text-caption text-faint">
          measured <RelativeTime instant={measuredAt} timeZone={summary.timeZone} />
        </span>
      ),
    },
    {
      id: 'gained', label: isCount ? 'Gained (count)' : 'Gained', figure: isKnown ? formatCount(gained) : null,
      note: before(previous.gained),
    },
    { id: 'lost', label: isCount ? 'Lost (count)' : 'Lost', figure: isKnown ? formatCount(lost) : null, note: before(previous.lost) },
    {
      id: 'net', label: 'Net change', figure: isKnown ? formatSigned(net) : null,
      note: isKnown && hasPrevious ? <Delta value={net - previous.net} versus="vs previous" /> : undefined,
    },
  ];
  return (
    <Card isFlush className={clsx('transition-opacity delay-400', isOld && 'opacity-60')}>
      <StatRow label={`Figures of ${span}`} stats={stats} />
      <div className="p-5 max-sm:px-2 max-sm:py-4">
        <Bars
          title="Gained and lost"
          days={series.map((day) => ({ day: day.day, up: day.gained, down: day.lost }))}
          upLabel={isCount ? 'Gained (count)' : 'Gained'}
          downLabel={isCount ? 'Lost (count)' : 'Lost'}
          gaps={summary.gaps}
          incompleteDay={dayInZone(now, summary.timeZone)}
          {...(picked === undefined ? {} : { picked })}
          {...(isCount ? {} : { onPick })}
        />
        {note !== null && <p className="pt-1 text-caption text-muted">{note}</p>}
      </div>
    </Card>
  );
}

/** The same box before its figures are known. */
export function GrowthBarsSkeleton(): ReactElement {
  return (
    <div role="status" aria-label="Loading the figures" className="overflow-clip rounded-card border border-line bg-surface">
      <div className="grid grid-cols-2 border-b border-line sm:grid-cols-4">
        {['Followers', 'Gained', 'Lost', 'Net change'].map((word) => (
          <div key={word} className="flex h-25 flex-col justify-center gap-2 px-5">
            <Skeleton className="h-3 w-16" />
            <Skeleton className="h-6 w-24" />
          </div>
        ))}
      </div>
      <div className="h-84 p-5"><Skeleton className="h-full" /></div>
    </div>
  );
}
