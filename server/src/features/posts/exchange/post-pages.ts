import type { QueryOf } from '@rookery/contract/endpoint.ts';
import type { listPosts, Post } from '@rookery/contract/posts.ts';
import { AppError } from '../../../platform/errors.ts';
import { findAccount } from '../../accounts/index.ts';
import type { WorkspaceContext } from '../../context.ts';
import { readPosts } from '../lists.ts';

/** Read, written and sent before the next ones are read: what is in memory does not grow with the calendar. */
const postsPerTurn = 200;
const always = { from: '0001-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z' } as const;

type Filters = Omit<QueryOf<typeof listPosts>, 'limit' | 'cursor'>;

/**
 * Every post that fits, page by page. The first is read before this answers, so that what cannot be read is refused in words while
 * there is still somebody to tell. Without a range: whenever it was or will be. Throws `not-found` for an account that is not here.
 */
export async function openPostPages(ctx: WorkspaceContext, filters: Filters): Promise<AsyncGenerator<readonly Post[]>> {
  const { account } = filters;
  if (account !== undefined && (await ctx.transaction((db) => findAccount(db, ctx, account))) === null) throw new AppError('not-found');
  const query = { ...always, ...filters, limit: postsPerTurn };
  const first = await readPosts(ctx, query);
  return pagesFrom(first, (cursor) => readPosts(ctx, { ...query, cursor }));
}

type Page = Awaited<ReturnType<typeof readPosts>>;

async function* pagesFrom(first: Page, readMore: (cursor: string) => Promise<Page>): AsyncGenerator<readonly Post[]> {
  for (let page = first; ; ) {
    yield page.posts;
    if (page.nextCursor === null) return;
    page = await readMore(page.nextCursor);
  }
}
