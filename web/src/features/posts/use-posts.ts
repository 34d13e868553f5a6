import { listPosts, type Post, type TargetState } from '@rookery/contract/posts.ts';
import { keepPreviousData, queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';

import type { ApiError } from '../../platform/api-error.ts';
import { call } from '../../platform/call.ts';
import { queryClient } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';

const pageSize = 1000;
/** More than 5,000 posts in one period are not drawn; the screen says so. */
const pagesMax = 5;

export interface PostsQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly account?: string | undefined;
  readonly state?: TargetState | undefined;
}

export interface PostsFound {
  readonly posts: readonly Post[];
  /** There are more than were read. */
  readonly isCut: boolean;
}

async function readAll(workspaceId: string, query: PostsQuery, signal: AbortSignal): Promise<PostsFound> {
  const posts: Post[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const input = { params: { workspaceId }, query: { ...query, limit: pageSize, cursor: cursor ?? undefined } };
    const found: { posts: readonly Post[]; nextCursor: string | null } = await call(listPosts, input, { signal });
    posts.push(...found.posts);
    cursor = found.nextCursor;
    if (cursor === null) return { posts, isCut: false };
  }
  return { posts, isCut: true };
}

/** The cache entry of the posts of a period. */
export function postsQuery(workspaceId: string, query: PostsQuery) {
  return queryOptions<PostsFound, ApiError>({
    queryKey: [listPosts.id, workspaceId, query],
    queryFn: ({ signal }) => readAll(workspaceId, query, signal),
  });
}

/** Every post of a period; the one before stays on screen while another loads. */
export function usePosts(query: PostsQuery): UseQueryResult<PostsFound, ApiError> {
  const { workspace } = useSession();
  return useQuery({ ...postsQuery(workspace.workspaceId, query), placeholderData: keepPreviousData });
}

/** Puts a changed post in place wherever it is listed, without asking again. */
export function takePost(post: Post): void {
  queryClient.setQueriesData<PostsFound>({ queryKey: [listPosts.id] }, (before) =>
    before === undefined ? before : { ...before, posts: before.posts.map((other) => (other.id === post.id ? post : other)) });
}
