import type { Account } from '@rookery/contract/accounts.ts';
import type { Dashboard } from '@rookery/contract/audience.ts';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, CirclePause, KeyRound, RefreshCwOff, type LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';

import { useCan } from '../../platform/session.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { PostAttention } from './post-attention.tsx';

type Item = Dashboard['attention'][number];

const icons: Readonly<Record<Item['kind'], { readonly icon: LucideIcon; readonly tone: string }>> = {
  reconnect: { icon: CircleAlert, tone: 'text-danger' },
  'held-scan': { icon: CirclePause, tone: 'text-warning' },
  'failed-sync': { icon: RefreshCwOff, tone: 'text-warning' },
  'scopes-missing': { icon: KeyRound, tone: 'text-warning' },
};

/** The one next step: consent again at the network, or the account's own page. */
function NextStep({ item, account }: { readonly item: Item; readonly account: Account | undefined }): ReactElement {
  const canManage = useCan('accounts:manage');
  const isConsent = item.kind === 'reconnect' || item.kind === 'scopes-missing';
  const style = buttonStyle({ size: 'small' });
  if (isConsent && canManage && account !== undefined) {
    return <Link to="/accounts/connect" search={{ network: account.network, account: account.id }} className={style}>Reconnect</Link>;
  }
  const label = item.kind === 'held-scan' ? 'Review' : item.kind === 'failed-sync' ? 'See why' : 'See account';
  return <Link to="/accounts/$accountId" params={{ accountId: item.accountId }} className={style}>{label}</Link>;
}

function AttentionRow({ item, account, timeZone }: { readonly item: Item; readonly account: Account | undefined; readonly timeZone: string }): ReactElement {
  const { icon: Icon, tone } = icons[item.kind];
  // For the other kinds the time says when the account was connected, not when it stopped working.
  const hasAge = item.kind === 'held-scan' || item.kind === 'failed-sync';
  return (
    <li className="flex items-start gap-3 px-5 py-3 max-sm:px-4">
      <Icon size={16} aria-hidden="true" className={`mt-0.5 shrink-0 ${tone}`} />
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">{item.message}</p>
        {hasAge && <p className="text-caption text-faint"><RelativeTime instant={item.at} timeZone={timeZone} /></p>}
      </div>
      <NextStep item={item} account={account} />
    </li>
  );
}

interface AttentionProps {
  readonly data: Dashboard;
  readonly accounts: readonly Account[];
  readonly timeZone: string;
}

/** What needs a person, each with its next step. Empty most days: then it says so, and when that was looked at. */
export function Attention({ data, accounts, timeZone }: AttentionProps): ReactElement {
  const { attention, posts, postsTotal } = data;
  // Counted for those who may give it.
  const waiting = useCan('posts:approve') ? data.approvals : 0;
  const byId = new Map(accounts.map((account) => [account.id, account]));
  return (
    <Card title="Needs attention" isFlush>
      {attention.length + waiting + postsTotal === 0 ? (
        <div className="flex items-start gap-3 px-5 pt-1 pb-5 max-sm:px-4">
          <CircleCheck size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-success" />
          <div>
            <p className="font-medium">Nothing needs you</p>
            <p className="text-caption text-muted">Checked <RelativeTime instant={data.checkedAt} timeZone={timeZone} />. Syncs run by themselves.</p>
          </div>
        </div>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          <PostAttention waiting={waiting} posts={posts} postsTotal={postsTotal} timeZone={timeZone} />
          {attention.map((item) => (
            <AttentionRow key={`${item.kind}:${item.accountId}:${item.scanId ?? ''}`} item={item} account={byId.get(item.accountId)} timeZone={timeZone} />
          ))}
        </ul>
      )}
    </Card>
  );
}
