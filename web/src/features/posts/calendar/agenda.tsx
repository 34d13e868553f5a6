import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';

import { dayInZone, formatDay } from '../../../platform/format.ts';
import { useNow } from '../../../platform/use-now.ts';
import { useCalendarActions } from './actions.ts';
import { PostChip } from './chip.tsx';
import { noFreeSlots, SlotRow, type FreeByDay } from './free-slots.tsx';
import type { PlacedPost } from './grid-layout.ts';

/** Posts of one day below each other, each with its menu. */
export function DayPosts({ entries, movingIds }: { readonly entries: readonly PlacedPost[]; readonly movingIds: ReadonlySet<string> }): ReactElement {
  return (
    <ul className="flex flex-col gap-1.5">
      {entries.map((entry) => (
        <li key={entry.post.id} className="min-h-14 [&_a]:pr-8">
          <PostChip entry={entry} lines={2} isActive isMoving={movingIds.has(entry.post.id)} />
        </li>
      ))}
    </ul>
  );
}

export interface AgendaProps {
  readonly days: readonly string[];
  readonly byDay: ReadonlyMap<string, readonly PlacedPost[]>;
  readonly freeByDay: FreeByDay;
  readonly zone: string;
  readonly movingIds: ReadonlySet<string>;
}

/** The week on a phone: day after day, read downwards. */
export function Agenda({ days, byDay, freeByDay, zone, movingIds }: AgendaProps): ReactElement {
  const { write, canWrite } = useCalendarActions();
  const today = dayInZone(useNow(), zone);
  return (
    <div className="flex flex-col gap-4">
      {days.map((day) => {
        const entries = byDay.get(day) ?? [];
        return (
          <section key={day} aria-label={formatDay(day, 'long')} className="flex flex-col gap-1.5">
            <div className="flex items-center justify-between gap-2">
              <h2 className="font-semibold">{formatDay(day, 'long')}{day === today && <span className="ml-2 text-caption font-medium text-accent">Today</span>}</h2>
              {canWrite && day >= today && (
                <button type="button" aria-label={`New post on ${formatDay(day)}`} onClick={() => write(`${day}T09:00`)} className="grid size-8 place-items-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11">
                  <Plus size={16} aria-hidden="true" />
                </button>
              )}
            </div>
            {entries.length === 0 ? <p className="text-caption text-muted">Nothing planned</p> : <DayPosts entries={entries} movingIds={movingIds} />}
            <SlotRow slots={freeByDay.get(day) ?? noFreeSlots} max={12} />
          </section>
        );
      })}
    </div>
  );
}
