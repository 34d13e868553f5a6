import { X } from 'lucide-react';
import { useState, type KeyboardEvent, type ReactElement } from 'react';

const labelsMax = 10;
const lengthMax = 40;

export interface LabelFieldProps {
  readonly labels: readonly string[];
  readonly onChange: (labels: readonly string[]) => void;
}

/** Words to find the post by, for the team only. */
export function LabelField({ labels, onChange }: LabelFieldProps): ReactElement {
  const [typed, setTyped] = useState('');
  const add = (): void => {
    const label = typed.trim().replaceAll(/\s+/g, ' ').replace(/^#/, '');
    setTyped('');
    if (label !== '' && !labels.includes(label) && labels.length < labelsMax) onChange([...labels, label]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Backspace' && typed === '' && labels.length > 0) onChange(labels.slice(0, -1));
    if ((event.key !== 'Enter' && event.key !== ',') || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    add();
  };
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor="post-labels" className="text-caption font-medium">Labels <span className="font-normal text-muted">· seen by the team only</span></label>
      <div className="flex min-h-(--input-height) flex-wrap items-center gap-1.5 rounded-control border border-control bg-surface px-2 py-1 focus-within:border-accent">
        {labels.map((label) => (
          <span key={label} className="inline-flex h-6 items-center gap-0.5 rounded-full bg-accent-soft pl-2.5 text-caption font-medium">
            {label}
            <button type="button" aria-label={`Remove label ${label}`} onClick={() => onChange(labels.filter((other) => other !== label))} className="grid hit-24 place-items-center rounded-full text-muted hover:text-ink">
              <X size={12} aria-hidden="true" />
            </button>
          </span>
        ))}
        <input
          id="post-labels"
          value={typed}
          maxLength={lengthMax}
          disabled={labels.length >= labelsMax}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={add}
          placeholder={labels.length === 0 ? 'Type one, then Enter' : ''}
          className="h-7 min-w-24 flex-1 bg-transparent px-1 text-input outline-none placeholder:text-faint"
        />
      </div>
    </div>
  );
}
