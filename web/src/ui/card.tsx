import { clsx } from 'clsx';
import { useId, type ReactElement, type ReactNode } from 'react';

export interface CardProps {
  readonly title?: string;
  /** One muted line under the title. */
  readonly hint?: ReactNode;
  /** Small controls at the right of the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  /** Without padding: for tables and charts that reach the edge. */
  readonly isFlush?: boolean;
}

/** A hairline box with a title. Never inside another card. */
export function Card({ title, hint, actions, children, className, isFlush = false }: CardProps): ReactElement {
  const id = useId();
  return (
    <section aria-labelledby={title === undefined ? undefined : id} className={clsx('min-w-0 rounded-card border border-line bg-surface', isFlush && 'overflow-clip', className)}>
      {title !== undefined && (
        <header className={clsx('flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-1 px-5 pt-3.5 max-sm:px-4', isFlush ? 'pb-2' : 'pb-4')}>
          <div className="min-w-0">
            <h2 id={id} className="font-semibold">{title}</h2>
            {hint !== undefined && <p className="max-w-[68ch] text-caption text-muted">{hint}</p>}
          </div>
          {actions}
        </header>
      )}
      {isFlush ? children : <div className={clsx('px-5 pb-5 max-sm:px-4', title === undefined && 'pt-5')}>{children}</div>}
    </section>
  );
}
