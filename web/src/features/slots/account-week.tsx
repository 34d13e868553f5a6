import type { AccountSlots, Slot } from '@rookery/contract/slots.ts';
import { Ellipsis, Plus, X } from 'lucide-react';
import { useRef, useState, type ReactElement, type RefObject } from 'react';

import { formatPlural, formatWall } from '../../platform/format.ts';
import { useSession } from '../../platform/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../../ui/menu.tsx';
import { showHandle } from '../accounts/words.ts';
import { AddSlots } from './add-slots.tsx';
import { saveWithUndo } from './save-slots.ts';
import { addTime, nameDay, nameTime, presets, weekFrom, withoutSlot, type Addition } from './week.ts';

interface WeekProps {
  readonly account: AccountSlots;
  readonly weekStart: number;
  /** Null: may only look. */
  readonly onRemove: ((slot: Slot) => void) | null;
}

/** Seven columns, or on a phone seven lines. */
function Week({ account, weekStart, onRemove }: WeekProps): ReactElement {
  return (
    <ul className="grid gap-x-2 gap-y-1 md:grid-cols-7">
      {weekFrom(weekStart).map((weekday) => {
        const slots = account.slots.filter((slot) => slot.weekday === weekday);
        return (
          <li key={weekday} className="flex min-w-0 gap-2 max-md:items-baseline max-md:border-t max-md:border-line max-md:py-1.5 md:flex-col">
            <span className="text-caption font-medium text-muted max-md:w-10 max-md:shrink-0"><span aria-hidden="true">{nameDay(weekday)}</span><span className="sr-only">{nameDay(weekday, 'long')}</span></span>
            {slots.length === 0
              ? <span className="text-caption text-faint"><span aria-hidden="true">–</span><span className="sr-only">No slots</span></span>
              : (
                <ul className="flex min-w-0 flex-wrap gap-1.5 md:flex-col md:items-stretch">
                  {slots.map((slot) => (
                    <li key={slot.time} className="flex h-8 min-w-0 items-center justify-between gap-1 rounded-small border border-dotted border-control bg-surface pl-2.5 pointer-coarse:h-11">
                      <span className="tabular">{nameTime(slot.time)}</span>
                      {onRemove === null ? <span className="w-2.5" /> : (
                        <button
                          type="button" aria-label={`Remove ${nameDay(weekday, 'long')} ${nameTime(slot.time)} of ${showHandle(account.handle)}`} onClick={() => onRemove(slot)}
                          className="grid size-8 shrink-0 place-items-center rounded-small text-muted hover:text-danger focus-visible:-outline-offset-2 pointer-coarse:size-11"
                        >
                          <X size={14} aria-hidden="true" />
                        </button>
                      )}
                    </li>
                  ))}
                </ul>
              )}
          </li>
        );
      })}
    </ul>
  );
}

function describeWeek({ slots, nextFree }: AccountSlots): string {
  if (slots.length === 0) return 'No slots yet';
  const next = nextFree === null ? 'none is free in the next 90 days' : `next free: ${formatWall(nextFree.wallTime)}`;
  return `${formatPlural(slots.length, 'slot')} a week · ${next}`;
}

export interface AccountWeekProps {
  readonly account: AccountSlots;
  /** What the account calls itself; empty where it has no name. */
  readonly ownName: string;
  readonly network: string;
  readonly networkName: string;
  readonly weekStart: number;
  readonly canManage: boolean;
  /** Null where there is no other account to copy to. */
  readonly onCopy: (() => void) | null;
}

/** The week of one account. Every change is saved at once, and can be undone. */
export function AccountWeek({ account, ownName, network, networkName, weekStart, canManage, onCopy }: AccountWeekProps): ReactElement {
  const { workspace } = useSession();
  const [isAdding, setIsAdding] = useState(false);
  const opener: RefObject<HTMLButtonElement | null> = useRef(null);
  const save = (slots: readonly Slot[], words: string): void => void saveWithUndo(workspace.workspaceId, account, { slots, words });
  const add = (weekdays: readonly number[], time: string): Addition => {
    const addition = addTime(account.slots, weekdays, time);
    if (addition.slots !== null) save(addition.slots, addition.words);
    return addition;
  };
  const remove = (slot: Slot): void => {
    // The button goes with its slot: who came by keyboard goes on from the card's own.
    opener.current?.focus();
    save(withoutSlot(account.slots, slot), `${nameDay(slot.weekday, 'long')} ${nameTime(slot.time)} removed`);
  };
  const name = showHandle(account.handle);
  return (
    <li className="flex min-w-0 flex-col gap-4 rounded-card border border-line bg-surface p-5 max-sm:p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Avatar name={ownName === '' ? account.handle : ownName} network={network} size="large" />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold">{name} <span className="font-normal text-muted">{networkName}</span></h2>
          <p className="text-caption text-muted">{describeWeek(account)}</p>
        </div>
        {canManage && (
          <div className="flex gap-2">
            <Button ref={opener} aria-label={`Add slots to ${name}`} aria-expanded={isAdding} onClick={() => setIsAdding(!isAdding)}><Plus size={16} aria-hidden="true" /> Add slots</Button>
            <Menu trigger={<Button kind="ghost" size="icon" aria-label={`More about the slots of ${name}`}><Ellipsis size={16} aria-hidden="true" /></Button>}>
              <MenuLabel>Use instead</MenuLabel>
              {presets.map(({ label, slots }) => <MenuItem key={label} onSelect={() => save(slots, `${label}: ${formatPlural(slots.length, 'slot')}`)}>{label}</MenuItem>)}
              {account.slots.length > 0 && (
                <>
                  <MenuLine />
                  {onCopy !== null && <MenuItem onSelect={onCopy}>Copy to other accounts…</MenuItem>}
                  <MenuItem isDangerous onSelect={() => save([], 'All slots removed')}>Remove all slots</MenuItem>
                </>
              )}
            </Menu>
          </div>
        )}
      </div>
      {isAdding && (
        <AddSlots
          weekStart={weekStart} onAdd={add}
          onClose={() => {
            setIsAdding(false);
            opener.current?.focus();
          }}
        />
      )}
      {account.slots.length > 0 && <Week account={account} weekStart={weekStart} onRemove={canManage ? remove : null} />}
      {account.slots.length === 0 && canManage && !isAdding && (
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-caption text-muted">Start with</span>
          {presets.map(({ label, slots }) => <Button key={label} size="small" onClick={() => save(slots, `${label}: ${formatPlural(slots.length, 'slot')}`)}>{label}</Button>)}
        </div>
      )}
    </li>
  );
}
