import { getAccount, listNetworks } from '@rookery/contract/accounts.ts';
import { Link, getRouteApi } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';

import { useCall } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Page } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Consent } from './consent.tsx';
import { NetworkChoice } from './network-choice.tsx';
import { problemWords, showHandle } from './words.ts';

const route = getRouteApi('/app/accounts/connect');

function NotAllowed(): ReactElement {
  return (
    <Card>
      <Empty
        hint="Ask one of them to connect the account, or to give you the role."
        action={<Link to="/accounts" className={buttonStyle()}>Back to accounts</Link>}
      >
        Owners and admins connect accounts
      </Empty>
    </Card>
  );
}

function NoSuchNetwork(): ReactElement {
  return (
    <Card>
      <Empty action={<Link to="/accounts/connect" search={{}} className={buttonStyle()}>Choose a network</Link>}>
        This network cannot be connected here
      </Empty>
    </Card>
  );
}

function ConnectSteps(): ReactElement {
  const search = route.useSearch();
  const { workspace } = useSession();
  const { workspaceId } = workspace;
  const networks = useCall(listNetworks, { params: { workspaceId } });
  const accountParams = { workspaceId, accountId: search.account ?? '' };
  const account = useCall(getAccount, { params: accountParams }, { enabled: search.account !== undefined });
  if (networks.data === undefined) {
    return (
      <Card isFlush>
        {networks.error === null
          ? <SkeletonRows label="Loading the networks" />
          : <ErrorState what="The networks" error={networks.error} onRetry={() => void networks.refetch()} />}
      </Card>
    );
  }
  const chosen = networks.data.networks.find((network) => network.id === search.network);
  if (search.network === undefined) return <NetworkChoice networks={networks.data.networks} />;
  if (chosen === undefined || !chosen.available || chosen.authKind === 'import-only') return <NoSuchNetwork />;
  if (search.account === undefined) return <Consent key={chosen.id} network={chosen} account={null} />;
  if (account.data === undefined) {
    return (
      <Card isFlush>
        {account.error === null
          ? <SkeletonRows rows={3} />
          : <ErrorState what="The account" error={account.error} onRetry={() => void account.refetch()} />}
      </Card>
    );
  }
  return (
    <>
      <p className="text-muted">
        Sign in as <strong className="font-semibold text-ink">{showHandle(account.data.account.handle)}</strong>: another account
        is refused, so that histories do not mix.
      </p>
      <Consent key={account.data.account.id} network={chosen} account={account.data.account} />
    </>
  );
}

function Problem(): ReactNode {
  const { problem, network } = route.useSearch();
  const { workspace } = useSession();
  const networks = useCall(listNetworks, { params: { workspaceId: workspace.workspaceId } });
  if (problem === undefined) return null;
  const name = networks.data?.networks.find((candidate) => candidate.id === network)?.name ?? 'The network';
  return <Callout tone={problem === 'denied' ? 'warning' : 'danger'} role="alert">{problemWords[problem](name)}</Callout>;
}

/** Choose a network, see what we will ask for and why, go there. */
export function ConnectAccount(): ReactElement {
  const canManage = useCan('accounts:manage');
  const { network, account } = route.useSearch();
  return (
    <Page
      title={account === undefined ? 'Connect account' : 'Reconnect account'}
      context={network === undefined ? 'Which network?' : 'What we ask for'}
      width="narrow"
    >
      <Problem />
      {canManage ? <ConnectSteps /> : <NotAllowed />}
    </Page>
  );
}
