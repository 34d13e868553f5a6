import type { AccountSlots } from '@rookery/contract/slots.ts';
import { useState, type ReactElement } from 'react';

import { formatPlural } from '../../platform/format.ts';
import { useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { showToast } from '../../ui/toast.tsx';
import { Checkbox } from '../../ui/toggle.tsx';
import { showHandle } from '../accounts/words.ts';
import { saveSlots } from './save-slots.ts';

export interface CopyDialogProps {
  readonly from: AccountSlots;
  readonly others: readonly AccountSlots[];
  readonly onClose: () => void;
}

/** Gives other accounts the same week. */
export function CopyDialog({ from, others, onClose }: CopyDialogProps): ReactElement {
  const { workspace } = useSession();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (accountId: string): void => {
    const next = new Set(chosen);
    if (!next.delete(accountId)) next.add(accountId);
    setChosen(next);
  };
  const copy = async (): Promise<void> => {
    onClose();
    const saved = await Promise.all([...chosen].map((accountId) => saveSlots(workspace.workspaceId, accountId, from.slots)));
    const count = saved.filter(Boolean).length;
    if (count > 0) showToast(`Copied to ${formatPlural(count, 'account')}`);
  };
  return (
    <Dialog title="Copy the slots" description={`The ${formatPlural(from.slots.length, 'slot')} of ${showHandle(from.handle)} replace those of the accounts that you choose.`} onClose={onClose}>
      <div role="group" aria-label="Accounts" className="flex flex-col gap-2">
        {others.map(({ accountId, handle, slots }) => (
          <Checkbox
            key={accountId} label={showHandle(handle)} checked={chosen.has(accountId)} onChange={() => toggle(accountId)}
            help={slots.length === 0 ? 'No slots yet' : `Has ${formatPlural(slots.length, 'slot')} now`}
          />
        ))}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" disabled={chosen.size === 0} onClick={() => void copy()}>{chosen.size === 0 ? 'Copy' : `Copy to ${formatPlural(chosen.size, 'account')}`}</Button>
      </DialogActions>
    </Dialog>
  );
}
