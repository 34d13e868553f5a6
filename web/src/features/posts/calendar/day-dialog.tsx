import type { ReactElement } from 'react';

import { formatDay, formatPlural } from '../../../platform/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog, DialogActions } from '../../../ui/dialog.tsx';
import { useCalendarActions } from './actions.ts';
import { DayPosts } from './agenda.tsx';
import type { PlacedPost } from './grid-layout.ts';

export interface DayDialogProps {
  readonly day: string;
  readonly entries: readonly PlacedPost[];
  readonly movingIds: ReadonlySet<string>;
  readonly onClose: () => void;
}

/** Every post of one day. */
export function DayDialog({ day, entries, movingIds, onClose }: DayDialogProps): ReactElement {
  const { write, canWrite } = useCalendarActions();
  return (
    <Dialog title={formatDay(day, 'long')} description={entries.length === 0 ? 'Nothing planned.' : formatPlural(entries.length, 'post')} onClose={onClose}>
      <DayPosts entries={entries} movingIds={movingIds} />
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        {canWrite && <Button kind="primary" onClick={() => write(`${day}T09:00`)}>New post on this day</Button>}
      </DialogActions>
    </Dialog>
  );
}
