import { getDashboard } from '@rookery/contract/audience.ts';
import { listAccounts } from '@rookery/contract/accounts.ts';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { dayInZone, formatCount, formatSigned } from '../../platform/format.ts';
import { useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { useNow } from '../../platform/use-now.ts';
import { Card } from '../../ui/card.tsx';
import { LineArea } from '../../ui/chart/line-area.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Page } from '../../ui/page.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StatRow } from '../../ui/stat-row.tsx';
import { FirstRun } from './first-run.tsx';

const route = getRouteApi('/app/');

/** "How are we doing, and what needs me?" */
export function Dashboard(): ReactElement {
  const { workspace } = useSession();
  const now = useNow();
  const { range = '30d' } = route.useSearch();
  const params = { workspaceId: workspace.workspaceId };
  const accounts = useCall(listAccounts, { params });
  const dashboard = useCall(getDashboard, { params, query: { range } });
  const failed = accounts.error ?? dashboard.error;
  const isNew = accounts.data?.accounts.length === 0;
  return (
    <Page title="Dashboard" context={workspace.timeZone}>
      {isNew && <FirstRun />}
      {!isNew && failed !== null && <Card isFlush><ErrorState what="The dashboard" error={failed} onRetry={() => void dashboard.refetch()} /></Card>}
      {!isNew && failed === null && dashboard.data === undefined && <Skeleton className="h-80 rounded-card" />}
      {!isNew && dashboard.data !== undefined && (
        <Card isFlush>
          <StatRow
            label="Figures"
            stats={[
              { id: 'followers', label: 'Followers', figure: dashboard.data.summary.followers === null ? null : formatCount(dashboard.data.summary.followers) },
              { id: 'net', label: 'Net change', figure: formatSigned(dashboard.data.summary.net) },
            ]}
          />
          <div className="p-5">
            <LineArea
              title="Followers"
              points={dashboard.data.summary.series.map((item) => ({ day: item.day, value: item.followers }))}
              gaps={dashboard.data.summary.gaps}
              incompleteDay={dayInZone(now, dashboard.data.summary.timeZone)}
            />
          </div>
        </Card>
      )}
    </Page>
  );
}
