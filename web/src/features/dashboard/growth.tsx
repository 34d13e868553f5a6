import type { AudienceSummary } from '@rookery/contract/audience.ts';
import { clsx } from 'clsx';
import type { ReactElement, ReactNode } from 'react';

import { dayInZone, formatCount, formatSigned } from '../../platform/format.ts';
import { useNow } from '../../platform/use-now.ts';
import { Card } from '../../ui/card.tsx';
import { LineArea } from '../../ui/chart/line-area.tsx';
import { Delta } from '../../ui/delta.tsx';
import { Empty } from '../../ui/empty.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StatRow } from '../../ui/stat-row.tsx';
import { isMeasured, measureWords, pointsOf } from './measure.ts';
import { rangeWords } from '../../platform/ranges.ts';
import type { Measure } from './search.ts';

interface GrowthProps {
  readonly summary: AudienceSummary;
  readonly measure: Measure;
  readonly onMeasure: (measure: Measure) => void;
  /** The figures of another range, shown until those of the chosen one are here. */
  readonly isOld: boolean;
}

function Note({ children }: { readonly children: ReactNode }): ReactElement {
  return <span className="block truncate text-caption text-faint tabular">{children}</span>;
}

/** Four figures and the chart of the chosen one, in one box. */
export function Growth({ summary, measure, onMeasure, isOld }: GrowthProps): ReactElement {
  const now = useNow();
  const span = rangeWords[summary.range];
  const isKnown = isMeasured(summary.series);
  const hasPrevious = isMeasured(summary.previousSeries);
  const before = (value: string): ReactNode => (isKnown && hasPrevious ? <Note>previously {value}</Note> : undefined);
  const { followers, net, gained, lost, previous, measuredAt } = summary;
  const title = measureWords[measure];
  const stats = [
    {
      id: 'followers', label: measureWords.followers, figure: followers === null ? null : formatCount(followers),
      note: measuredAt === null ? undefined : <Note>measured <RelativeTime instant={measuredAt} timeZone={summary.timeZone} /></Note>,
    },
    {
      id: 'net', label: measureWords.net, figure: isKnown ? formatSigned(net) : null,
      note: isKnown && hasPrevious ? <Delta value={net - previous.net} versus="vs previous" /> : undefined,
    },
    { id: 'gained', label: measureWords.gained, figure: isKnown ? formatCount(gained) : null, note: before(formatCount(previous.gained)) },
    { id: 'lost', label: measureWords.lost, figure: isKnown ? formatCount(lost) : null, note: before(formatCount(previous.lost)) },
  ] as const;
  return (
    <Card isFlush className={clsx('transition-opacity delay-400', isOld && 'opacity-60')}>
      <StatRow label={`Figures of ${span}`} stats={stats} selected={measure} onSelect={onMeasure} />
      <div className="p-5 max-sm:px-2 max-sm:py-4">
        {isKnown ? (
          <LineArea
            title={title}
            points={pointsOf(summary.series, measure)}
            previous={hasPrevious ? pointsOf(summary.previousSeries, measure) : []}
            previousLabel={`Previous ${span}`}
            gaps={summary.gaps}
            incompleteDay={dayInZone(now, summary.timeZone)}
            format={measure === 'net' ? formatSigned : formatCount}
          />
        ) : (
          <div className="grid h-84 place-items-center">
            <Empty hint={measuredAt === null ? 'The first sync draws the first point.' : undefined}>Nothing was measured in the last {span}.</Empty>
          </div>
        )}
      </div>
    </Card>
  );
}

/** The same box before its figures are known. */
export function GrowthSkeleton(): ReactElement {
  return (
    <div role="status" aria-label="Loading the figures" className="overflow-clip rounded-card border border-line bg-surface">
      <div className="grid grid-cols-2 border-b border-line sm:grid-cols-4">
        {Object.values(measureWords).map((word) => (
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
