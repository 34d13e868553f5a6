import { endSeries, listSeries, pauseSeries, resumeSeries, type Series } from '@rookery/contract/series.ts';
import { wallTimeOf } from '@rookery/contract/wall-time.ts';
import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { lazy, Suspense, useState, type ReactElement } from 'react';

import { ApiError } from '../../../platform/api-error.ts';
import { call } from '../../../platform/call.ts';
import { formatWall } from '../../../platform/format.ts';
import { refresh, useCall } from '../../../platform/query.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button, buttonStyle } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { Page } from '../../../ui/page.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { showProblem } from '../../../ui/toast.tsx';
import { describeRule, seriesWords } from './sentence.ts';

const EditSeriesDialog = lazy(async () => ({ default: (await import('./edit-dialog.tsx')).EditSeriesDialog }));

type Asking = { readonly kind: 'edit' | 'end'; readonly series: Series };

function lineOfSeries({ content }: Series): string {
  const words = content.parts.map(({ text }) => text.trim()).find((text) => text !== '');
  return words ?? 'Images without text';
}

function SeriesCard({ series, canWrite, onAsk }: { readonly series: Series; readonly canWrite: boolean; readonly onAsk: (asking: Asking) => void }): ReactElement {
  const { workspace } = useSession();
  const [isBusy, setIsBusy] = useState(false);
  const state = seriesWords[series.state];
  const [next] = series.next;
  const toggle = async (): Promise<void> => {
    setIsBusy(true);
    try {
      const input = { params: { workspaceId: workspace.workspaceId, seriesId: series.id }, body: { version: series.version } };
      await (series.state === 'paused' ? call(resumeSeries, input) : call(pauseSeries, input));
      await refresh(['listSeries', 'listCalendar']);
    } catch (error) {
      showProblem(error instanceof ApiError ? error.message : 'That did not work. Try again.');
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <li id={`series-${series.id}`} className="flex flex-col gap-2 border-b border-line px-4 py-3 last:border-b-0">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <h2 className="line-clamp-2 min-w-0 flex-1 basis-48 font-medium wrap-anywhere">{lineOfSeries(series)}</h2>
        <Badge tone={state.tone} shape={state.shape}>{state.word}</Badge>
      </div>
      <p>{describeRule(series.rule)}</p>
      <p className="text-caption text-muted">
        {series.targets.map(({ handle, networkName }) => `@${handle.replace(/^@/, '')} on ${networkName}`).join(', ')}
        {next !== undefined && <> · Next: <Link to="/calendar" search={{ date: next.date }} className="underline">{formatWall(wallTimeOf(new Date(next.dueAt), series.rule.zone))}</Link></>}
      </p>
      {canWrite && series.state !== 'ended' && (
        <div className="flex flex-wrap gap-2">
          <Button size="small" onClick={() => onAsk({ kind: 'edit', series })}>Change…</Button>
          <Button size="small" isBusy={isBusy} onClick={() => void toggle()}>{series.state === 'paused' ? 'Go on' : 'Pause'}</Button>
          <Button size="small" kind="danger" onClick={() => onAsk({ kind: 'end', series })}>End…</Button>
        </div>
      )}
    </li>
  );
}

/** What repeats: every series with its rule, and the way to change, pause and end it. */
export function SeriesList(): ReactElement {
  const { workspace } = useSession();
  const canWrite = useCan('posts:write');
  const [asking, setAsking] = useState<Asking | null>(null);
  const query = useCall(listSeries, { params: { workspaceId: workspace.workspaceId } });
  const series = query.data?.series;
  const close = (): void => setAsking(null);
  const end = async ({ id, version }: Series): Promise<void> => {
    await call(endSeries, { params: { workspaceId: workspace.workspaceId, seriesId: id }, body: { version } });
    await refresh(['listSeries', 'listCalendar']);
  };
  return (
    <Page title="Series" context="Posts that repeat" width="narrow" actions={<Link to="/calendar" className={buttonStyle({ kind: 'ghost' })}><ArrowLeft size={16} aria-hidden="true" /> Calendar</Link>}>
      <Card isFlush>
        {series === undefined && query.error !== null && <ErrorState what="The series" error={query.error} onRetry={() => void query.refetch()} />}
        {series === undefined && query.error === null && <div className="p-4"><SkeletonRows rows={4} label="Loading the series" /></div>}
        {series?.length === 0 && <Empty>Nothing repeats yet. Write a post, choose a time, and press Repeat.</Empty>}
        {series !== undefined && series.length > 0 && <ul>{series.map((each) => <SeriesCard key={each.id} series={each} canWrite={canWrite} onAsk={setAsking} />)}</ul>}
      </Card>
      {asking?.kind === 'end' && (
        <ConfirmDialog title="End this series?" verb="End the series" confirm={() => end(asking.series)} onClose={close}>
          What is planned of it is taken out of the calendar. Posts that are out, or that somebody changed by hand, stay.
        </ConfirmDialog>
      )}
      <Suspense fallback={null}>{asking?.kind === 'edit' && <EditSeriesDialog series={asking.series} onClose={close} />}</Suspense>
    </Page>
  );
}
