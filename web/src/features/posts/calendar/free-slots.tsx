import { listFreeSlots, type FreeSlot } from '@rookery/contract/slots.ts';
import { clsx } from 'clsx';
import { useMemo, type ReactElement } from 'react';

import { formatPlural, formatWall } from '../../../platform/format.ts';
import { useCall } from '../../../platform/query.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { useNow } from '../../../platform/use-now.ts';
import { useCalendarActions } from './actions.ts';

export type FreeByDay = ReadonlyMap<string, readonly FreeSlot[]>;
export const noFreeSlots: readonly FreeSlot[] = [];

/** The free slots of a period by day, for those who can write into them. Empty while they load: posts are not kept waiting. */
export function useFreeSlots({ from, to, account }: { from?: string; to?: string; account: string | undefined }): FreeByDay {
  const { workspace } = useSession();
  const canWrite = useCan('posts:write');
  const nowMs = useNow();
  const isAhead = from !== undefined && to !== undefined && Date.parse(to) > nowMs;
  const query = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), ...(account === undefined ? {} : { account }) };
  const found = useCall(listFreeSlots, { params: { workspaceId: workspace.workspaceId }, query }, { enabled: canWrite && isAhead }).data?.slots;
  return useMemo(() => Map.groupBy(found ?? noFreeSlots, ({ wallTime }) => wallTime.slice(0, 10)), [found]);
}

export function minuteOf({ wallTime }: Pick<FreeSlot, 'wallTime'>): number {
  return Number(wallTime.slice(11, 13)) * 60 + Number(wallTime.slice(14, 16));
}

/** A free slot as a faint dotted outline: pressing it writes a post for that time. By keyboard: "Next free slot" in the composer. */
export function SlotButton({ slot, className, top }: { readonly slot: FreeSlot; readonly className?: string; readonly top?: string }): ReactElement {
  const { write } = useCalendarActions();
  const [only, ...others] = slot.accountIds;
  const whose = others.length === 0 ? '' : ` of ${formatPlural(slot.accountIds.length, 'account')}`;
  return (
    <button
      type="button"
      tabIndex={-1}
      title="Free slot: write a post for it"
      style={{ top }}
      onClick={() => write(slot.wallTime, others.length === 0 ? only : undefined)}
      className={clsx('truncate rounded-small border border-dotted border-control px-1.5 text-left text-axis text-muted tabular hover:border-solid hover:border-accent hover:bg-accent-soft hover:text-ink', className)}
    >
      <span className="sr-only">Free slot{whose} on </span>
      <span className="sr-only">{formatWall(slot.wallTime)}</span>
      <span aria-hidden="true">{formatWall(slot.wallTime, 'time')}</span>
    </button>
  );
}

/** The free slots of one day in a row, as many as fit. */
export function SlotRow({ slots, max }: { readonly slots: readonly FreeSlot[]; readonly max: number }): ReactElement | null {
  if (slots.length === 0) return null;
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1">
      {slots.slice(0, max).map((slot) => <SlotButton key={slot.at} slot={slot} className="h-6 pointer-coarse:h-11 pointer-coarse:px-3" />)}
      {slots.length > max && <span className="text-axis text-muted">+ {slots.length - max}</span>}
    </div>
  );
}
