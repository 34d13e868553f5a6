import { disconnectAccount, listNetworks, type Account } from '@rookery/contract/accounts.ts';
import { Link } from '@tanstack/react-router';
import { Check, TriangleAlert } from 'lucide-react';
import { useState, type ReactElement, type ReactNode } from 'react';

import { formatCount } from '../../platform/format.ts';
import { useCall, useSend } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Button, buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { showToast } from '../../ui/toast.tsx';
import { showHandle } from './words.ts';

interface FigureProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly note: ReactNode;
}

function Figure({ label, children, note }: FigureProps): ReactElement {
  return (
    <div className="min-w-0 px-5 py-4 max-md:py-3 max-sm:px-4">
      <dt className="text-caption font-medium text-muted">{label}</dt>
      <dd className="text-display font-semibold tabular">{children}</dd>
      <dd className="text-caption text-faint">{note}</dd>
    </div>
  );
}

/** Followers, last and next sync of an account. */
export function AccountFigures({ account }: { readonly account: Account }): ReactElement {
  const { workspace } = useSession();
  const time = (instant: string | null, otherwise: string): ReactNode =>
    instant === null ? otherwise : <RelativeTime instant={instant} timeZone={workspace.timeZone} />;
  const isImport = account.state === 'import';
  return (
    <section aria-label="Figures" className="rounded-card border border-line bg-surface">
      <dl className="grid divide-line max-md:divide-y md:grid-cols-3 md:divide-x">
        <Figure label="Followers" note={<>counted {time(account.followersAt, 'never')}</>}>
          {account.followers === null ? 'Unknown' : formatCount(account.followers)}
        </Figure>
        <Figure
          label={isImport ? 'Last import' : 'Last sync'}
          note={account.listsFollowers ? 'Reads who follows by name' : 'Counts only: this network names nobody'}
        >
          {time(account.lastScan?.finishedAt ?? account.lastScan?.startedAt ?? account.followersAt, 'Never')}
        </Figure>
        <Figure label="Next sync" note={<>connected {time(account.connectedAt, 'never')}</>}>
          {account.state === 'connected' ? time(account.nextSyncAt, 'Not planned') : isImport ? 'When you import' : 'Not planned'}
        </Figure>
      </dl>
    </section>
  );
}

/** What the network granted, what is missing, and what each is for. */
export function AccountScopes({ account }: { readonly account: Account }): ReactElement | null {
  const { workspace } = useSession();
  const canManage = useCan('accounts:manage');
  const networks = useCall(listNetworks, { params: { workspaceId: workspace.workspaceId } });
  const asked = networks.data?.networks.find(({ id }) => id === account.network)?.scopes ?? [];
  const reasons = new Map(asked.map(({ scope, reason }) => [scope, reason]));
  if (account.scopesGranted.length + account.scopesMissing.length === 0) return null;
  const row = (scope: string, isGranted: boolean): ReactElement => (
    <li key={scope} className="flex gap-3 py-2.5 first:pt-0 last:pb-0">
      {isGranted
        ? <Check size={16} className="mt-0.5 shrink-0 text-success" aria-hidden="true" />
        : <TriangleAlert size={16} className="mt-0.5 shrink-0 text-warning" aria-hidden="true" />}
      <div className="min-w-0">
        <p>{reasons.get(scope) ?? (networks.data === undefined ? scope : 'Not among what we ask for')}</p>
        <p className="text-caption text-faint">
          <span className={isGranted ? 'text-success' : 'text-warning'}>{isGranted ? 'Granted' : 'Missing'}</span>
          {' '}· <code className="break-all">{scope}</code>
        </p>
      </div>
    </li>
  );
  return (
    <Card
      title="Permissions"
      hint={account.scopesMissing.length > 0
        ? 'Without the missing ones, a part of the figures stays empty.'
        : 'As the network granted them.'}
      actions={account.scopesMissing.length > 0 && canManage && (
        <Link
          to="/accounts/connect" search={{ network: account.network, account: account.id }}
          className={buttonStyle({ size: 'small' })}
        >
          Grant them
        </Link>
      )}
    >
      <ul className="flex flex-col divide-y divide-line">
        {account.scopesMissing.map((scope) => row(scope, false))}
        {account.scopesGranted.map((scope) => row(scope, true))}
      </ul>
    </Card>
  );
}

/** Ends the connection; keeps the history. */
export function Disconnect({ account }: { readonly account: Account }): ReactElement {
  const { workspace } = useSession();
  const [isAsking, setIsAsking] = useState(false);
  const disconnect = useSend(disconnectAccount, ['getAccount', 'listAccounts', 'getDashboard']);
  const confirm = async (): Promise<void> => {
    await disconnect.mutateAsync({ params: { workspaceId: workspace.workspaceId, accountId: account.id } });
    showToast(`${showHandle(account.handle)} is disconnected`);
  };
  return (
    <Card title="Disconnect" hint="Ends the access to the network. Followers and history stay here.">
      <Button kind="danger" onClick={() => setIsAsking(true)}>Disconnect account</Button>
      {isAsking && (
        <ConfirmDialog
          title={`Disconnect ${showHandle(account.handle)}?`} verb="Disconnect"
          confirm={confirm} onClose={() => setIsAsking(false)}
        >
          <ul className="flex list-disc flex-col gap-1 pl-4">
            <li>The access is given back to {account.networkName} where it takes it back, and our keys are deleted.</li>
            <li>No more syncs run: who comes and leaves from now on stays unknown.</li>
            <li>The follower list and its history stay. Reconnecting goes on from there.</li>
          </ul>
        </ConfirmDialog>
      )}
    </Card>
  );
}
