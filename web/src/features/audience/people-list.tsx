import type { ChangeKind, Person } from '@rookery/contract/audience.ts';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';

import type { ApiError } from '../../platform/api-error.ts';
import { useShortcut } from '../../platform/keyboard.ts';
import { Button } from '../../ui/button.tsx';
import { PersonRow } from './person-row.tsx';

/** One row: a person, and what is said of them here. */
export interface PersonEntry {
  readonly id: string;
  readonly accountId: string;
  readonly person: Person;
  readonly kind: ChangeKind | null;
  readonly at: string | null;
}

export interface PeopleListProps {
  readonly label: string;
  readonly entries: readonly PersonEntry[];
  /** How many there are in all; null where that is not known. */
  readonly total: number | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Why the next page did not come. */
  readonly moreError: ApiError | null;
  readonly onMore: () => void;
  /** The person in the panel. */
  readonly open: { readonly key: string; readonly accountId: string } | null;
  readonly onOpen: (entry: PersonEntry) => void;
  readonly onClose: () => void;
}

const rowHeight = 60;
/** Rows from the end at which the next page is asked for. */
const reserveRows = 60;

/** Rows of people; only those near the window are in the page, whatever their number. J and K walk, Enter opens, Esc closes. */
export function PeopleList(props: PeopleListProps): ReactElement {
  const { label, entries, total, hasMore, isLoadingMore, moreError, onMore, open, onOpen, onClose } = props;
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const [current, setCurrent] = useState(-1);
  const wantsFocus = useRef(false);
  useLayoutEffect(() => {
    const measure = (): void => setTop((list.current?.getBoundingClientRect().top ?? 0) + globalThis.scrollY);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  // oxlint-disable-next-line react/incompatible-library -- nothing of it is memoised or handed down
  const virtualizer = useWindowVirtualizer({
    count: entries.length, estimateSize: () => rowHeight, overscan: 8, scrollMargin: top, scrollPaddingStart: 120, scrollPaddingEnd: 120,
    getItemKey: (index) => entries[index]?.id ?? index,
  });
  const rows = virtualizer.getVirtualItems();
  const lastIndex = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isLoadingMore && moreError === null && lastIndex >= entries.length - reserveRows) onMore();
  }, [hasMore, isLoadingMore, moreError, lastIndex, entries.length, onMore]);
  const move = (by: number): void => {
    const next = Math.min(entries.length - 1, Math.max(0, current + by));
    const entry = entries[next];
    if (entry === undefined) return;
    setCurrent(next);
    virtualizer.scrollToIndex(next);
    if (open === null) wantsFocus.current = true;
    else onOpen(entry);
  };
  useEffect(() => {
    // The row may have come into the page only by scrolling to it.
    if (!wantsFocus.current) return;
    const link = list.current?.querySelector<HTMLElement>(`[data-index="${current}"] a`);
    if (link === null || link === undefined) return;
    wantsFocus.current = false;
    link.focus({ preventScroll: true });
  });
  useShortcut('j', 'Next person', () => move(1));
  useShortcut('k', 'Previous person', () => move(-1));
  return (
    <>
      <ul ref={list} aria-label={label} className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {rows.map((row) => {
          const entry = entries[row.index];
          if (entry === undefined) return null;
          return (
            <li
              key={row.key}
              data-index={row.index}
              aria-setsize={total ?? -1}
              aria-posinset={row.index + 1}
              className="absolute inset-x-0 top-0 h-15 border-t border-line"
              style={{ transform: `translateY(${row.start - top}px)` }}
            >
              <PersonRow
                entry={entry}
                isOpen={open?.key === entry.person.key && open.accountId === entry.accountId}
                onOpen={() => setCurrent(row.index)}
                onClose={onClose}
              />
            </li>
          );
        })}
      </ul>
      {hasMore && (
        <div className="flex min-h-14 flex-wrap items-center justify-center gap-3 border-t border-line px-5 py-3 text-muted" role="status">
          {moreError === null
            ? 'Loading more'
            : <>{moreError.message} <Button size="small" isBusy={isLoadingMore} onClick={onMore}>Try again</Button></>}
        </div>
      )}
    </>
  );
}
