import { clsx } from 'clsx';
import { memo, useEffect, useRef, type MouseEvent, type ReactElement } from 'react';
import type { FreeSlot } from '@rookery/contract/slots.ts';
import { wallTimeOf } from '@rookery/contract/wall-time.ts';

import { formatDay, formatWall, formatWeekday } from '../../../platform/format.ts';
import { useNow } from '../../../platform/use-now.ts';
import { useCalendarActions } from './actions.ts';
import { PostChip } from './chip.tsx';
import { minuteOf, noFreeSlots, SlotButton, type FreeByDay } from './free-slots.tsx';
import { layOutDay, type PlacedPost } from './grid-layout.ts';
import { HiddenTrouble } from './hidden-trouble.tsx';
import { minuteAt, type Drag } from './use-drag.ts';

const hourRem = 4;
/** A chip of 3.5 rem, and the gap to the next. */
const room = { boxMinutes: 54, lanesMax: 2 };
/** An outline of 1.75 rem. */
const slotBoxMinutes = 27;
const opensAtHour = 7;
const nothingPlanned: readonly PlacedPost[] = [];

function remOf(minute: number): string {
  return `${(minute / 60) * hourRem}rem`;
}

/** A post stands there, of this account or another: an outline under it would only be noise. */
function isCovered(minute: number, entries: readonly PlacedPost[]): boolean {
  return entries.some((entry) => entry.minute > minute - room.boxMinutes && entry.minute < minute + slotBoxMinutes);
}

interface ColumnProps {
  readonly day: string;
  readonly entries: readonly PlacedPost[];
  readonly free: readonly FreeSlot[];
  /** Where the line of the present moment is; null on other days. */
  readonly nowMinute: number | null;
  readonly activeId: string | null;
  readonly movingIds: ReadonlySet<string>;
  readonly liftedId: string | null;
  /** Minute at which a dragged chip would land here. */
  readonly landingMinute: number | null;
}

const DayColumn = memo(function DayColumn({ day, entries, free, nowMinute, activeId, movingIds, liftedId, landingMinute }: ColumnProps): ReactElement {
  const { showDay, write, canWrite } = useCalendarActions();
  const { chips, stacks } = layOutDay(entries, room);
  const startWriting = (event: MouseEvent<HTMLElement>): void => {
    if (!canWrite || event.target !== event.currentTarget) return;
    const box = event.currentTarget.getBoundingClientRect();
    // The half hour that was pressed, not the nearest.
    const minute = Math.floor(minuteAt(event.clientY - box.top, box.height) / 30) * 30;
    write(`${day}T${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- by keyboard: N, or "New post"
    <div
      data-drop-day={day}
      data-drop-hours=""
      onClick={startWriting}
      className={clsx(
        'relative border-l border-line bg-[repeating-linear-gradient(to_bottom,var(--line)_0_1px,transparent_1px_4rem)]',
        nowMinute !== null && 'bg-accent-soft/35', canWrite && 'cursor-copy',
      )}
      style={{ height: remOf(24 * 60) }}
    >
      {landingMinute !== null && (
        <div aria-hidden="true" className="pointer-events-none absolute inset-x-0.5 rounded-small border border-dashed border-accent bg-accent-soft" style={{ top: remOf(landingMinute), height: '3.5rem' }} />
      )}
      {free.filter((slot) => !isCovered(minuteOf(slot), entries)).map((slot) => (
        <SlotButton key={slot.at} slot={slot} top={remOf(minuteOf(slot))} className="absolute inset-x-0.5 h-7" />
      ))}
      {chips.map(({ entry, topMinute, lane, lanes }) => (
        <div key={entry.post.id} className="absolute h-14 p-px" style={{ top: remOf(topMinute), left: `${(lane / lanes) * 100}%`, width: `${100 / lanes}%` }}>
          <PostChip entry={entry} lines={2} isActive={activeId === entry.post.id} isMoving={movingIds.has(entry.post.id)} isLifted={liftedId === entry.post.id} />
        </div>
      ))}
      {stacks.map(({ entries: [first, ...others], topMinute, lane, lanes }) => (
        <div key={`more:${first?.post.id ?? ''}`} className="absolute h-14 p-px" style={{ top: remOf(topMinute), left: `${(lane / lanes) * 100}%`, width: `${100 / lanes}%` }}>
          <button type="button" onClick={() => showDay(day)} className="h-full w-full rounded-small border border-dashed border-control bg-sunken px-1 text-caption font-medium text-muted hover:text-ink focus-visible:-outline-offset-2">
            + {others.length + 1} more<span className="sr-only"> from {formatWall(first?.wallTime ?? `${day}T00:00`)}</span>
            <HiddenTrouble entries={first === undefined ? others : [first, ...others]} />
          </button>
        </div>
      ))}
      {nowMinute !== null && <span aria-hidden="true" className="pointer-events-none absolute inset-x-0 z-1 h-0.5 bg-loss" style={{ top: remOf(nowMinute) }} />}
    </div>
  );
});

export interface WeekViewProps {
  readonly days: readonly string[];
  readonly byDay: ReadonlyMap<string, readonly PlacedPost[]>;
  readonly freeByDay: FreeByDay;
  readonly zone: string;
  readonly activeId: string | null;
  readonly movingIds: ReadonlySet<string>;
  readonly drag: Drag | null;
}

/** A week with its hours. Pressing a free place writes a post for it. */
export function WeekView({ days, byDay, freeByDay, zone, activeId, movingIds, drag }: WeekViewProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const { showDay } = useCalendarActions();
  const now = wallTimeOf(new Date(useNow()), zone);
  const today = now.slice(0, 10);
  const nowMinute = Number(now.slice(11, 13)) * 60 + Number(now.slice(14));
  useEffect(() => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = (element.scrollHeight / 24.7) * opensAtHour;
  }, []);
  return (
    <div
      ref={scroller}
      data-scroller
      role="group"
      aria-label="Week, hour by hour"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by keyboard
      tabIndex={0}
      className="h-[calc(100dvh-9.5rem)] min-h-96 overflow-auto rounded-card border border-line bg-surface"
    >
      <div className="sticky top-0 z-10 grid min-w-160 grid-cols-[3.25rem_repeat(7,minmax(0,1fr))] border-b border-line bg-surface">
        <span />
        {days.map((day) => (
          <button key={day} type="button" onClick={() => showDay(day)} aria-current={day === today ? 'date' : undefined} className="flex h-11 items-center justify-center gap-1.5 border-l border-line font-medium hover:bg-hover focus-visible:-outline-offset-2">
            <span className="text-muted">{formatWeekday(day)}</span>
            <span className={clsx('grid h-6 min-w-6 place-items-center rounded-full px-1 tabular', day === today && 'bg-accent text-on-accent')}>{Number(day.slice(8))}</span>
            <span className="sr-only">{formatDay(day)}</span>
          </button>
        ))}
      </div>
      <div className="grid min-w-160 grid-cols-[3.25rem_repeat(7,minmax(0,1fr))]">
        <div aria-hidden="true" className="relative">
          {Array.from({ length: 23 }, (_, index) => (
            <span key={index} className="absolute right-2 -translate-y-1/2 text-axis whitespace-nowrap text-faint tabular" style={{ top: remOf((index + 1) * 60) }}>
              {formatWall(`${days[0] ?? '2026-01-01'}T${String(index + 1).padStart(2, '0')}:00`, 'hour')}
            </span>
          ))}
        </div>
        {days.map((day) => (
          <DayColumn
            key={day}
            day={day}
            entries={byDay.get(day) ?? nothingPlanned}
            free={freeByDay.get(day) ?? noFreeSlots}
            nowMinute={day === today ? nowMinute : null}
            activeId={activeId}
            movingIds={movingIds}
            liftedId={drag?.entry.post.id ?? null}
            landingMinute={drag?.day === day ? Number(drag.wallTime.slice(11, 13)) * 60 + Number(drag.wallTime.slice(14)) : null}
          />
        ))}
      </div>
    </div>
  );
}
