import { listAccounts } from '@rookery/contract/accounts.ts';
import { getDashboard } from '@rookery/contract/audience.ts';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, type ReactElement } from 'react';

import { formatPlural } from '../../platform/format.ts';
import { useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorState, Region } from '../../ui/error-state.tsx';
import { Page } from '../../ui/page.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { AccountsTable } from './accounts-table.tsx';
import { Growth, GrowthSkeleton } from './growth.tsx';
import { rangeOptions } from '../../platform/ranges.ts';
import type { DashboardSearch } from './search.ts';

// Comes after the figures: it shows nothing before they are there.
const Attention = lazy(async () => ({ default: (await import('./attention.tsx')).Attention }));
const FirstRun = lazy(async () => ({ default: (await import('./first-run.tsx')).FirstRun }));
const DemoProgress = lazy(async () => ({ default: (await import('./demo-progress.tsx')).DemoProgress }));

const route = getRouteApi('/app/');

/** "How are we doing, and what needs me?" */
export function Dashboard(): ReactElement {
  const { workspace } = useSession();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range = '30d', measure = 'followers' } = search;
  const params = { workspaceId: workspace.workspaceId };
  const accounts = useCall(listAccounts, { params });
  const dashboard = useCall(getDashboard, { params, query: { range } }, { keepsPrevious: true });
  const show = (next: DashboardSearch): void => void navigate({ search: next, replace: true, resetScroll: false });
  const list = accounts.data?.accounts;

  if (list?.length === 0) return <Page title="Dashboard" context={workspace.timeZone}><Suspense fallback={<SkeletonRows rows={4} label="Loading" />}><FirstRun /></Suspense></Page>;
  // A workspace without accounts gets another page, so nothing is drawn before that is known.
  const data = list === undefined && accounts.error === null ? undefined : dashboard.data;
  const context = list === undefined ? workspace.timeZone : `${list.length === 1 ? 'One account' : `All ${formatPlural(list.length, 'account')}`} · ${workspace.timeZone}`;
  return (
    <Page
      title="Dashboard"
      context={context}
      actions={<SegmentedControl label="Range" options={rangeOptions} value={range} onChange={(next) => show({ ...search, range: next })} />}
    >
      {workspace.demo && data !== undefined && <Suspense fallback={null}><DemoProgress measuredAt={data.summary.measuredAt} /></Suspense>}
      {data === undefined && dashboard.error !== null && (
        <Card isFlush><ErrorState what="The dashboard" error={dashboard.error} onRetry={() => void dashboard.refetch()} /></Card>
      )}
      {data === undefined && dashboard.error === null && <GrowthSkeleton />}
      {data !== undefined && (
        <Region what="The chart">
          <Growth summary={data.summary} measure={measure} onMeasure={(next) => show({ ...search, measure: next })} isOld={dashboard.isPlaceholderData} />
        </Region>
      )}
      <div className="grid min-w-0 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_23.75rem]">
        <div className="min-w-0 max-lg:order-2">
          {accounts.error !== null && list === undefined && (
            <Card isFlush><ErrorState what="The accounts" error={accounts.error} onRetry={() => void accounts.refetch()} /></Card>
          )}
          {data === undefined && dashboard.error === null && accounts.error === null && <Card isFlush><SkeletonRows rows={3} label="Loading the accounts" /></Card>}
          {list !== undefined && (data !== undefined || dashboard.error !== null) && (
            <Region what="The accounts"><AccountsTable accounts={list} figures={data?.accounts ?? []} range={range} timeZone={workspace.timeZone} /></Region>
          )}
        </div>
        {data !== undefined && (
          <Region what="What needs attention">
            <Suspense fallback={null}><Attention data={data} accounts={list ?? []} timeZone={workspace.timeZone} /></Suspense>
          </Region>
        )}
      </div>
    </Page>
  );
}
