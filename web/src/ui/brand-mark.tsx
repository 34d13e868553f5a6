import type { ReactElement } from 'react';

/** The sign of the product: a rook, looking ahead. */
export function BrandMark({ size = 24 }: { readonly size?: number }): ReactElement {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" data-mark className="shrink-0">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path d="M8 25V14.5a6.5 6.5 0 0 1 12.6-2.3L25 14l-4.2 1.6C20.3 21 16 25 10.5 25Z" className="fill-on-accent" />
      <circle cx="15.6" cy="12.6" r="1.4" className="fill-accent" />
    </svg>
  );
}
