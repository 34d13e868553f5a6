import { clsx } from 'clsx';
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';

export interface PageProps {
  readonly title: string;
  /** One muted line: accounts in view, the zone in force. */
  readonly context?: ReactNode;
  /** Filters, then one primary button at the far right. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Of the content: `narrow` 640 px for forms, `normal` 1,280; `full` for tables and calendars. */
  readonly width?: 'narrow' | 'normal' | 'full';
}

const widths = { narrow: 'max-w-176', normal: 'max-w-336', full: 'max-w-none' } as const;
let pagesShown = 0;

/** A screen: header of 56 px with the one `h1`, then content. Sets the document's title and takes focus after a route change. */
export function Page({ title, context, actions, children, width = 'normal' }: PageProps): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Rookery`;
  }, [title]);
  useEffect(() => {
    // On the first page the browser has put focus where it belongs.
    if (pagesShown > 0 && document.activeElement?.closest('dialog') === null) heading.current?.focus({ preventScroll: true });
    pagesShown += 1;
  }, []);
  return (
    <>
      <header className="sticky top-0 z-20 flex min-h-14 flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-canvas px-4 py-2 md:px-8">
        <div className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3">
          <h1 ref={heading} tabIndex={-1} className="truncate text-title font-semibold">{title}</h1>
          {context !== undefined && <p className="min-w-0 truncate text-caption text-muted">{context}</p>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      <div className={clsx('flex w-full flex-col gap-6 px-4 py-6 md:px-8', widths[width])}>{children}</div>
    </>
  );
}
