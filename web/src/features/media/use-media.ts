import { listMedia } from '@rookery/contract/media.ts';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';

import { call } from '../../platform/call.ts';
import { useSession } from '../../platform/session.ts';

const pageSize = 60;

/** The library newest first, a page at a time. */
export function useMedia(search: string | undefined) {
  const { workspace } = useSession();
  const params = { workspaceId: workspace.workspaceId };
  return useInfiniteQuery({
    queryKey: [listMedia.id, params, search ?? ''],
    queryFn: ({ pageParam, signal }) => call(listMedia, { params, query: { search, limit: pageSize, cursor: pageParam ?? undefined } }, { signal }),
    initialPageParam: firstPage(),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}

function firstPage(): string | null {
  return null;
}
