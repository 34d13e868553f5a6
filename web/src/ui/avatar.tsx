import { clsx } from 'clsx';
import type { ReactElement } from 'react';

import { NetworkMark } from './network-mark.tsx';

const grounds = ['bg-series-1/14', 'bg-series-2/18', 'bg-series-3/14', 'bg-series-4/14', 'bg-series-5/14'] as const;

/** Two letters of a name: first and last word, or the first two letters. */
export function initialsOf(name: string): string {
  const words = name.replace(/^@/, '').split(/[\s._-]+/).filter((word) => word !== '');
  const first = Array.from(words[0] ?? '?');
  const last = words.length > 1 ? Array.from(words.at(-1) ?? '')[0] : first[1];
  return `${first[0] ?? '?'}${last ?? ''}`.toUpperCase();
}

function groundOf(name: string): string {
  let sum = 0;
  for (const letter of name) sum += letter.codePointAt(0) ?? 0;
  return grounds[sum % grounds.length] ?? grounds[0];
}

export interface AvatarProps {
  readonly name: string;
  /** Id of a network: adds its mark in the lower right corner. */
  readonly network?: string;
  readonly size?: 'small' | 'normal' | 'large';
}

const sizes = { small: 'size-5 text-[0.5rem]', normal: 'size-7 text-[0.625rem]', large: 'size-10 text-caption' } as const;

/** A person or account as initials: no picture is fetched from a network. Decorative: put the name beside it. */
export function Avatar({ name, network, size = 'normal' }: AvatarProps): ReactElement {
  return (
    <span aria-hidden="true" data-mark className={clsx('relative inline-grid shrink-0 place-items-center rounded-full font-semibold text-ink select-none', sizes[size], groundOf(name))}>
      {initialsOf(name)}
      {network !== undefined && (
        <span className="absolute -right-1 -bottom-1 grid size-4 place-items-center rounded-full bg-surface ring-1 ring-line">
          <NetworkMark network={network} size={10} />
        </span>
      )}
    </span>
  );
}
