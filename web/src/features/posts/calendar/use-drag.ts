import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent } from 'react';

import type { PlacedPost } from './grid-layout.ts';

const startsAfterPx = 5;
const stepMinutes = 15;
const edgePx = 48;
const scrollStepPx = 10;

/** A chip on its way: where it would be if it were dropped now. */
export interface Drag {
  readonly entry: PlacedPost;
  readonly day: string;
  readonly wallTime: string;
  readonly x: number;
  readonly y: number;
}

interface Start {
  readonly entry: PlacedPost;
  readonly x: number;
  readonly y: number;
  /** From the top of the chip to the pointer: the chip's top is its time. */
  readonly grabbedPx: number;
}

function clockOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** The minute of a day that a point of a column of 24 hours stands for, in steps of a quarter of an hour. */
export function minuteAt(offsetPx: number, heightPx: number): number {
  const minute = Math.round((offsetPx / heightPx) * 24 * 60 / stepMinutes) * stepMinutes;
  return Math.min(24 * 60 - stepMinutes, Math.max(0, minute));
}

/** Where a chip would land: a column gives a time, a cell of the month keeps the one it has. */
function landingAt(start: Start, x: number, y: number): { day: string; wallTime: string } | null {
  const place = document.elementsFromPoint(x, y).map((element) => element.closest<HTMLElement>('[data-drop-day]')).find((element) => element !== null);
  const day = place?.dataset['dropDay'];
  if (place === undefined || place === null || day === undefined) return null;
  if (place.dataset['dropHours'] === undefined) return { day, wallTime: `${day}T${start.entry.wallTime.slice(11)}` };
  const box = place.getBoundingClientRect();
  return { day, wallTime: `${day}T${clockOf(minuteAt(y - start.grabbedPx - box.top, box.height))}` };
}

/** Near the edge of what scrolls, it scrolls on. */
function scrollNearEdge(scroller: HTMLElement | null, y: number): void {
  const box = scroller?.getBoundingClientRect();
  const top = Math.max(box?.top ?? 0, 0);
  const bottom = Math.min(box?.bottom ?? innerHeight, innerHeight);
  const by = y < top + edgePx ? -scrollStepPx : y > bottom - edgePx ? scrollStepPx : 0;
  if (by === 0) return;
  if (scroller === null) scrollBy(0, by);
  else scroller.scrollTop += by;
}

export interface DragOptions {
  /** The post of a chip that may be moved; null for the others. */
  readonly findMovable: (postId: string) => PlacedPost | null;
  readonly drop: (entry: PlacedPost, wallTime: string) => void;
}

/** Swallows the click that follows a drop: it must not open the post. */
function swallowClick(): void {
  const swallow = (event: MouseEvent): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', swallow, { capture: true }));
}

interface Listeners {
  readonly show: (drag: Drag | null) => void;
  readonly drop: (entry: PlacedPost, wallTime: string) => void;
}

/** Follows the pointer until it lets go. Esc puts everything back. Answers what ends it early. */
function followPointer(start: Start, scroller: HTMLElement | null, { show, drop }: Listeners): () => void {
  let current: Drag | null = null;
  let frame = 0;
  const track = (x: number, y: number): void => {
    const landing = landingAt(start, x, y);
    current = { entry: start.entry, day: landing?.day ?? '', wallTime: landing?.wallTime ?? start.entry.wallTime, x, y };
    show(current);
  };
  const keepScrolling = (): void => {
    if (current === null) return;
    scrollNearEdge(scroller, current.y);
    track(current.x, current.y);
    frame = requestAnimationFrame(keepScrolling);
  };
  const onMove = (event: PointerEvent): void => {
    if (current === null && Math.hypot(event.clientX - start.x, event.clientY - start.y) < startsAfterPx) return;
    event.preventDefault();
    const isFirst = current === null;
    track(event.clientX, event.clientY);
    if (isFirst) keepScrolling();
  };
  const end = (): void => {
    cancelAnimationFrame(frame);
    listeners.abort();
    current = null;
    show(null);
  };
  const onUp = (): void => {
    const last = current;
    end();
    if (last === null) return;
    swallowClick();
    if (last.day !== '') drop(last.entry, last.wallTime);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || current === null) return;
    event.preventDefault();
    event.stopPropagation();
    end();
  };
  const listeners = new AbortController();
  const { signal } = listeners;
  addEventListener('pointermove', onMove, { signal, passive: false });
  addEventListener('pointerup', onUp, { signal });
  addEventListener('pointercancel', end, { signal });
  addEventListener('keydown', onKey, { signal, capture: true });
  return end;
}

/**
 * Dragging chips to another time with a mouse or pen. Fingers scroll; for them, and for keys, "Move to…" asks for the time.
 * The browser's own drag and drop is not used: it cannot show the new time at the pointer.
 */
export function useDrag({ findMovable, drop }: DragOptions): { drag: Drag | null; onPointerDown: (event: ReactPointerEvent) => void } {
  const [drag, setDrag] = useState<Drag | null>(null);
  const stop = useRef<(() => void) | null>(null);
  const latestDrop = useRef(drop);
  useEffect(() => {
    latestDrop.current = drop;
  });
  useEffect(() => () => stop.current?.(), []);
  const onPointerDown = (event: ReactPointerEvent): void => {
    if (event.button !== 0 || event.pointerType === 'touch' || !(event.target instanceof Element)) return;
    const chip = event.target.closest<HTMLElement>('[data-post]');
    if (chip === null || event.target.closest('button, [role=menu]') !== null) return;
    const entry = findMovable(chip.dataset['post'] ?? '');
    if (entry === null) return;
    const start = { entry, x: event.clientX, y: event.clientY, grabbedPx: event.clientY - chip.getBoundingClientRect().top };
    stop.current = followPointer(start, chip.closest<HTMLElement>('[data-scroller]'), { show: setDrag, drop: (moved, wallTime) => latestDrop.current(moved, wallTime) });
  };
  return { drag, onPointerDown };
}
