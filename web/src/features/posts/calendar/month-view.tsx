import { clsx } from 'clsx';
import { memo, type ReactElement } from 'react';
import type { FreeSlot } from '@rookery/contract/slots.ts';

import { dayInZone, formatDay, formatPlural, formatWeekday } from '../../../platform/format.ts';
import { useNow } from '../../../platform/use-now.ts';
import { useCalendarActions } from './actions.ts';
import { PostChip } from './chip.tsx';
import { noFreeSlots, SlotRow, type FreeByDay } from './free-slots.tsx';
import { fitInto, type PlacedPost } from './grid-layout.ts';
import { HiddenTrouble } from './hidden-trouble.tsx';
import type { Drag } from './use-drag.ts';

const chipsMax = 3;
const slotsMax = 3;
const nothingPlanned: readonly PlacedPost[] = [];

interface CellProps {
  readonly day: string;
  readonly entries: readonly PlacedPost[];
  readonly free: readonly FreeSlot[];
  readonly isToday: boolean;
  /** Belongs to the month before or after. */
  readonly isOutside: boolean;
  readonly isLanding: boolean;
  readonly isPhone: boolean;
  /** Each null unless it is a post of this day, so that the other days are not drawn anew. */
  readonly activeId: string | null;
  readonly liftedId: string | null;
  readonly movingIds: ReadonlySet<string>;
}

const attention = new Set(['failed', 'review', 'unknown']);

function DayNumber({ day, isToday }: { readonly day: string; readonly isToday: boolean }): ReactElement {
  return <span className={clsx('grid h-6 min-w-6 place-items-center rounded-full px-1 text-caption font-medium tabular', isToday && 'bg-accent text-on-accent')}>{Number(day.slice(8))}</span>;
}

/** On a phone a day is one button: its number, and how many posts. */
function SmallCell({ day, entries, isToday, isOutside }: CellProps): ReactElement {
  const { showDay } = useCalendarActions();
  const needsYou = entries.some(({ post }) => attention.has(post.state));
  return (
    <button type="button" onClick={() => showDay(day)} className={clsx('flex min-h-16 flex-col items-center gap-1 border-t border-l border-line py-1 focus-visible:-outline-offset-2', isOutside ? 'bg-sunken text-muted' : 'bg-surface')}>
      <DayNumber day={day} isToday={isToday} />
      {entries.length > 0 && <span className={clsx('rounded-full px-1.5 text-axis font-medium tabular', needsYou ? 'bg-danger-soft text-danger' : 'bg-accent-soft text-ink')}>{entries.length}</span>}
      <span className="sr-only">{formatDay(day)}, {formatPlural(entries.length, 'post')}{needsYou && ', one needs you'}</span>
    </button>
  );
}

const DayCell = memo(function DayCell(props: CellProps): ReactElement {
  const { day, entries, free, isToday, isOutside, isLanding, isPhone, activeId, liftedId, movingIds } = props;
  const { showDay, write, canWrite } = useCalendarActions();
  if (isPhone) return <SmallCell {...props} />;
  const { shown, more } = fitInto(entries, chipsMax);
  return (
    <section
      aria-label={formatDay(day, 'long')}
      data-drop-day={day}
      className={clsx(
        // Every cell has the same height, so that the browser need not measure what is in it to place the others.
        'group/day h-44 min-w-0 border-t border-l border-line p-1 [contain:strict] [content-visibility:auto]',
        isLanding ? 'bg-accent-soft' : isOutside ? 'bg-sunken' : isToday ? 'bg-accent-soft/35' : 'bg-surface',
      )}
    >
      <div className="flex h-6 items-center justify-between">
        <button type="button" onClick={() => showDay(day)} aria-label={`Open ${formatDay(day, 'long')}`} aria-current={isToday ? 'date' : undefined} className={clsx('rounded-full hover:bg-hover focus-visible:-outline-offset-2', isOutside && 'text-muted')}>
          <DayNumber day={day} isToday={isToday} />
        </button>
        {canWrite && (
          <button type="button" tabIndex={-1} aria-hidden="true" onClick={() => write(`${day}T09:00`)} className="grid size-6 place-items-center rounded-small text-muted opacity-0 group-hover/day:opacity-100 hover:bg-hover hover:text-ink">+</button>
        )}
      </div>
      {shown.map((entry) => (
        <div key={entry.post.id} className="mt-0.5 h-9 [contain:strict]">
          <PostChip entry={entry} lines={1} isActive={activeId === entry.post.id} isMoving={movingIds.has(entry.post.id)} isLifted={liftedId === entry.post.id} />
        </div>
      ))}
      {more > 0 && (
        <button type="button" onClick={() => showDay(day)} className="block h-6 w-full rounded-small px-1.5 text-left text-caption font-medium text-muted hover:bg-hover hover:text-ink focus-visible:-outline-offset-2">
          + {more} more<span className="sr-only"> on {formatDay(day)}</span>
          <HiddenTrouble entries={entries.filter((entry) => !shown.includes(entry))} />
        </button>
      )}
      {/* Where the posts leave no room for it, the day stays calm. */}
      {more === 0 && <div className="mt-1 px-0.5"><SlotRow slots={free} max={slotsMax} /></div>}
    </section>
  );
});

export interface MonthViewProps {
  readonly days: readonly string[];
  /** The day that decides which month is in view. */
  readonly date: string;
  readonly byDay: ReadonlyMap<string, readonly PlacedPost[]>;
  readonly freeByDay: FreeByDay;
  readonly zone: string;
  readonly isPhone: boolean;
  readonly activeId: string | null;
  readonly movingIds: ReadonlySet<string>;
  readonly drag: Drag | null;
}

/** A month in whole weeks: up to three posts a day, and how many more. */
export function MonthView({ days, date, byDay, freeByDay, zone, isPhone, activeId, movingIds, drag }: MonthViewProps): ReactElement {
  const today = dayInZone(useNow(), zone);
  const liftedId = drag?.entry.post.id ?? null;
  return (
    <div className="overflow-clip rounded-card border border-line bg-surface">
      <div className="-ml-px grid grid-cols-7" aria-hidden="true">
        {days.slice(0, 7).map((day) => <span key={day} className="py-2 text-center text-caption font-medium text-muted">{formatWeekday(day)}</span>)}
      </div>
      <div className="-ml-px grid grid-cols-7">
        {days.map((day) => {
          const entries = byDay.get(day) ?? nothingPlanned;
          const has = (id: string | null): string | null => (id !== null && entries.some(({ post }) => post.id === id) ? id : null);
          return (
            <DayCell
              key={day} day={day} entries={entries} free={freeByDay.get(day) ?? noFreeSlots} isToday={day === today} isOutside={day.slice(0, 7) !== date.slice(0, 7)} isLanding={drag?.day === day}
              isPhone={isPhone} activeId={has(activeId)} liftedId={has(liftedId)} movingIds={movingIds}
            />
          );
        })}
      </div>
    </div>
  );
}
