import { useEffect, useRef, type ReactElement } from 'react';

import { formatDay, formatDays } from '../../platform/format.ts';
import { useShortcut } from '../../platform/keyboard.ts';
import { Button } from '../../ui/button.tsx';
import { Chip, FilterTag } from '../../ui/chip.tsx';
import { SearchInput } from '../../ui/field.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import type { AudienceSearch } from './search.ts';

const typingMs = 500;

interface FindBoxProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Text to find; goes to the address when typing pauses, or at once with Enter. */
function FindBox({ value, onChange }: FindBoxProps): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useShortcut('/', 'Find a person', () => input.current?.focus());
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // The address changed by other means: a link, Back, or "Clear filters".
    if (input.current !== null && document.activeElement !== input.current) input.current.value = value;
  }, [value]);
  const send = (): void => {
    clearTimeout(timer.current);
    const typed = input.current?.value.trim() ?? '';
    if (typed !== value) onChange(typed);
  };
  return (
    <form
      role="search"
      className="min-w-0 flex-1 basis-52 sm:max-w-72"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <SearchInput
        ref={input}
        aria-label="Find by name or handle"
        placeholder="Name or handle"
        maxLength={100}
        defaultValue={value}
        onChange={() => {
          clearTimeout(timer.current);
          timer.current = setTimeout(send, typingMs);
        }}
        onBlur={send}
      />
    </form>
  );
}

const changeOptions = [
  { value: 'all', label: 'All' }, { value: 'gained', label: 'Came' }, { value: 'lost', label: 'Left' },
] as const;

type FilterChange = { readonly [K in keyof AudienceSearch]?: AudienceSearch[K] | undefined };

/** Sets or drops one member of the address; the panel closes, for its person may not be in the list any more. */
export function withFilter(search: AudienceSearch, change: FilterChange): AudienceSearch {
  const { person: _, of: __, ...rest } = search;
  // Undefined members are dropped by the router when it writes the address, and by `parseAudienceSearch` when it reads it.
  return Object.fromEntries(Object.entries({ ...rest, ...change }).filter(([, value]) => value !== undefined && value !== ''));
}

/** Whether anything narrows the list beyond account and range. */
export function isNarrowed(search: AudienceSearch): boolean {
  const { change, verified, q, from, to } = search;
  return [change, verified, q, from, to].some((value) => value !== undefined);
}

/** The address without what narrows the list. */
export function withoutFilters(search: AudienceSearch): AudienceSearch {
  return withFilter(search, { change: undefined, verified: undefined, q: undefined, from: undefined, to: undefined });
}

function daysInWords(from: string | undefined, to: string | undefined): string {
  if (from !== undefined && from === to) return `Day: ${formatDay(from)}`;
  if (from !== undefined && to !== undefined) return `Days: ${formatDays(from, to)}`;
  return from === undefined ? `Days: until ${formatDay(to ?? '')}` : `Days: ${formatDay(from)} on`;
}

interface FiltersProps {
  readonly search: AudienceSearch;
  readonly view: 'changes' | 'followers';
  readonly onChange: (search: AudienceSearch) => void;
}

/** What to list: each choice goes to the address, so a link shows the same. */
export function Filters({ search, view, onChange }: FiltersProps): ReactElement {
  const set = (change: FilterChange): void => onChange(withFilter(search, change));
  const hasDays = view === 'changes' && (search.from !== undefined || search.to !== undefined);
  return (
    <div className="flex flex-wrap items-center gap-2 px-5 pb-4 max-sm:px-4">
      <FindBox value={search.q ?? ''} onChange={(q) => set({ q })} />
      {view === 'changes' && (
        <SegmentedControl
          label="Which changes"
          options={changeOptions}
          value={search.change ?? 'all'}
          onChange={(value) => set({ change: value === 'all' ? undefined : value })}
        />
      )}
      <Chip isOn={search.verified === true} onToggle={() => set({ verified: search.verified === true ? undefined : true })}>Verified</Chip>
      {view === 'changes' && (
        <Chip isOn={search.sort === 'oldest'} onToggle={() => set({ sort: search.sort === 'oldest' ? undefined : 'oldest' })}>
          Oldest first
        </Chip>
      )}
      {hasDays && <FilterTag onRemove={() => set({ from: undefined, to: undefined })}>{daysInWords(search.from, search.to)}</FilterTag>}
      {isNarrowed(search) && <Button kind="ghost" size="small" onClick={() => onChange(withoutFilters(search))}>Clear filters</Button>}
    </div>
  );
}
