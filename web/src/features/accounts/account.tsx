import { getAccount, listScans, startSync, type Account } from '@rookery/contract/accounts.ts';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useEffect, type ReactElement, type ReactNode } from 'react';

import { useScanProgress } from '../../platform/events.ts';
import { formatCount } from '../../platform/format.ts';
import { useCall, useSend } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button, buttonStyle } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Page } from '../../ui/page.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { showProblem, showToast } from '../../ui/toast.tsx';
import { AccountBudget } from './account-budget.tsx';
import { AccountFigures, AccountScopes, Disconnect } from './account-facts.tsx';
import { AccountHealth } from './account-health.tsx';
import { AccountLimits } from './account-limits.tsx';
import { HeldScan } from './held-scan.tsx';
import { SyncLog } from './sync-log.tsx';
import { showHandle } from './words.ts';

const route = getRouteApi('/app/accounts/$accountId');

/** Says once that the network has just sent us back, then takes it out of the address. */
function useConnectedToast(account: Account | undefined): void {
  const { connected } = route.useSearch();
  const navigate = useNavigate();
  const handle = account?.handle;
  useEffect(() => {
    if (connected === undefined || handle === undefined) return;
    showToast(`${showHandle(handle)} is connected`);
    void navigate({ to: '.', search: {}, replace: true });
  }, [connected, handle, navigate]);
}

function SyncButton({ account, isRunning }: { readonly account: Account; readonly isRunning: boolean }): ReactElement {
  const { workspace } = useSession();
  const sync = useSend(startSync, ['listScans', 'getAccount', 'listAccounts']);
  const start = async (): Promise<void> => {
    try {
      await sync.mutateAsync({ params: { workspaceId: workspace.workspaceId, accountId: account.id }, body: { kind: 'full' } });
      showToast('The sync starts in a moment');
    } catch (error) {
      showProblem(error instanceof Error ? error.message : 'The sync could not be started.');
    }
  };
  return (
    <Button kind="primary" isBusy={sync.isPending || isRunning} onClick={() => void start()}>
      {!sync.isPending && !isRunning && <RefreshCw size={16} aria-hidden="true" />} {isRunning ? 'Syncing' : 'Sync now'}
    </Button>
  );
}

interface RunningProps {
  readonly account: Account;
  readonly received: number;
  readonly stated: number | null;
}

function Running({ account, received, stated }: RunningProps): ReactElement {
  const read = Math.max(useScanProgress(account.id) ?? 0, received);
  return (
    <section aria-label="Sync in progress" className="flex flex-col gap-2 rounded-card border border-line bg-surface px-5 py-4 max-sm:px-4">
      <p className="flex flex-wrap items-baseline justify-between gap-2">
        <span className="font-medium">Reading the follower list</span>
        <span className="text-muted tabular">{formatCount(read)} read{stated !== null && `, ${formatCount(stated)} stated`}</span>
      </p>
      <ProgressBar label="Followers read" share={stated === null || stated === 0 ? null : read / stated} />
    </section>
  );
}

function Lead({ account }: { readonly account: Account }): ReactElement {
  return (
    <div className="flex flex-wrap items-center gap-4">
      <Avatar name={account.name === '' ? account.handle : account.name} network={account.network} size="large" />
      <div className="flex min-w-0 flex-1 basis-56 flex-col gap-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-semibold">{account.name === '' ? showHandle(account.handle) : account.name}</span>
          <span className="text-muted">{account.networkName}</span>
          {account.simulated && <Badge>Simulated</Badge>}
        </p>
        <AccountHealth account={account} />
      </div>
      <div className="flex flex-wrap gap-2">
        {account.profileUrl !== null && !account.simulated && (
          <a
            href={account.profileUrl} target="_blank" rel="noopener noreferrer"
            className={buttonStyle({ kind: 'ghost', size: 'small' })}
          >
            Open at {account.networkName}
          </a>
        )}
        <Link to="/queue" className={buttonStyle({ kind: 'ghost', size: 'small' })}>Posting slots</Link>
        <Link to="/audience" search={{ account: account.id }} className={buttonStyle({ size: 'small' })}>See its audience</Link>
      </div>
    </div>
  );
}

/** What an account that is not connected says, with its way back. */
function StateNotice({ account }: { readonly account: Account }): ReactNode {
  const canManage = useCan('accounts:manage');
  const style = buttonStyle({ kind: account.state === 'reconnect' ? 'primary' : 'secondary' });
  const again = canManage
    ? <Link to="/accounts/connect" search={{ network: account.network, account: account.id }} className={style}>Reconnect</Link>
    : <span className="text-caption text-muted">An owner or admin can reconnect it</span>;
  if (account.state === 'reconnect') {
    return (
      <Callout tone="danger" action={again}>
        <p className="font-medium">No sync runs until this account is reconnected</p>
        <p>{account.stateReason ?? `${account.networkName} no longer accepts our access.`}</p>
      </Callout>
    );
  }
  if (account.state === 'disconnected') {
    return <Callout tone="info" action={again}>This account is disconnected. Its history stays; nothing new is read.</Callout>;
  }
  return account.stateReason === null ? null : <Callout tone="warning">{account.stateReason}</Callout>;
}

function Content({ account }: { readonly account: Account }): ReactElement {
  const { workspace } = useSession();
  const canManage = useCan('accounts:manage');
  const scans = useCall(listScans, { params: { workspaceId: workspace.workspaceId, accountId: account.id }, query: { limit: 50 } });
  const running = scans.data?.scans.find((scan) => scan.state === 'running');
  const held = scans.data?.scans.find((scan) => scan.state === 'held');
  return (
    <>
      <Lead account={account} />
      <StateNotice account={account} />
      {held !== undefined && <HeldScan key={held.id} scan={held} />}
      {running !== undefined && <Running account={account} received={running.received} stated={running.stated} />}
      <AccountFigures account={account} />
      <SyncLog accountId={account.id} />
      <AccountBudget account={account} />
      <AccountLimits account={account} />
      <AccountScopes account={account} />
      {canManage && (account.state === 'connected' || account.state === 'reconnect') && <Disconnect account={account} />}
    </>
  );
}

function Actions({ account }: { readonly account: Account }): ReactNode {
  const canSync = useCan('audience:sync');
  const canImport = useCan('audience:import');
  const isImport = account.state === 'import';
  if (isImport && canImport) {
    return (
      <Link to="/import" search={{ account: account.id }} className={buttonStyle({ kind: 'primary' })}>Import a new list</Link>
    );
  }
  if (account.state !== 'connected' || !canSync) return null;
  return <SyncButton account={account} isRunning={account.lastScan?.state === 'running'} />;
}

/** "Is this account well, and what did the last syncs see?" */
export function AccountDetail(): ReactElement {
  const { accountId } = route.useParams();
  const { workspace } = useSession();
  const query = useCall(getAccount, { params: { workspaceId: workspace.workspaceId, accountId } });
  const account = query.data?.account;
  useConnectedToast(account);
  return (
    <Page
      title={account === undefined ? 'Account' : showHandle(account.handle)}
      context={<><Link to="/accounts" className="underline underline-offset-2 hover:text-ink">Accounts</Link> · {workspace.timeZone}</>}
      actions={account !== undefined && <Actions account={account} />}
    >
      {account === undefined && query.error !== null && (
        <Card isFlush><ErrorState what="The account" error={query.error} onRetry={() => void query.refetch()} /></Card>
      )}
      {account === undefined && query.isPending && <Card isFlush><SkeletonRows label="Loading the account" /></Card>}
      {account !== undefined && <Content account={account} />}
    </Page>
  );
}
