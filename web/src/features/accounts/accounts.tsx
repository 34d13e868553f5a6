import { listAccounts, type Account } from '@rookery/contract/accounts.ts';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';

import { formatPlural } from '../../platform/format.ts';
import { useCall } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Page } from '../../ui/page.tsx';
import { AccountCard, AccountCardSkeletons, accountGrid } from './account-card.tsx';

const urgency: Readonly<Record<Account['state'], number>> = { reconnect: 0, connected: 1, import: 2, disconnected: 3 };

function NoAccounts(): ReactElement {
  const canManage = useCan('accounts:manage');
  const canImport = useCan('audience:import');
  return (
    <Card>
      <Empty
        hint={canManage
          ? 'You agree at the network itself; your password never comes here. Without a connection, a data export works too.'
          : 'An owner or admin can connect one.'}
        action={
          <div className="flex flex-wrap justify-center gap-2">
            {canManage && <Link to="/accounts/connect" className={buttonStyle()}>Connect an account</Link>}
            {canImport && <Link to="/import" className={buttonStyle({ kind: 'ghost' })}>Import an export</Link>}
          </div>
        }
      >
        No account is connected yet
      </Empty>
    </Card>
  );
}

/** "Which accounts are here, and are they well?" */
export function Accounts(): ReactElement {
  const { workspace } = useSession();
  const canManage = useCan('accounts:manage');
  const accounts = useCall(listAccounts, { params: { workspaceId: workspace.workspaceId } });
  const list = accounts.data?.accounts.toSorted((a, b) => urgency[a.state] - urgency[b.state]);
  return (
    <Page
      title="Accounts"
      context={list === undefined ? workspace.name : `${formatPlural(list.length, 'account')} in ${workspace.name}`}
      actions={canManage && (
        <Link to="/accounts/connect" className={buttonStyle({ kind: 'primary' })}>
          <Plus size={16} aria-hidden="true" /> Connect account
        </Link>
      )}
    >
      {accounts.error !== null && list === undefined && (
        <Card isFlush><ErrorState what="The accounts" error={accounts.error} onRetry={() => void accounts.refetch()} /></Card>
      )}
      {accounts.isPending && <AccountCardSkeletons />}
      {list?.length === 0 && <NoAccounts />}
      {list !== undefined && list.length > 0 && (
        <ul className={accountGrid}>{list.map((account) => <AccountCard key={account.id} account={account} />)}</ul>
      )}
    </Page>
  );
}
