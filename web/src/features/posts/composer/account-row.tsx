import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Check } from 'lucide-react';
import type { ReactElement } from 'react';

import { useCan } from '../../../platform/session.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import { buttonStyle } from '../../../ui/button.tsx';
import type { Destination } from './destinations.ts';

export interface AccountRowProps {
  readonly destinations: readonly Destination[];
  readonly chosenIds: readonly string[];
  readonly onToggle: (accountId: string) => void;
}

function nameOf({ account }: Destination): string {
  return `@${account.handle.replace(/^@/, '')}`;
}

/** Where the post goes: each account is a switch. Those that can't be published to say why, and the way out where there is one. */
export function AccountRow({ destinations, chosenIds, onToggle }: AccountRowProps): ReactElement {
  const canManage = useCan('accounts:manage');
  const refused = destinations.filter(({ refusal }) => refusal !== null);
  return (
    <div className="flex flex-col gap-2">
      <div role="group" aria-label="Accounts" className="flex flex-wrap gap-2">
        {destinations.map((destination) => {
          const { account, refusal } = destination;
          const isChosen = chosenIds.includes(account.id);
          // What was chosen before it stopped working can still be taken away.
          const isOff = refusal !== null && !isChosen;
          return (
            <button
              key={account.id}
              type="button"
              aria-pressed={isChosen}
              aria-disabled={isOff || undefined}
              aria-describedby={refusal === null ? undefined : `refusal-${account.id}`}
              onClick={() => !isOff && onToggle(account.id)}
              className={clsx(
                'flex min-h-10 items-center gap-2.5 rounded-full border py-1 pr-3.5 pl-1.5 font-medium transition-colors',
                isChosen ? 'border-accent bg-accent-soft text-ink' : 'border-control bg-surface text-muted',
                isOff ? 'cursor-not-allowed border-dashed' : 'hover:text-ink',
              )}
            >
              <Avatar name={account.name === '' ? account.handle : account.name} network={account.network} />
              <span className="max-w-44 truncate">{nameOf(destination)}</span>
              <span className="sr-only">{account.networkName}{account.simulated && ', simulated'}</span>
              {isChosen && <Check size={14} aria-hidden="true" className="text-accent" />}
            </button>
          );
        })}
      </div>
      {refused.length > 0 && (
        <ul className="flex flex-col gap-1 text-caption text-muted">
          {refused.map((destination) => (
            <li key={destination.account.id} id={`refusal-${destination.account.id}`} className="flex flex-wrap items-center gap-x-2">
              <span>{nameOf(destination)} · {destination.account.networkName}: {destination.refusal}</span>
              {destination.needsReconnect && canManage && (
                <Link to="/accounts/connect" search={{ network: destination.account.network, account: destination.account.id }} className={buttonStyle({ kind: 'ghost', size: 'small' })}>Reconnect</Link>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
