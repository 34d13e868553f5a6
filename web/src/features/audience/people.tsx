import type { Account } from '@rookery/contract/accounts.ts';
import { exportChanges, exportFollowers, type AudienceSummary, type Change, type Follower } from '@rookery/contract/audience.ts';
import { clsx } from 'clsx';
import { Download } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

import { urlOf } from '../../platform/call.ts';
import { formatDay, formatPlural } from '../../platform/format.ts';
import { rangeWords } from '../../platform/ranges.ts';
import { useSession } from '../../platform/session.ts';
import { Button, buttonStyle } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { isNarrowed, withFilter, withoutFilters } from './filters.tsx';
import { PeopleList, type PersonEntry } from './people-list.tsx';
import { PersonPanel } from './person-panel.tsx';
import type { AudienceSearch } from './search.ts';
import { useChanges, useFollowers } from './use-people.ts';

function entryOfChange(change: Change): PersonEntry {
  return { id: change.id, accountId: change.accountId, person: change.person, kind: change.kind, at: change.at };
}

function entryOfFollower({ accountId, person, since }: Follower): PersonEntry {
  return { id: `${accountId}:${person.key}`, accountId, person, kind: null, at: since };
}

function useWorkspaceParams(): { readonly workspaceId: string } {
  return { workspaceId: useSession().workspace.workspaceId };
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
  /** Address of the same list as a file. */
  readonly file: string;
  readonly empty: ReactNode;
}

/** Skeleton, error, nothing, or the rows; and the panel of the person whom the address names. */
function ListState({ search, show, label, list, entries, total, count, file, empty }: ListStateProps): ReactElement {
  const close = (): void => show(withFilter(search, {}));
  const open = search.person !== undefined && search.of !== undefined ? { key: search.person, accountId: search.of } : null;
  const known = open === null ? undefined : entries?.find((entry) => entry.person.key === open.key && entry.accountId === open.accountId);
  return (
    <>
      {entries === undefined && list.error === null && <SkeletonRows rows={8} label={`Loading: ${label}`} />}
      {entries === undefined && list.error !== null && <ErrorState what={label} error={list.error} onRetry={() => void list.refetch()} />}
      {entries !== undefined && (
        <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-4 px-5 pb-3 max-sm:px-4">
          <p role="status" className="text-caption text-muted tabular">{count}</p>
          {entries.length > 0 && (
            <span className="-mx-2.5">
              <a href={file} download className={buttonStyle({ kind: 'ghost', size: 'small' })}>
                <Download size={14} aria-hidden="true" /> Download CSV
              </a>
            </span>
          )}
        </div>
      )}
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

interface ChangesListProps extends ListProps {
  readonly summary: AudienceSummary | undefined;
  /** False until the days of the range are known. */
  readonly isReady: boolean;
}

/** Who came and who left in the range, or on the days that are picked. */
export function ChangesList({ search, show, summary, isReady }: ChangesListProps): ReactElement {
  const params = useWorkspaceParams();
  const hasDays = search.from !== undefined || search.to !== undefined;
  const from = hasDays ? search.from : summary?.from;
  const to = hasDays ? search.to : summary?.to;
  const { account, change, verified, q, sort } = search;
  const query = { account, change, verified, q, from, to, sort };
  const list = useChanges(query, isReady);
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
      file={urlOf(exportChanges, { params, query })}
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
  const params = useWorkspaceParams();
  const query = { account: account.id, verified: search.verified, q: search.q };
  const list = useFollowers(query);
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
      file={urlOf(exportFollowers, { params, query })}
      empty={(
        <Empty action={isFiltered ? <Button onClick={() => show(withoutFilters(search))}>Show everyone</Button> : undefined}>
          {isFiltered ? 'Nobody matches these filters.' : 'The list shows here once it has been read to its end.'}
        </Empty>
      )}
    />
  );
}
