import { wallTimeOf } from '@rookery/contract/wall-time.ts';
import { useState, type ReactElement } from 'react';

import { formatWall } from '../../platform/format.ts';
import { useSession } from '../../platform/session.ts';
import { useNow } from '../../platform/use-now.ts';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Form, SubmitButton } from '../../ui/form.tsx';
import { lineOf, type CalendarPost } from './calendar-post.ts';
import { useMove } from './use-move.ts';
import { WhenField } from './when-field.tsx';
import { choiceOf, resolveChoice, wallTimeOfChoice, type WallChoice } from './when.ts';

export interface MoveDialogProps {
  readonly post: CalendarPost;
  /** Where it was dropped, when that time needs a decision. */
  readonly dropped?: string | undefined;
  readonly onClose: () => void;
}

/** Another time for a post, without dragging. */
export function MoveDialog({ post, dropped, onClose }: MoveDialogProps): ReactElement {
  const { workspace } = useSession();
  const move = useMove();
  const nowMs = useNow();
  const zone = workspace.timeZone;
  const before = post.dueAt === null ? null : wallTimeOf(new Date(post.dueAt), zone);
  const [choice, setChoice] = useState<WallChoice>(() => choiceOf(dropped ?? before ?? wallTimeOf(new Date(), zone)));
  const { at, problem } = resolveChoice(choice, zone, nowMs);
  const wallTime = wallTimeOfChoice(choice);
  const isReady = wallTime !== null && at !== null && problem === null && at.toISOString() !== post.dueAt;
  const submit = async (): Promise<void> => {
    if (!isReady) return;
    onClose();
    await move(post, { wallTime, zone, occurrence: choice.occurrence });
  };
  return (
    <Dialog title="Move the post" description={<span className="line-clamp-2">{lineOf(post)}</span>} onClose={onClose}>
      <Form submit={submit}>
        {before !== null && <p className="text-muted">Now planned for {formatWall(before)}.</p>}
        <WhenField choice={choice} zone={zone} onChange={setChoice} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <SubmitButton disabled={!isReady}>{isReady ? `Move to ${formatWall(wallTime)}` : 'Move'}</SubmitButton>
        </DialogActions>
      </Form>
    </Dialog>
  );
}
