import { clsx } from 'clsx';
import { useEffect, useState, type ReactElement } from 'react';

import { useConnection } from '../../platform/events.ts';

const words = { live: 'Up to date', connecting: 'Connecting', lost: 'Reconnecting' } as const;
const barAfterMs = 3_000;

/** A dot and a word at the foot of the sidebar: whether what is shown follows the server. */
export function ConnectionStatus(): ReactElement {
  const connection = useConnection();
  return (
    <p className="flex h-8 items-center gap-2.5 px-2.5 text-caption text-muted max-lg:justify-center max-lg:px-0" role="status">
      <span aria-hidden="true" className="grid size-4 place-items-center">
        <span className={clsx('size-2 rounded-full', connection === 'live' ? 'bg-success' : 'border-2 border-warning')} />
      </span>
      <span className="max-lg:sr-only">{words[connection]}</span>
    </p>
  );
}

/** Says that the server is out of reach, once that has lasted three seconds. */
export function OfflineBar(): ReactElement | null {
  return useConnection() === 'lost' ? <OfflineWords /> : null;
}

function OfflineWords(): ReactElement | null {
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsShown(true), barAfterMs);
    return () => clearTimeout(timer);
  }, []);
  if (!isShown) return null;
  return (
    <p role="status" className="border-b border-line bg-warning-soft px-4 py-1.5 text-caption font-medium text-ink md:px-8">
      The server is out of reach. You see what was last loaded; we keep trying.
    </p>
  );
}
