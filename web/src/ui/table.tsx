import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ComponentProps, ReactElement, ReactNode } from 'react';

export interface TableProps {
  /** Names the table for screen readers. */
  readonly label: string;
  readonly children: ReactNode;
  readonly isDense?: boolean;
}

/** A real table. Scrolls sideways inside its box on small screens; its head stays in view on large ones. */
export function Table({ label, children, isDense = false }: TableProps): ReactElement {
  return (
    <div
      data-density={isDense ? 'compact' : undefined}
      className="relative overflow-x-auto lg:overflow-x-clip"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by keyboard
      tabIndex={0}
      role="group"
      aria-label={label}
    >
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

export interface ThProps extends Omit<ComponentProps<'th'>, 'align'> {
  readonly align?: 'start' | 'end';
  /** The order in force by this column; null: sortable, but not by this one now. */
  readonly sort?: 'ascending' | 'descending' | null;
  readonly onSort?: () => void;
}

/** A head cell; with `onSort` a button that sorts (keep the order in the URL). */
export function Th({ align = 'start', sort, onSort, className, children, ...rest }: ThProps): ReactElement {
  const Arrow = sort === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      {...rest}
      aria-sort={sort === undefined ? undefined : (sort ?? 'none')}
      className={clsx('h-9 border-b border-line bg-surface px-3 text-caption font-medium whitespace-nowrap text-muted first:pl-5 last:pr-5 max-sm:px-1.5 max-sm:first:pl-4 max-sm:last:pr-4 lg:sticky lg:top-14 lg:z-10', align === 'end' && 'text-right', className)}
    >
      {onSort === undefined ? children : (
        <button type="button" onClick={onSort} className="inline-flex hit-24 items-center gap-1 rounded-small hover:text-ink">
          {children}
          <Arrow size={12} aria-hidden="true" className={clsx((sort === null || sort === undefined) && 'opacity-0')} />
        </button>
      )}
    </th>
  );
}

/** A row. With `isLink` the first link in it covers the whole row. */
export function Tr({ isLink = false, isSelected = false, className, ...rest }: ComponentProps<'tr'> & { readonly isLink?: boolean; readonly isSelected?: boolean }): ReactElement {
  return (
    <tr
      {...rest}
      className={clsx(
        'group/row relative transition-colors not-last:*:border-b not-last:*:border-line',
        isLink && '[&_[data-row-link]]:after:absolute [&_[data-row-link]]:after:inset-0',
        isSelected ? 'bg-accent-soft' : isLink && 'hover:bg-hover',
        className,
      )}
    />
  );
}

/** A cell; `end` right-aligns figures. Controls beside a row link need `relative z-1` to stay clickable. */
export function Td({ align = 'start', className, ...rest }: Omit<ComponentProps<'td'>, 'align'> & { readonly align?: 'start' | 'end' }): ReactElement {
  return <td {...rest} className={clsx('h-(--row-height) px-3 py-1.5 first:pl-5 last:pr-5 max-sm:px-1.5 max-sm:first:pl-4 max-sm:last:pr-4', align === 'end' && 'text-right', className)} />;
}
