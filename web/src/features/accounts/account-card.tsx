import type { Account } from '@rookery/contract/accounts.ts';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { formatCount, formatPlural } from '../../platform/format.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { buttonStyle } from '../../ui/button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { AccountHealth } from './account-health.tsx';
import { showHandle } from './words.ts';

const box = 'relative flex min-w-0 flex-col gap-4 rounded-card border border-line bg-surface p-5 max-sm:p-4';

/** The next step of an account that needs one; above the link that covers the card. */
function NextStep({ account }: { readonly account: Account }): ReactElement | null {
  const canManage = useCan('accounts:manage');
  const canImport = useCan('audience:import');
  const style = `${buttonStyle({ size: 'small' })} relative z-1`;
  if (account.state === 'reconnect' || account.state === 'disconnected') {
    if (!canManage) return <span className="text-caption text-faint">An owner or admin can reconnect it</span>;
    return <Link to="/accounts/connect" search={{ network: account.network, account: account.id }} className={style}>Reconnect</Link>;
  }
  if (account.state === 'import') {
    return canImport ? <Link to="/import" search={{ account: account.id }} className={style}>Import a new list</Link> : null;
  }
  return null;
}

function Footing({ account }: { readonly account: Account }): ReactElement {
  const { workspace } = useSession();
  if (account.state !== 'connected') return <span />;
  if (account.nextSyncAt === null) return <span className="text-caption text-muted">No sync planned</span>;
  return (
    <span className="text-caption text-muted">
      Next sync <RelativeTime instant={account.nextSyncAt} timeZone={workspace.timeZone} />
    </span>
  );
}

/** One account: who, how it is, how many follow, what it needs. The whole card leads to its page. */
export function AccountCard({ account }: { readonly account: Account }): ReactElement {
  const { workspace } = useSession();
  return (
    <li className={`${box} transition-colors hover:border-control`}>
      <div className="flex items-start gap-3">
        <Avatar name={account.name === '' ? account.handle : account.name} network={account.network} size="large" />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold">
            <Link to="/accounts/$accountId" params={{ accountId: account.id }} className="after:absolute after:inset-0 after:rounded-card">
              {showHandle(account.handle)}
            </Link>
          </h2>
          <p className="truncate text-caption text-muted">{account.networkName}{account.name !== '' && ` · ${account.name}`}</p>
        </div>
        {account.simulated && <Badge>Simulated</Badge>}
      </div>
      <div>
        {account.followers === null
          ? <p className="flex h-8 items-center text-muted">Followers not counted yet</p>
          : (
              <p>
                <span className="text-figure font-semibold tabular">{formatCount(account.followers)}</span>
                {' '}<span className="text-muted">followers</span>
              </p>
            )}
        {account.followersAt !== null && (
          <p className="text-caption text-faint">
            counted <RelativeTime instant={account.followersAt} timeZone={workspace.timeZone} />
          </p>
        )}
      </div>
      <div className="flex flex-col gap-1.5">
        <AccountHealth account={account} />
        {account.stateReason !== null && <p className="line-clamp-2 text-caption text-muted">{account.stateReason}</p>}
        {account.scopesMissing.length > 0 && (
          <p className="text-caption text-warning">
            {formatPlural(account.scopesMissing.length, 'permission')} missing:
            {' '}<span className="break-all">{account.scopesMissing.join(', ')}</span>
          </p>
        )}
      </div>
      <div className="mt-auto flex min-h-(--button-height-small) flex-wrap items-center justify-between gap-2">
        <Footing account={account} />
        <NextStep account={account} />
      </div>
    </li>
  );
}

/** Cards where the accounts will be. */
export function AccountCardSkeletons(): ReactElement {
  return (
    <div role="status" aria-label="Loading the accounts" className={accountGrid}>
      {[0, 1, 2].map((index) => (
        <div key={index} className={box}>
          <div className="flex items-center gap-3"><Skeleton className="size-10 rounded-full" /><Skeleton className="h-4 w-40" /></div>
          <Skeleton className="h-8 w-24" />
          <Skeleton className="h-5 w-44" />
        </div>
      ))}
    </div>
  );
}

export const accountGrid = 'grid grid-cols-[repeat(auto-fill,minmax(min(100%,20rem),1fr))] gap-4';
