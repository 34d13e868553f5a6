import { clsx } from 'clsx';
import type { ReactElement } from 'react';

import { formatCount } from '../platform/format.ts';
import { NetworkMark } from './network-mark.tsx';

const warnsAt = 0.9;
const radius = 6.5;
const around = 2 * Math.PI * radius;

export interface CharacterMeterProps {
  readonly network: string;
  readonly networkName: string;
  readonly used: number;
  readonly max: number;
}

/** How much room a text has left on one network: a ring, and the number that is left. */
export function CharacterMeter({ network, networkName, used, max }: CharacterMeterProps): ReactElement {
  const left = max - used;
  const share = Math.min(1, used / max);
  const tone = left < 0 ? 'text-danger' : used / max >= warnsAt ? 'text-warning' : 'text-muted';
  return (
    <span className={clsx('inline-flex items-center gap-1.5 text-caption tabular', tone)} title={`${networkName}: ${formatCount(used)} of ${formatCount(max)}`}>
      <NetworkMark network={network} size={12} />
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" className="-rotate-90">
        <circle cx="8" cy="8" r={radius} fill="none" stroke="var(--line)" strokeWidth="2" />
        <circle cx="8" cy="8" r={radius} fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray={`${share * around} ${around}`} />
      </svg>
      <span aria-hidden="true" className={clsx(left < 0 && 'font-semibold')}>{formatCount(left)}</span>
      <span className="sr-only">{networkName}: {left < 0 ? `${formatCount(-left)} too many` : `${formatCount(left)} left`}</span>
    </span>
  );
}
