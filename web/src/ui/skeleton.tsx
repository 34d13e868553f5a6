import { clsx } from 'clsx';
import type { ReactElement } from 'react';

/** A grey box of the content's size. Comes after 200 ms; most answers are faster. */
export function Skeleton({ className }: { readonly className?: string }): ReactElement {
  return <span aria-hidden="true" className={clsx('motion-late block bg-line/60', className?.includes('rounded') !== true && 'rounded-small', className)} />;
}

/** Rows where a list or table will be. */
export function SkeletonRows({ rows = 5, label = 'Loading' }: { readonly rows?: number; readonly label?: string }): ReactElement {
  return (
    <div role="status" aria-label={label} className="flex flex-col">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex h-(--row-height) items-center gap-3 px-5">
          <Skeleton className="size-7 rounded-full" />
          <Skeleton className="h-3 w-40" />
          <Skeleton className="ml-auto h-3 w-20" />
        </div>
      ))}
    </div>
  );
}
