import type { Account } from '@rookery/contract/accounts.ts';
import type { ReactElement } from 'react';

import { formatCount, formatPlural } from '../../platform/format.ts';
import { useSession } from '../../platform/session.ts';
import { Card } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

/** What a post may be on this account, where its own server or plan says so, and how old that word is. */
export function AccountLimits({ account }: { readonly account: Account }): ReactElement | null {
  const { workspace } = useSession();
  const { limits } = account;
  if (limits === null) return null;
  const facts: readonly (readonly [string, string | null])[] = [
    ['Longest post', limits.textLengthMax === null ? null : formatPlural(limits.textLengthMax, 'character')],
    ['Images in a post', limits.imagesMax === null ? null : formatCount(limits.imagesMax)],
    ['A link counts as', limits.linkLength === null ? null : formatPlural(limits.linkLength, 'character')],
    ['Posts within 24 hours', limits.postsPerDay === null ? null : formatCount(limits.postsPerDay)],
  ];
  const known = facts.filter(([, value]) => value !== null);
  return (
    <Card
      title="Limits of this account"
      hint={<>What its server said <RelativeTime instant={limits.readAt} timeZone={workspace.timeZone} />. Asked again with every sync.</>}
    >
      {known.length === 0
        ? <p className="text-muted">The server names none of its own: those of {account.networkName} hold.</p>
        : (
          <dl className="flex flex-wrap gap-x-10 gap-y-3">
            {known.map(([name, value]) => (
              <div key={name}>
                <dt className="text-caption font-medium text-muted">{name}</dt>
                <dd className="tabular">{value}</dd>
              </div>
            ))}
          </dl>
        )}
    </Card>
  );
}
