import type { Account } from '@rookery/contract/accounts.ts';
import type { ReactElement } from 'react';

import { useSession } from '../../platform/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { healthOf } from './words.ts';

/** "Healthy · synced 4 min ago": the state as word and shape, with its age. */
export function AccountHealth({ account }: { readonly account: Account }): ReactElement {
  const { workspace } = useSession();
  const health = healthOf(account);
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-caption text-muted">
      <Badge tone={health.tone} shape={health.shape}>{health.word}</Badge>
      {health.word === 'Healthy' && (health.at === null
        ? 'not synced yet'
        : <span>synced <RelativeTime instant={health.at} timeZone={workspace.timeZone} /></span>)}
      {health.word !== 'Healthy' && health.at !== null && <RelativeTime instant={health.at} timeZone={workspace.timeZone} />}
      {account.state === 'import' && account.followersAt !== null && (
        <span>list of <RelativeTime instant={account.followersAt} timeZone={workspace.timeZone} /></span>
      )}
    </p>
  );
}
