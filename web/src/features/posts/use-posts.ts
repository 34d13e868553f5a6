import type { ApprovalState } from '@rookery/contract/approval.ts';
import type { ReplyOf } from '@rookery/contract/endpoint.ts';
import { listCalendar, type TargetState } from '@rookery/contract/posts.ts';
import { keepPreviousData, queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';

import type { ApiError } from '../../platform/api-error.ts';
import { call } from '../../platform/call.ts';
import { queryClient } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import type { CalendarPost } from './calendar-post.ts';

const pageSize = 1000;
/** More than 5,000 posts in one period are not drawn; the screen says so. */
const pagesMax = 5;

export interface PostsQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly account?: string | undefined;
  readonly state?: TargetState | undefined;
  readonly approval?: ApprovalState | undefined;
}

export interface PostsFound {
  readonly posts: readonly CalendarPost[];
  /** There are more than were read. */
  readonly isCut: boolean;
}

function readPage({ posts, accounts }: ReplyOf<typeof listCalendar>): CalendarPost[] {
  return posts.map((post) => ({ ...post, accounts: post.accounts.flatMap((place) => accounts[place] ?? []) }));
}

async function readAll(workspaceId: string, query: PostsQuery, signal: AbortSignal): Promise<PostsFound> {
  const posts: CalendarPost[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const input = { params: { workspaceId }, query: { ...query, limit: pageSize, cursor: cursor ?? undefined } };
    const found: ReplyOf<typeof listCalendar> = await call(listCalendar, input, { signal });
    posts.push(...readPage(found));
    cursor = found.nextCursor;
    if (cursor === null) return { posts, isCut: false };
  }
  return { posts, isCut: true };
}

/** The cache entry of the posts of a period. */
export function postsQuery(workspaceId: string, query: PostsQuery) {
  return queryOptions<PostsFound, ApiError>({
    queryKey: [listCalendar.id, workspaceId, query],
    queryFn: ({ signal }) => readAll(workspaceId, query, signal),
  });
}

/** Every post of a period; the one before stays on screen while another loads. */
export function usePosts(query: PostsQuery): UseQueryResult<PostsFound, ApiError> {
  const { workspace } = useSession();
  return useQuery({ ...postsQuery(workspace.workspaceId, query), placeholderData: keepPreviousData });
}

/** Puts a changed post in place wherever it is listed, without asking again. */
export function placePost(post: CalendarPost): void {
  queryClient.setQueriesData<PostsFound>({ queryKey: [listCalendar.id] }, (before) =>
    before === undefined ? before : { ...before, posts: before.posts.map((other) => (other.id === post.id ? post : other)) });
}
