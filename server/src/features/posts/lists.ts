import type { QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type { listCalendar, listPosts } from '@rookery/contract/posts.ts';
import { readTimeCursor, writeTimeCursor } from '../../platform/cursor.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Statement } from '../../platform/db/statement.ts';
import { listApprovalRows } from './approval-queries.ts';
import { listAccountRows } from '../accounts/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import {
  listByTime, listCalendarByTime, listCalendarDrafts, listDrafts, listTargetStates, type CalendarRow, type PostRow,
} from './queries.ts';
import { describePosts, stateOf } from './rows.ts';

const dayMs = 86_400_000;
const pageSize = 200;
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const firstId = '00000000-0000-0000-0000-000000000000';

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
}

interface Reading<Row extends object> {
  readonly byTime: Statement<Row>;
  readonly drafts: Statement<Row>;
  readonly query: QueryOf<typeof listPosts>;
}

/** A page by time, or of the drafts, newest first. */
async function readPage<Row extends Pick<PostRow, 'id' | 'due_at' | 'updated_at'>>(
  db: Db, ctx: WorkspaceContext, { byTime, drafts, query }: Reading<Row>,
): Promise<Page<Row>> {
  const limit = query.limit ?? pageSize;
  const search = query.search === undefined ? null : `%${query.search.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const account = query.account ?? null;
  const approval = query.approval ?? null;
  const isDrafts = query.state === 'draft';
  const after = query.cursor === undefined ? null : readTimeCursor(query.cursor);
  const now = ctx.clock.now().getTime();
  const from = query.from ?? new Date(now - 30 * dayMs).toISOString();
  const to = query.to ?? new Date(now + 60 * dayMs).toISOString();
  const found = isDrafts
    ? await db.many(drafts, [ctx.workspace.id, after?.at ?? 'infinity', after?.id ?? lastId, account, search, limit + 1, approval])
    : await db.many(byTime, [ctx.workspace.id, from, to, after?.at ?? '-infinity', after?.id ?? firstId, account, query.state ?? null, search, limit + 1, approval]);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  const at = isDrafts ? last?.updated_at : last?.due_at;
  return { rows, nextCursor: last === undefined || at === undefined || at === null ? null : writeTimeCursor(at, last.id) };
}

/** A page of posts as they are, by time or the drafts. */
export async function readPosts(ctx: WorkspaceContext, query: QueryOf<typeof listPosts>): Promise<ReplyOf<typeof listPosts>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => {
    const { rows, nextCursor } = await readPage(db, ctx, { byTime: listByTime, drafts: listDrafts, query });
    return { posts: await describePosts(db, ctx, rows), nextCursor };
  });
}

/** A page of posts as a calendar draws them: a thousand weigh a tenth of what they are. */
export async function readCalendar(ctx: WorkspaceContext, query: QueryOf<typeof listCalendar>): Promise<ReplyOf<typeof listCalendar>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => {
    const { rows, nextCursor } = await readPage<CalendarRow>(db, ctx, { byTime: listCalendarByTime, drafts: listCalendarDrafts, query });
    const accounts = await listAccountRows(db, ctx);
    const places = new Map(accounts.map(({ id }, index) => [id, index]));
    const targets = Map.groupBy(await db.many(listTargetStates, [ctx.workspace.id, rows.map(({ id }) => id)]), ({ post_id }) => post_id);
    // Only what has no time yet can wait for it.
    const approvals = new Map((query.state === 'draft' ? await db.many(listApprovalRows, [ctx.workspace.id, rows.map(({ id }) => id)]) : []).map((row) => [row.post_id, row.state]));
    return {
      posts: rows.map((row) => {
        const own = targets.get(row.id) ?? [];
        return {
          id: row.id, version: row.version, state: stateOf(own), approval: approvals.get(row.id) ?? null, line: row.line, hasMedia: row.has_media, isRepeated: row.is_repeated, labels: [...row.labels],
          wallTime: row.wall_time, zone: row.zone, dueAt: row.due_at?.toISOString() ?? null,
          isMovable: row.due_at !== null && own.length > 0 && own.every(({ state }) => state === 'scheduled'),
          accounts: own.flatMap(({ account_id }) => places.get(account_id) ?? []).toSorted((a, b) => a - b),
        };
      }),
      accounts: accounts.map((account) => ({ id: account.id, network: account.network, networkName: account.network_name, handle: account.handle })),
      nextCursor,
    };
  });
}
