import { clsx } from 'clsx';
import type { ReactElement, ReactNode } from 'react';

export interface Stat<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** The figure, formatted; null shows a dash and says that nothing was measured. */
  readonly figure: string | null;
  /** Usually a `Delta`. */
  readonly note?: ReactNode;
}

export interface StatRowProps<Id extends string> {
  readonly label: string;
  readonly stats: readonly Stat<Id>[];
  /** The measure on the chart below; leave out where figures select nothing. */
  readonly selected?: Id;
  readonly onSelect?: (id: Id) => void;
}

function Figure({ stat }: { readonly stat: Stat<string> }): ReactElement {
  return (
    <>
      <span className="text-caption font-medium text-muted">{stat.label}</span>
      <span className="text-figure font-semibold tabular">
        {stat.figure ?? <span className="text-faint" aria-label="Not measured yet">–</span>}
      </span>
      <span className="min-h-4">{stat.note}</span>
    </>
  );
}

/** Up to five figures that choose what the chart below shows. Lives at the top of a `Card` together with it. */
export function StatRow<Id extends string>({ label, stats, selected, onSelect }: StatRowProps<Id>): ReactElement {
  return (
    <div role="group" aria-label={label} className="flex overflow-x-auto rounded-t-card border-b border-line max-sm:grid max-sm:grid-cols-2">
      {stats.map((stat) => {
        const isSelected = stat.id === selected;
        const frame = clsx(
          'relative flex min-w-0 flex-1 flex-col gap-0.5 border-line px-5 py-3.5 text-left not-last:border-r max-sm:px-4 max-sm:odd:border-r max-sm:even:border-r-0 max-sm:not-nth-[-n+2]:border-t',
          isSelected && 'before:absolute before:inset-x-0 before:top-0 before:h-0.5 before:bg-accent',
        );
        if (onSelect === undefined) return <div key={stat.id} className={frame}><Figure stat={stat} /></div>;
        return (
          <button
            key={stat.id}
            type="button"
            aria-pressed={isSelected}
            onClick={() => onSelect(stat.id)}
            className={clsx(frame, 'transition-colors focus-visible:-outline-offset-2', !isSelected && 'hover:bg-hover')}
          >
            <Figure stat={stat} />
          </button>
        );
      })}
    </div>
  );
}
