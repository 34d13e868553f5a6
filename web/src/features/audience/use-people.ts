import { listChanges, listFollowers } from '@rookery/contract/audience.ts';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';

import { call } from '../../platform/call.ts';
import { useSession } from '../../platform/session.ts';

/** As many as one answer may hold: fewer requests while scrolling. */
const pageSize = 200;

export interface ChangesQuery {
  readonly account: string | undefined;
  readonly change: 'gained' | 'lost' | undefined;
  readonly verified: boolean | undefined;
  readonly q: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly sort: 'newest' | 'oldest' | undefined;
}

function firstPage(): string | null {
  return null;
}

/** Who came and who left, a page at a time; waits until the days are known. */
export function useChanges(query: ChangesQuery, isReady: boolean) {
  const { workspace } = useSession();
  const params = { workspaceId: workspace.workspaceId };
  return useInfiniteQuery({
    queryKey: [listChanges.id, params, query],
    queryFn: ({ pageParam, signal }) =>
      call(listChanges, { params, query: { ...query, limit: pageSize, cursor: pageParam ?? undefined } }, { signal }),
    initialPageParam: firstPage(),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    enabled: isReady,
  });
}

export interface FollowersQuery {
  readonly account: string;
  readonly verified: boolean | undefined;
  readonly q: string | undefined;
}

/** Who follows an account now, in the order of the network, a page at a time. */
export function useFollowers(query: FollowersQuery) {
  const { workspace } = useSession();
  const params = { workspaceId: workspace.workspaceId };
  return useInfiniteQuery({
    queryKey: [listFollowers.id, params, query],
    queryFn: ({ pageParam, signal }) =>
      call(listFollowers, { params, query: { ...query, limit: pageSize, cursor: pageParam ?? undefined } }, { signal }),
    initialPageParam: firstPage(),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}
