import { clsx } from 'clsx';
import { X } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

export interface ChipProps {
  readonly children: ReactNode;
  readonly isOn: boolean;
  readonly onToggle: () => void;
  /** How many it would show. */
  readonly count?: string;
}

/** A filter that is on or off, with its count. */
export function Chip({ children, isOn, onToggle, count }: ChipProps): ReactElement {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onToggle}
      className={clsx(
        'inline-flex h-(--button-height-small) shrink-0 items-center gap-1.5 rounded-full border px-3 text-caption font-medium whitespace-nowrap transition-colors',
        isOn ? 'border-accent bg-accent-soft text-ink' : 'border-control bg-surface text-muted hover:bg-hover hover:text-ink',
      )}
    >
      {children}
      {count !== undefined && <span className="text-muted tabular">{count}</span>}
    </button>
  );
}

/** A filter in force that can be taken away: "Day: 24 Nov". */
export function FilterTag({ children, onRemove }: { readonly children: string; readonly onRemove: () => void }): ReactElement {
  return (
    <span className="inline-flex h-(--button-height-small) items-center gap-1 rounded-full bg-accent-soft pr-1 pl-3 text-caption font-medium">
      {children}
      <button type="button" aria-label={`Remove filter ${children}`} onClick={onRemove} className="grid hit-24 place-items-center rounded-full text-muted hover:text-ink">
        <X size={12} aria-hidden="true" />
      </button>
    </span>
  );
}
