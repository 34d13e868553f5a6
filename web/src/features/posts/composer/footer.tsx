import { clsx } from 'clsx';
import { Repeat } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

import { formatTime } from '../../../platform/format.ts';
import { Button } from '../../../ui/button.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { WhenField } from '../when-field.tsx';
import type { EditWhen } from './draft.ts';
import { SlotField, type NextSlot } from './next-slot.tsx';
import type { SaveState } from './saver.ts';

const whenOptions = [{ value: 'draft', label: 'Draft' }, { value: 'at', label: 'At a time' }, { value: 'slot', label: 'Next free slot' }, { value: 'now', label: 'Now' }] as const;

/** How it stands with what was typed, in words. */
export function describeSaving(state: SaveState, zone: string, savesByItself: boolean): string {
  switch (state.kind) {
    case 'clean': return '';
    case 'waiting': return savesByItself ? 'Saving soon …' : 'Changes are kept in this browser until you save';
    case 'saving': return 'Saving …';
    case 'saved': return `Saved ${formatTime(state.atMs, zone)}`;
    case 'offline': return 'No connection: kept in this browser, and sent when it is back';
    case 'conflict': return 'Not saved: changed by somebody else';
    case 'refused': return `Not saved: ${state.message}`;
  }
}

export interface ComposerFooterProps {
  readonly state: SaveState;
  readonly savesByItself: boolean;
  readonly when: EditWhen;
  readonly zone: string;
  readonly onWhen: (when: EditWhen) => void;
  readonly canPublish: boolean;
  /** Exactly what will happen: "Schedule for Tue 24 Nov, 09:00". */
  readonly primaryLabel: string;
  readonly isPrimaryOff: boolean;
  readonly isBusy: boolean;
  readonly onPrimary: () => void;
  /** Makes a series of it; null where it cannot become one. */
  readonly onRepeat: (() => void) | null;
  readonly nextSlot: NextSlot;
  /** Other things to do with the post. */
  readonly menu: ReactNode;
}

/** When it goes out, how it stands with saving, and the one button that says what will happen. */
export function ComposerFooter({ state, savesByItself, when, zone, onWhen, canPublish, primaryLabel, isPrimaryOff, isBusy, onPrimary, onRepeat, nextSlot, menu }: ComposerFooterProps): ReactElement {
  const isWorrying = state.kind === 'offline' || state.kind === 'conflict' || state.kind === 'refused';
  const options = canPublish ? whenOptions : whenOptions.filter(({ value }) => value !== 'now');
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
      <div className="flex min-w-0 flex-wrap items-start gap-x-4 gap-y-2">
        <SegmentedControl label="When" options={options} value={when.kind} onChange={(kind) => onWhen({ ...when, kind })} />
        {when.kind === 'at' && <WhenField choice={when.choice} zone={zone} onChange={(choice) => onWhen({ ...when, choice })} />}
        {when.kind === 'at' && onRepeat !== null && <Button onClick={onRepeat}><Repeat size={16} aria-hidden="true" /> Repeat…</Button>}
        {when.kind === 'slot' && <SlotField nextSlot={nextSlot} zone={zone} />}
      </div>
      <div className="ml-auto flex flex-wrap items-center justify-end gap-x-3 gap-y-2">
        <p role="status" className={clsx('max-w-72 text-caption', isWorrying ? 'text-warning' : 'text-muted')}>{describeSaving(state, zone, savesByItself)}</p>
        {menu}
        <Button kind="primary" size="touch" isBusy={isBusy} disabled={isPrimaryOff} onClick={onPrimary}>{primaryLabel}</Button>
      </div>
    </div>
  );
}
