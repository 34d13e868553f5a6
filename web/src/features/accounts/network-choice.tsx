import type { Network } from '@rookery/contract/networks.ts';
import { Link } from '@tanstack/react-router';
import { Check, ChevronRight } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

import { Badge } from '../../ui/badge.tsx';
import { buttonStyle } from '../../ui/button.tsx';
import { NetworkMark } from '../../ui/network-mark.tsx';
import { describeNetwork } from './words.ts';

function TitleLink({ network }: { readonly network: Network }): ReactNode {
  const cover = 'after:absolute after:inset-0';
  if (network.authKind === 'import-only') {
    return <Link to="/import" search={{ network: network.id }} className={cover}>{network.name}</Link>;
  }
  if (!network.available) return network.name;
  return <Link to="/accounts/connect" search={{ network: network.id }} className={cover}>{network.name}</Link>;
}

function NetworkRow({ network }: { readonly network: Network }): ReactElement {
  const isImportOnly = network.authKind === 'import-only';
  const isUsable = network.available || isImportOnly;
  return (
    <li className={`relative flex gap-4 p-5 max-sm:p-4 ${isUsable ? 'transition-colors hover:bg-hover has-focus-visible:bg-hover' : ''}`}>
      <span className="grid size-10 shrink-0 place-items-center rounded-control bg-sunken text-ink">
        <NetworkMark network={network.id} size={20} />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="font-semibold"><TitleLink network={network} /></h2>
          {network.simulated && <Badge>Simulated</Badge>}
          {isImportOnly && <Badge>By import</Badge>}
          {!isUsable && <Badge tone="warning" shape="pause">Not set up</Badge>}
        </div>
        <ul className="flex flex-col gap-1 text-muted">
          {describeNetwork(network).map((sentence) => (
            <li key={sentence} className="flex gap-2">
              <Check size={14} className="mt-1 shrink-0 text-success" aria-hidden="true" />{sentence}
            </li>
          ))}
        </ul>
        {network.limitation !== null && <p className="text-caption text-muted">{network.limitation}</p>}
        {network.simulated &&
          <p className="text-caption text-muted">
            A stand-in on this server answers for {network.name}: nothing reaches the real network, and its people are made up.
          </p>}
        {!isUsable && (
          <p className="text-caption text-muted">
            To connect {network.name}, the operator of this server sets {network.missingSettings.map((setting, index) => (
              <span key={setting}>{index > 0 && ' and '}<code className="text-ink wrap-anywhere">{setting}</code></span>
            ))}.
          </p>
        )}
        {!isUsable && network.exportGuide !== null && (
          <div className="pt-1">
            <Link to="/import" search={{ network: network.id }} className={buttonStyle({ size: 'small' })}>
              Import an export of {network.name}
            </Link>
          </div>
        )}
      </div>
      {isUsable && <ChevronRight size={18} className="shrink-0 self-center text-faint" aria-hidden="true" />}
    </li>
  );
}

/** Every network, what it can do here, and what it lacks; those that can be used lead on. */
export function NetworkChoice({ networks }: { readonly networks: readonly Network[] }): ReactElement {
  const rank = (network: Network): number => (network.authKind === 'import-only' ? 1 : network.available ? 0 : 2);
  return (
    <ul aria-label="Networks" className="divide-y divide-line overflow-clip rounded-card border border-line bg-surface">
      {networks.toSorted((a, b) => rank(a) - rank(b)).map((network) => <NetworkRow key={network.id} network={network} />)}
    </ul>
  );
}
