import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import type { ReactElement } from 'react';

import { targetOf, type Destination } from './navigation.ts';

interface NavLinkProps {
  readonly destination: Destination;
  readonly onFollow?: () => void;
}

function isActive(destination: Destination, path: string): boolean {
  if (destination.to === '/') return path === '/';
  // A post belongs to the calendar, under an address of its own.
  if (destination.to === '/calendar' && path.startsWith('/posts/')) return true;
  return path.startsWith(destination.to.replace('/$section', ''));
}

/** A page in the sidebar. On the narrow rail only the icon shows; the name floats beside it on hover and focus. */
export function NavLink({ destination, path }: NavLinkProps & { readonly path: string }): ReactElement {
  const Icon = destination.icon;
  const isHere = isActive(destination, path);
  return (
    <Link
      {...targetOf(destination)}
      aria-current={isHere ? 'page' : undefined}
      className={clsx(
        'group/nav relative flex h-8 items-center gap-2.5 rounded-small px-2.5 font-medium transition-colors pointer-coarse:h-11 max-lg:justify-center max-lg:px-0',
        isHere ? 'bg-surface text-ink ring-1 ring-line' : 'text-muted hover:bg-hover hover:text-ink',
      )}
    >
      <Icon size={16} aria-hidden="true" className={clsx('shrink-0', isHere && 'text-accent')} />
      <span className="max-lg:pointer-events-none max-lg:absolute max-lg:left-full max-lg:z-40 max-lg:ml-2 max-lg:rounded-small max-lg:bg-ink max-lg:px-2 max-lg:py-1 max-lg:text-caption max-lg:whitespace-nowrap max-lg:text-canvas max-lg:opacity-0 max-lg:transition-opacity max-lg:group-hover/nav:opacity-100 max-lg:group-focus-visible/nav:opacity-100">
        {destination.label}
      </span>
    </Link>
  );
}

/** A page in the bar at the foot of a phone. */
export function TabLink({ destination, path }: NavLinkProps & { readonly path: string }): ReactElement {
  const Icon = destination.icon;
  const isHere = isActive(destination, path);
  return (
    <Link
      {...targetOf(destination)}
      aria-current={isHere ? 'page' : undefined}
      className={clsx('flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-axis font-medium focus-visible:-outline-offset-2', isHere ? 'text-accent' : 'text-muted')}
    >
      <Icon size={20} aria-hidden="true" />
      <span className="max-w-full truncate">{destination.label}</span>
    </Link>
  );
}

/** A page in the sheet that "More" opens. */
export function SheetLink({ destination, onFollow }: NavLinkProps): ReactElement {
  const Icon = destination.icon;
  return (
    <Link {...targetOf(destination)} onClick={onFollow} className="flex min-h-11 items-center gap-3 rounded-control px-2 font-medium hover:bg-hover">
      <Icon size={18} aria-hidden="true" className="text-muted" />
      {destination.label}
    </Link>
  );
}
