import { useId, type ReactElement } from 'react';

import { formatInstant, formatRelative, formatWall } from '../../platform/format.ts';
import { useNow } from '../../platform/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { choiceOf, resolveChoice, type WallChoice } from './when.ts';

export interface WhenFieldProps {
  readonly choice: WallChoice;
  readonly zone: string;
  readonly onChange: (choice: WallChoice) => void;
  readonly className?: string;
}

const input = 'h-(--input-height) min-w-0 rounded-control border border-control bg-surface px-2.5 text-input text-ink hover:border-muted aria-invalid:border-danger';

/** How far away it is, and the same moment in UTC, so that a wrong zone is noticed. */
function describeInstant(at: Date, zone: string, nowMs: number): string {
  const instant = at.toISOString();
  const distance = `Goes out ${formatRelative(instant, nowMs, zone)}`;
  return zone === 'UTC' ? distance : `${distance} · ${formatInstant(instant, 'UTC')} UTC`;
}

/** Day and time in a zone, and what they mean: hours that do not exist are refused, those that come twice are asked about. */
export function WhenField({ choice, zone, onChange, className }: WhenFieldProps): ReactElement {
  const id = useId();
  const nowMs = useNow();
  const { at, problem, instead, occurrences } = resolveChoice(choice, zone, nowMs);
  const wiring = { 'aria-describedby': `${id}-means`, 'aria-invalid': problem === null ? undefined : (true as const) };
  return (
    <div className={className}>
      <div className="flex flex-wrap gap-2">
        <input {...wiring} type="date" aria-label="Day" required value={choice.day} onChange={(event) => onChange({ ...choice, day: event.target.value, occurrence: null })} className={input} />
        <input {...wiring} type="time" aria-label="Time" required value={choice.time} onChange={(event) => onChange({ ...choice, time: event.target.value, occurrence: null })} className={input} />
        <span className="flex items-center text-caption text-muted">{zone.replaceAll('_', ' ')}</span>
      </div>
      {occurrences.length > 0 && (
        <fieldset className="mt-2 flex flex-wrap gap-x-4 gap-y-1">
          <legend className="sr-only">Which of the two</legend>
          {occurrences.map(({ value, label }) => (
            <label key={value} className="flex min-h-6 items-center gap-2 pointer-coarse:min-h-11">
              <input type="radio" name={`${id}-which`} value={value} checked={choice.occurrence === value} onChange={() => onChange({ ...choice, occurrence: value })} className="size-4 accent-accent" />
              {label}
            </label>
          ))}
        </fieldset>
      )}
      <p id={`${id}-means`} role="status" className={`mt-1.5 text-caption ${problem === null ? 'text-muted' : 'text-danger'}`}>
        {problem ?? (at === null ? '' : describeInstant(at, zone, nowMs))}
      </p>
      {instead.length > 0 && (
        <div className="mt-1.5 flex flex-wrap gap-2">
          {instead.map(({ wallTime }) => (
            <Button key={wallTime} size="small" onClick={() => onChange(choiceOf(wallTime))}>Use {formatWall(wallTime, 'time')}</Button>
          ))}
        </div>
      )}
    </div>
  );
}
