import { listAccounts } from '@rookery/contract/accounts.ts';
import { listSlots, type AccountSlots } from '@rookery/contract/slots.ts';
import { Link } from '@tanstack/react-router';
import { CalendarDays } from 'lucide-react';
import { lazy, Suspense, useState, type ReactElement } from 'react';

import { useCall } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Page } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { firstWeekday } from '../posts/calendar/period.ts';
import { AccountWeek } from './account-week.tsx';

const CopyDialog = lazy(async () => ({ default: (await import('./copy-dialog.tsx')).CopyDialog }));

function NoAccounts(): ReactElement {
  const canManage = useCan('accounts:manage');
  return (
    <Card>
      <Empty
        hint={canManage ? 'Each account has a week of its own.' : 'An owner or admin can connect one.'}
        action={canManage ? <Link to="/accounts/connect" className={buttonStyle({ kind: 'primary' })}>Connect an account</Link> : undefined}
      >
        No account that posts can go out on is connected
      </Empty>
    </Card>
  );
}

/** "When does each account like to post?" */
export function Queue(): ReactElement {
  const { workspace } = useSession();
  const canManage = useCan('accounts:manage');
  const params = { workspaceId: workspace.workspaceId };
  const slots = useCall(listSlots, { params });
  const accounts = useCall(listAccounts, { params }).data?.accounts ?? [];
  const [copied, setCopied] = useState<AccountSlots | null>(null);
  const list = slots.data?.accounts;
  return (
    <Page
      title="Queue slots"
      context={slots.data?.zone ?? workspace.timeZone}
      actions={<Link to="/calendar" className={buttonStyle({ kind: 'ghost' })}><CalendarDays size={16} aria-hidden="true" /> Calendar</Link>}
    >
      {list === undefined && slots.error !== null && <Card isFlush><ErrorState what="The slots" error={slots.error} onRetry={() => void slots.refetch()} /></Card>}
      {list === undefined && slots.error === null && <Card isFlush><SkeletonRows label="Loading the slots" /></Card>}
      {list?.length === 0 && <NoAccounts />}
      {list !== undefined && list.length > 0 && (
        <>
          <p className="-mb-2 max-w-[68ch] text-muted">
            A post for the next free slot goes out at the earliest of these times at which its accounts have nothing planned. Posts that have a time keep it when slots change.
            {!canManage && ' An owner or admin can change slots.'}
          </p>
          <ul className="flex flex-col gap-4">
            {list.map((account) => {
              const known = accounts.find(({ id }) => id === account.accountId);
              return (
                <AccountWeek
                  key={account.accountId} account={account} ownName={known?.name ?? ''} network={known?.network ?? ''} networkName={known?.networkName ?? ''} weekStart={firstWeekday()}
                  canManage={canManage} onCopy={list.length > 1 ? () => setCopied(account) : null}
                />
              );
            })}
          </ul>
        </>
      )}
      <Suspense fallback={null}>
        {copied !== null && list !== undefined && <CopyDialog from={copied} others={list.filter(({ accountId }) => accountId !== copied.accountId)} onClose={() => setCopied(null)} />}
      </Suspense>
    </Page>
  );
}
