import { listAccounts, type Account } from '@rookery/contract/accounts.ts';
import { getAudienceSummary } from '@rookery/contract/audience.ts';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';

import { useCall } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Button, buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState, Region } from '../../ui/error-state.tsx';
import { Select } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import type { DaySpan } from '../../ui/chart/bars.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { AccountsContext } from './accounts-context.ts';
import { CountsOnly } from './counts-only.tsx';
import { Filters, withFilter } from './filters.tsx';
import { GrowthBars, GrowthBarsSkeleton } from './growth-bars.tsx';
import { ChangesList, FollowersList } from './people.tsx';
import type { AudienceSearch } from './search.ts';
import { rangeOptions } from '../../platform/ranges.ts';

const route = getRouteApi('/app/audience');

interface ControlsProps {
  readonly search: AudienceSearch;
  readonly accounts: readonly Account[];
  readonly show: (search: AudienceSearch) => void;
}

/** Account and range. A day that was picked belongs to the range, so another range drops it. */
function Controls({ search, accounts, show }: ControlsProps): ReactElement {
  return (
    <>
      <Select
        aria-label="Account"
        className="w-56 max-md:w-full"
        value={search.account ?? ''}
        onChange={(event) => show(withFilter(search, { account: event.target.value }))}
      >
        <option value="">All accounts</option>
        {accounts.map((account) => (
          <option key={account.id} value={account.id}>
            {account.handle} · {account.networkName}{account.simulated ? ' (simulated)' : ''}
          </option>
        ))}
      </Select>
      <SegmentedControl
        label="Range"
        options={rangeOptions}
        value={search.range ?? '30d'}
        onChange={(range) => show(withFilter(search, { range, from: undefined, to: undefined }))}
      />
    </>
  );
}

/** Followers can only be listed for one account: this asks which. */
function ChooseAccount({ accounts, search, show }: ControlsProps): ReactElement {
  return (
    <Empty
      action={(
        <div className="flex flex-wrap justify-center gap-2">
          {accounts.filter((account) => account.listsFollowers).map((account) => (
            <Button key={account.id} onClick={() => show(withFilter(search, { account: account.id }))}>
              {account.handle} · {account.networkName}
            </Button>
          ))}
        </div>
      )}
    >
      Whose followers? Each account has a list of its own.
    </Empty>
  );
}

const viewOptions = [{ value: 'changes', label: 'Changes' }, { value: 'followers', label: 'Followers' }] as const;

function NoAccounts(): ReactElement {
  const canConnect = useCan('accounts:manage');
  return (
    <Card>
      <Empty action={canConnect
        ? <Link to="/accounts/connect" className={buttonStyle({ kind: 'primary' })}>Connect an account</Link>
        : <Link to="/accounts" className={buttonStyle()}>See the accounts</Link>}
      >
        Who came and who left shows here once an account is connected and has been synced.
      </Empty>
    </Card>
  );
}

/** "Who came, who left, and why then?" */
export function Audience(): ReactElement {
  const { workspace } = useSession();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range = '30d', view = 'changes', account: accountId } = search;
  const params = { workspaceId: workspace.workspaceId };
  const accounts = useCall(listAccounts, { params });
  const list = useMemo(() => accounts.data?.accounts ?? [], [accounts.data]);
  const byId = useMemo(() => new Map(list.map((account) => [account.id, account])), [list]);
  const summary = useCall(getAudienceSummary, { params, query: { account: accountId, range } }, { keepsPrevious: true });
  const show = (next: AudienceSearch): void => void navigate({ search: next, replace: true, resetScroll: false });
  const account = accountId === undefined ? (list.length === 1 ? list[0] : undefined) : byId.get(accountId);
  const picked = search.from !== undefined && search.to !== undefined ? { from: search.from, to: search.to } : undefined;
  const pick = ({ from, to }: DaySpan): void => {
    const isAgain = from === picked?.from && to === picked.to;
    show(withFilter(search, { from: isAgain ? undefined : from, to: isAgain ? undefined : to, view: undefined }));
  };

  if (accounts.data !== undefined && list.length === 0) return <Page title="Audience" context={workspace.timeZone}><NoAccounts /></Page>;
  return (
    <AccountsContext value={byId}>
      <Page title="Audience" context={workspace.timeZone} actions={<Controls search={search} accounts={list} show={show} />}>
        {summary.data === undefined && summary.error === null && <GrowthBarsSkeleton />}
        {summary.data === undefined && summary.error !== null && (
          <Card isFlush><ErrorState what="The chart" error={summary.error} onRetry={() => void summary.refetch()} /></Card>
        )}
        {summary.data !== undefined && (
          <Region what="The chart">
            <GrowthBars summary={summary.data} isOld={summary.isPlaceholderData} picked={picked} onPick={pick} />
          </Region>
        )}
        {account !== undefined && !account.listsFollowers ? <CountsOnly account={account} /> : (
          <Card isFlush>
            <div className="flex flex-wrap items-center gap-3 px-5 pt-4 pb-3 max-sm:px-4">
              <h2 className="sr-only">People</h2>
              <SegmentedControl
                label="List"
                options={viewOptions}
                value={view}
                onChange={(next) => show(withFilter(search, { view: next === 'changes' ? undefined : next }))}
              />
            </div>
            {(view === 'changes' || account !== undefined) && <Filters search={search} view={view} onChange={show} />}
            <Region what="The list">
              {view === 'changes' && (
                <ChangesList
                  search={search}
                  show={show}
                  summary={summary.isPlaceholderData ? undefined : summary.data}
                  isReady={!summary.isPending && !summary.isPlaceholderData}
                />
              )}
              {view === 'followers' && account !== undefined && (
                <FollowersList key={account.id} search={search} show={show} account={account} />
              )}
              {view === 'followers' && account === undefined && <ChooseAccount accounts={list} search={search} show={show} />}
            </Region>
          </Card>
        )}
      </Page>
    </AccountsContext>
  );
}
