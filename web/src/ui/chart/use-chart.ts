import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';

/** The width of an element in pixels, kept true while it changes; 0 before the first measure. */
export function useWidth(): { readonly ref: RefObject<HTMLDivElement | null>; readonly width: number } {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.round(element.clientWidth)));
    observer.observe(element);
    setWidth(Math.round(element.clientWidth));
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

/** Where an arrow key moves a cursor among `count` days; null for other keys. Nothing chosen yet starts at the end. */
export function moveCursor(key: string, index: number | null, count: number): number | null {
  const last = count - 1;
  const from = index ?? last + (key === 'ArrowLeft' || key === 'ArrowDown' ? 1 : 0);
  const target = {
    ArrowLeft: from - 1, ArrowDown: from - 1, ArrowRight: index === null ? last : from + 1, ArrowUp: index === null ? last : from + 1,
    PageUp: from - 7, PageDown: from + 7, Home: 0, End: last,
  }[key];
  return target === undefined || count === 0 ? null : Math.min(last, Math.max(0, target));
}

export interface Cursor {
  readonly index: number | null;
  readonly handlers: {
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerLeave: () => void;
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
    readonly onBlur: () => void;
  };
}

/** One cursor for pointer, touch and arrow keys. Enter picks the day under it, Escape lets go. */
export function useCursor(count: number, indexAt: (x: number) => number, onPick?: (index: number) => void): Cursor {
  const [index, setIndex] = useState<number | null>(null);
  const indexOf = (event: PointerEvent<HTMLElement>): number => indexAt(event.clientX - event.currentTarget.getBoundingClientRect().left);
  return {
    index: index === null || count === 0 ? null : Math.min(index, count - 1),
    handlers: {
      onPointerMove: (event) => setIndex(indexOf(event)),
      onPointerLeave: () => setIndex(null),
      onPointerDown: (event) => {
        setIndex(indexOf(event));
        if (event.pointerType === 'mouse') onPick?.(indexOf(event));
      },
      onKeyDown: (event) => {
        if (event.key === 'Escape' && index !== null) {
          event.stopPropagation();
          setIndex(null);
        } else if ((event.key === 'Enter' || event.key === ' ') && index !== null && onPick !== undefined) {
          event.preventDefault();
          onPick(index);
        } else {
          const next = moveCursor(event.key, index, count);
          if (next === null) return;
          event.preventDefault();
          setIndex(next);
        }
      },
      onBlur: () => setIndex(null),
    },
  };
}
