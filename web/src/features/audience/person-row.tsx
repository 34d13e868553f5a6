import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { BadgeCheck } from 'lucide-react';
import type { ReactElement } from 'react';

import { formatCompact } from '../../platform/format.ts';
import { useSession } from '../../platform/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { NetworkMark } from '../../ui/network-mark.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { useAccount } from './accounts-context.ts';
import { KindMark } from './kind-mark.tsx';
import type { PersonEntry } from './people-list.tsx';
import { handleOf, nameOf } from './words.ts';

/** The network's own mark that it knows who this is. */
export function VerifiedMark(): ReactElement {
  return (
    <span role="img" aria-label="verified" title="Verified by the network" className="inline-flex shrink-0 text-accent">
      <BadgeCheck size={14} aria-hidden="true" />
    </span>
  );
}

interface PersonRowProps {
  readonly entry: PersonEntry;
  readonly isOpen: boolean;
  /** Called beside following the link. */
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

/** One person in a list; the row is the link that opens the panel. */
export function PersonRow({ entry, isOpen, onOpen, onClose }: PersonRowProps): ReactElement {
  const { workspace } = useSession();
  const account = useAccount(entry.accountId);
  const { person } = entry;
  const handle = handleOf(person);
  const name = nameOf(person);
  return (
    <Link
      from="/audience"
      to="/audience"
      search={(before) => ({ ...before, person: person.key, of: entry.accountId })}
      replace
      resetScroll={false}
      preload={false}
      onClick={onOpen}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && isOpen) onClose();
      }}
      className={clsx(
        'flex h-full items-center gap-3 px-5 transition-colors focus-visible:-outline-offset-2 max-sm:px-4',
        isOpen ? 'bg-accent-soft' : 'hover:bg-hover',
      )}
    >
      <Avatar name={person.name ?? person.handle ?? '?'} />
      <span className="min-w-0 flex-1">
        <span className="flex min-w-0 items-center gap-1.5">
          <span className="truncate font-medium">{name}</span>
          {person.verified === true && <VerifiedMark />}
        </span>
        <span className="block truncate text-caption text-muted">
          {handle === null || handle === name ? (account?.networkName ?? '') : handle}
        </span>
      </span>
      {person.followers !== null && (
        <span className="w-28 shrink-0 text-right text-caption text-muted tabular max-md:hidden">
          {formatCompact(person.followers)} followers
        </span>
      )}
      {account !== undefined && (
        <span className="flex w-44 min-w-0 shrink-0 items-center gap-2 text-caption text-muted max-lg:hidden">
          <NetworkMark network={account.network} />
          <span className="truncate">@{account.handle.replace(/^@/, '')}<span className="sr-only"> on {account.networkName}</span></span>
        </span>
      )}
      <span className="flex shrink-0 items-center gap-x-4 max-sm:flex-col max-sm:items-end">
        {entry.kind !== null && <span className="flex sm:w-28"><KindMark kind={entry.kind} /></span>}
        <span className="text-caption text-muted tabular sm:w-24 sm:text-right">
          {entry.at === null ? 'from the start' : <RelativeTime instant={entry.at} timeZone={workspace.timeZone} />}
        </span>
      </span>
    </Link>
  );
}
