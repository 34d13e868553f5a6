import type { Account } from '@rookery/contract/accounts.ts';
import type { AudienceSummary, Change, Follower } from '@rookery/contract/audience.ts';
import { clsx } from 'clsx';
import type { ReactElement, ReactNode } from 'react';

import { formatDay, formatPlural } from '../../platform/format.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { isNarrowed, withFilter, withoutFilters } from './filters.tsx';
import { PeopleList, type PersonEntry } from './people-list.tsx';
import { PersonPanel } from './person-panel.tsx';
import type { AudienceSearch } from './search.ts';
import { useChanges, useFollowers } from './use-people.ts';
import { rangeWords } from '../../platform/ranges.ts';

function entryOfChange(change: Change): PersonEntry {
  return { id: change.id, accountId: change.accountId, person: change.person, kind: change.kind, at: change.at };
}

function entryOfFollower(follower: Follower): PersonEntry {
  return { id: `${follower.accountId}:${follower.person.key}`, accountId: follower.accountId, person: follower.person, kind: null, at: follower.since };
}

interface ListStateProps {
  readonly search: AudienceSearch;
  readonly show: (search: AudienceSearch) => void;
  readonly label: string;
  /** Of an infinite query: `useChanges` or `useFollowers`. */
  readonly list: Omit<ReturnType<typeof useChanges>, 'data'> | Omit<ReturnType<typeof useFollowers>, 'data'>;
  readonly entries: readonly PersonEntry[] | undefined;
  readonly total: number | null;
  readonly count: ReactNode;
  readonly empty: ReactNode;
}

/** Skeleton, error, nothing, or the rows; and the panel of the person whom the address names. */
function ListState({ search, show, label, list, entries, total, count, empty }: ListStateProps): ReactElement {
  const close = (): void => show(withFilter(search, {}));
  const open = search.person !== undefined && search.of !== undefined ? { key: search.person, accountId: search.of } : null;
  const known = open === null ? undefined : entries?.find((entry) => entry.person.key === open.key && entry.accountId === open.accountId);
  return (
    <>
      {entries === undefined && list.error === null && <SkeletonRows rows={8} label={`Loading: ${label}`} />}
      {entries === undefined && list.error !== null && <ErrorState what={label} error={list.error} onRetry={() => void list.refetch()} />}
      {entries !== undefined && <p role="status" className="px-5 pb-3 text-caption text-muted tabular max-sm:px-4">{count}</p>}
      {entries?.length === 0 && <div className="border-t border-line">{empty}</div>}
      {entries !== undefined && entries.length > 0 && (
        <div className={clsx('transition-opacity delay-400', list.isPlaceholderData && 'opacity-60')}>
          <PeopleList
            label={label}
            entries={entries}
            total={total}
            hasMore={list.hasNextPage}
            isLoadingMore={list.isFetchingNextPage}
            moreError={list.isFetchNextPageError ? list.error : null}
            onMore={() => void list.fetchNextPage()}
            open={open}
            onOpen={(entry) => show({ ...search, person: entry.person.key, of: entry.accountId })}
            onClose={close}
          />
        </div>
      )}
      {open !== null && <PersonPanel personKey={open.key} accountId={open.accountId} known={known?.person} onClose={close} />}
    </>
  );
}

interface ListProps {
  readonly search: AudienceSearch;
  readonly show: (search: AudienceSearch) => void;
}

function nothingOf(search: AudienceSearch, summary: AudienceSummary | undefined): string {
  const day = search.from !== undefined && search.from === search.to ? search.from : null;
  const reason = day === null ? undefined : summary?.gaps.find((gap) => gap.day === day)?.reason;
  if (day !== null && reason !== undefined) return `Nobody is listed for ${formatDay(day)}: ${reason}`;
  if (isNarrowed(search)) return 'Nobody matches these filters.';
  return `Nobody came or left in these ${rangeWords[search.range ?? '30d']}.`;
}

/** Who came and who left in the range, or on the day that is picked. */
export function ChangesList({ search, show, summary, isReady }: ListProps & { readonly summary: AudienceSummary | undefined; readonly isReady: boolean }): ReactElement {
  const hasDays = search.from !== undefined || search.to !== undefined;
  const from = hasDays ? search.from : summary?.from;
  const to = hasDays ? search.to : summary?.to;
  const list = useChanges({ account: search.account, change: search.change, verified: search.verified, q: search.q, from, to, sort: search.sort }, isReady);
  const total = list.data?.pages[0]?.total ?? 0;
  const entries = list.data?.pages.flatMap((page) => page.changes.map(entryOfChange));
  const span = hasDays || summary === undefined ? '' : ` in ${rangeWords[summary.range]}`;
  return (
    <ListState
      search={search}
      show={show}
      label="Who came and who left"
      list={list}
      entries={entries}
      total={total}
      count={`${formatPlural(total, 'change')}${span}`}
      empty={(
        <Empty action={isNarrowed(search) ? <Button onClick={() => show(withoutFilters(search))}>Show everyone</Button> : undefined}>
          {nothingOf(search, summary)}
        </Empty>
      )}
    />
  );
}

/** Who follows the chosen account now. */
export function FollowersList({ search, show, account }: ListProps & { readonly account: Account }): ReactElement {
  const list = useFollowers({ account: account.id, verified: search.verified, q: search.q });
  const total = list.data?.pages[0]?.total ?? null;
  const entries = list.data?.pages.flatMap((page) => page.followers.map(entryOfFollower));
  const isFiltered = search.q !== undefined || search.verified !== undefined;
  const count = total !== null ? `${formatPlural(total, 'follower')}, in the order of the network`
    : `${formatPlural(entries?.length ?? 0, 'follower')} found${list.hasNextPage ? ' so far' : ''}`;
  return (
    <ListState
      search={search}
      show={show}
      label={`Followers of @${account.handle.replace(/^@/, '')}`}
      list={list}
      entries={entries}
      total={total}
      count={count}
      empty={(
        <Empty action={isFiltered ? <Button onClick={() => show(withoutFilters(search))}>Show everyone</Button> : undefined}>
          {isFiltered ? 'Nobody matches these filters.' : 'The list shows here once it has been read to its end.'}
        </Empty>
      )}
    />
  );
}
