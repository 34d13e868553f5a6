import { randomBytes } from 'node:crypto';
import type { BodyOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import { feedsMax, readCalendarFeed, type CalendarFeed, type createCalendarFeed, type listCalendarFeeds, type revokeCalendarFeed } from '@rookery/contract/post-files.ts';
import { hashToken } from '../../../platform/crypto/hash-token.ts';
import { AppError } from '../../../platform/errors.ts';
import type { FileReply } from '../../../platform/http/route.ts';
import { createId, writeUuid } from '../../../platform/id.ts';
import { recordAudit } from '../../audit/index.ts';
import { requirePermission, type PublicContext, type WorkspaceContext } from '../../context.ts';
import { openContextOf } from '../../workspaces/index.ts';
import { answerCalendar } from './calendar-export.ts';
import { deleteFeed, findFeedByToken, insertFeed, listFeedsOf, lockFeedOwner, touchFeed, type FeedRow } from './feed-queries.ts';
import { openPostPages } from './post-pages.ts';

const idBytes = 16;
const secretBytes = 32;
const pastMs = 90 * 86_400_000;
/** `last read` is exact to five minutes, so that reading is mostly no write. */
const touchEveryMs = 5 * 60_000;

/** The member's own addresses, oldest first. */
export async function listFeeds(ctx: WorkspaceContext): Promise<ReplyOf<typeof listCalendarFeeds>> {
  requirePermission(ctx, 'posts:read');
  const rows = await ctx.transaction((db) => db.many(listFeedsOf, [ctx.workspace.id, ctx.actor.id]));
  return { feeds: rows.map(toFeed) };
}

/** Makes an address. This answer alone holds it: what is stored is the hash of its token. */
export async function createFeed(ctx: WorkspaceContext, body: BodyOf<typeof createCalendarFeed>): Promise<ReplyOf<typeof createCalendarFeed>> {
  requirePermission(ctx, 'posts:read');
  const row: FeedRow = { id: createId(ctx.clock.now().getTime()), name: body.name, created_at: ctx.clock.now(), read_at: null };
  // The workspace comes first: whoever reads is let into the scope of that one alone, to be looked for there.
  const token = Buffer.concat([Buffer.from(ctx.workspace.id.replaceAll('-', ''), 'hex'), randomBytes(secretBytes)]);
  await ctx.transaction(async (db) => {
    await db.one(lockFeedOwner, [ctx.workspace.id, ctx.actor.id]);
    if ((await db.many(listFeedsOf, [ctx.workspace.id, ctx.actor.id])).length >= feedsMax) {
      throw new AppError('conflict', `You have ${feedsMax} calendar addresses here already. End one that is not used any more.`);
    }
    await db.run(insertFeed, [ctx.workspace.id, row.id, ctx.actor.id, row.name, hashToken(token), row.created_at]);
    await recordAudit(db, ctx, { action: 'calendar-feed:create', entity: { type: 'calendar-feed', id: row.id, name: row.name } });
  });
  return { feed: toFeed(row), url: ctx.config.baseUrl + readCalendarFeed.path.replace(':token', token.toString('base64url')) };
}

/** Ends an address of the member's own: the next look by it finds nothing. */
export async function revokeFeed(ctx: WorkspaceContext, feedId: string): Promise<ReplyOf<typeof revokeCalendarFeed>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => {
    const row = await db.maybe(deleteFeed, [ctx.workspace.id, ctx.actor.id, feedId]);
    if (row === null) throw new AppError('not-found');
    await recordAudit(db, ctx, { action: 'calendar-feed:revoke', entity: { type: 'calendar-feed', id: feedId, name: row.name } });
    return { ok: true };
  });
}

/**
 * The calendar for whoever holds an address of it, as the member who made it may see it now. No permission: the token is the right, and
 * the member's role is asked when the posts are read. No audit: programs read every hour; the time of the last look is kept.
 */
export async function readFeed(visitor: PublicContext, text: string): Promise<FileReply> {
  const token = Buffer.from(text, 'base64url');
  const workspaceId = writeUuid(token.subarray(0, idBytes));
  const now = visitor.clock.now();
  const found = await visitor.database.withWorkspace(workspaceId, async (db) => {
    const row = await db.maybe(findFeedByToken, [workspaceId, hashToken(token)]);
    if (row !== null && now.getTime() - (row.read_at?.getTime() ?? 0) > touchEveryMs) await db.run(touchFeed, [workspaceId, row.id, now]);
    return row;
  });
  const ctx = found === null ? null : await openContextOf({ ...visitor, session: null }, workspaceId, { id: found.user_id, name: found.user_name });
  if (ctx === null) throw new AppError('not-found');
  return answerCalendar(ctx, await openPostPages(ctx, { from: new Date(now.getTime() - pastMs).toISOString() }));
}

function toFeed(row: FeedRow): CalendarFeed {
  return { id: row.id, name: row.name, createdAt: row.created_at.toISOString(), readAt: row.read_at?.toISOString() ?? null };
}
