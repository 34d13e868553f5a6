import { clsx } from 'clsx';
import { useState, type FormEvent, type ReactElement } from 'react';

import { Button } from '../../ui/button.tsx';
import { nameDay, weekFrom, type Addition } from './week.ts';

const workdays: readonly number[] = [1, 2, 3, 4, 5];

export interface AddSlotsProps {
  /** Which day weeks begin with for this reader. */
  readonly weekStart: number;
  readonly onAdd: (weekdays: readonly number[], time: string) => Addition;
  readonly onClose: () => void;
}

/** A time on one or several days of the week. Stays open: people add several. */
export function AddSlots({ weekStart, onAdd, onClose }: AddSlotsProps): ReactElement {
  const [days, setDays] = useState<ReadonlySet<number>>(new Set(workdays));
  const [time, setTime] = useState('09:00');
  const [said, setSaid] = useState<Addition | null>(null);
  const toggle = (weekday: number): void => {
    const next = new Set(days);
    if (!next.delete(weekday)) next.add(weekday);
    setDays(next);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setSaid(onAdd([...days], time));
  };
  return (
    <form onSubmit={submit} aria-label="Add slots" className="flex flex-col gap-2 rounded-control bg-sunken p-3">
      <div className="flex flex-wrap items-center gap-2">
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- it opens on a press, and the time is what people came to type */}
        <input autoFocus type="time" aria-label="Time" required value={time} onChange={(event) => setTime(event.target.value)} className="h-(--input-height) rounded-control border border-control bg-surface px-2.5 text-input text-ink hover:border-muted" />
        <div role="group" aria-label="Days" className="flex flex-wrap gap-1">
          {weekFrom(weekStart).map((weekday) => (
            <button
              key={weekday} type="button" aria-pressed={days.has(weekday)} aria-label={nameDay(weekday, 'long')} onClick={() => toggle(weekday)}
              className={clsx('h-(--input-height) min-w-10 rounded-control border px-1.5 font-medium', days.has(weekday) ? 'border-accent bg-accent-soft text-ink' : 'border-control bg-surface text-muted hover:text-ink')}
            >
              {nameDay(weekday)}
            </button>
          ))}
        </div>
        <span className="flex gap-2">
          <Button type="submit" kind="primary">Add</Button>
          <Button kind="ghost" onClick={onClose}>Done</Button>
        </span>
      </div>
      <p role="status" className={clsx('text-caption', said?.slots === null ? 'text-danger' : 'text-muted')}>{said?.words ?? ''}</p>
    </form>
  );
}
