import { findNextSlot, type SlotMoment } from '@rookery/contract/slots.ts';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { formatPlural, formatRelative, formatWall } from '../../../platform/format.ts';
import { useCall } from '../../../platform/query.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { useNow } from '../../../platform/use-now.ts';
import { buttonStyle } from '../../../ui/button.tsx';

const looksAgainMs = 30_000;

/** The slot that the post would get now; while it is looked for, and where there is none, null and why. */
export interface NextSlot {
  readonly slot: SlotMoment | null;
  /** Why there is none, in words; null while it is looked for. */
  readonly reason: string | null;
  /** There is none because slots are missing or all taken: adding some helps. */
  readonly needsSlots: boolean;
  /** How many of the accounts have no slots and go out with the others. */
  readonly withoutSlots: number;
}

/** Looks for the next free slot of the chosen accounts, and again when other posts or slots change. */
export function useNextSlot(accountIds: readonly string[], { postId, isWanted }: { postId: string | null; isWanted: boolean }): NextSlot {
  const { workspace } = useSession();
  const body = { accountIds: [...accountIds].sort(), ...(postId === null ? {} : { postId }) };
  const isChosen = accountIds.length > 0;
  const { data, error } = useCall(findNextSlot, { params: { workspaceId: workspace.workspaceId }, body }, { enabled: isWanted && isChosen, refetchMs: looksAgainMs });
  const none = { slot: null, needsSlots: false, withoutSlots: 0 };
  if (!isChosen) return { ...none, reason: 'Choose an account first: it is its slots that count.' };
  if (data === undefined) return { ...none, reason: error === null ? null : error.message };
  return { slot: data.slot, reason: data.reason, needsSlots: data.slot === null, withoutSlots: data.withoutSlots.length };
}

/** Which time the next free slot is, in words, or what to do where there is none. */
export function SlotField({ nextSlot, zone }: { readonly nextSlot: NextSlot; readonly zone: string }): ReactElement {
  const nowMs = useNow();
  const canManage = useCan('accounts:manage');
  const { slot, reason, needsSlots, withoutSlots } = nextSlot;
  return (
    <div role="status" className="min-w-0">
      {slot !== null && (
        <>
          <p className="flex min-h-(--button-height) flex-wrap items-center gap-x-2"><span className="font-medium tabular">{formatWall(slot.wallTime)}</span><span className="text-caption text-muted">{zone.replaceAll('_', ' ')}</span></p>
          <p className="text-caption text-muted">
            Goes out {formatRelative(slot.at, nowMs, zone)}
            {withoutSlots > 0 && `. ${formatPlural(withoutSlots, 'account without slots goes', 'accounts without slots go')} out with it`}
          </p>
        </>
      )}
      {slot === null && (
        <p className="flex min-h-(--button-height) max-w-96 flex-wrap items-center gap-x-2 gap-y-1 text-caption text-muted">
          <span>{reason ?? 'Looking for it …'}</span>
          {needsSlots && <Link to="/queue" className={buttonStyle({ size: 'small' })}>{canManage ? 'Add slots' : 'See the slots'}</Link>}
        </p>
      )}
    </div>
  );
}
