import { useState, type ReactElement, type ReactNode } from 'react';

import { ApiError } from '../platform/api-error.ts';
import { Button } from './button.tsx';
import { Callout } from './callout.tsx';
import { Dialog, DialogActions } from './dialog.tsx';

export interface ConfirmDialogProps {
  /** The question: "Remove Ada from the workspace?". */
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** The verb of the title: "Remove". */
  readonly verb: string;
  readonly confirm: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly isDangerous?: boolean;
}

/** Asks before something that can't be undone; stays open with the reason when it fails. */
export function ConfirmDialog({ title, children, verb, confirm, onClose, isDangerous = true }: ConfirmDialogProps): ReactElement {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async (): Promise<void> => {
    setIsBusy(true);
    setProblem(null);
    try {
      await confirm();
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : 'That did not work. Try again.');
      setIsBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="text-muted">{children}</div>
      {problem !== null && <Callout tone="danger" role="alert">{problem}</Callout>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind={isDangerous ? 'danger-filled' : 'primary'} isBusy={isBusy} onClick={() => void run()}>{verb}</Button>
      </DialogActions>
    </Dialog>
  );
}
