import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { buttonStyle } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';

/** While a screen's code or the session is on its way: the frame of a page, after a moment. */
export function RoutePending(): ReactElement {
  return (
    <div role="status" aria-label="Loading">
      <div className="flex h-14 items-center border-b border-line px-4 md:px-8"><Skeleton className="h-4 w-32" /></div>
      <div className="flex flex-col gap-6 px-4 py-6 md:px-8">
        <Skeleton className="h-24 rounded-card" />
        <Skeleton className="h-64 rounded-card" />
      </div>
    </div>
  );
}

/** A screen that could not start. */
export function RouteError({ error, reset }: ErrorComponentProps): ReactElement {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <div className="grid min-h-[60dvh] place-items-center">
      <ErrorState what="This page" error={error instanceof Error ? error : new Error(String(error))} onRetry={retry} />
    </div>
  );
}

/** An address where nothing is. */
export function RouteMissing(): ReactElement {
  return (
    <main className="grid min-h-[60dvh] place-items-center px-6">
      <div className="flex flex-col items-center gap-3 text-center">
        <h1 className="text-title font-semibold">There is no page at this address</h1>
        <p className="text-muted">The link may be old, or a letter is missing.</p>
        <a href="/" className={buttonStyle({ kind: 'primary' })}>Go to the dashboard</a>
      </div>
    </main>
  );
}
