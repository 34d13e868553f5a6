import { randomBytes } from 'node:crypto';
import type { BodyOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import { reviewDaysDefault, type createReviewLink, type listReviewLinks, type ReviewLink, type revokeReviewLink } from '@rookery/contract/reviews.ts';
import { hashToken } from '../../../platform/crypto/hash-token.ts';
import { AppError, invalidField } from '../../../platform/errors.ts';
import { createId } from '../../../platform/id.ts';
import { recordAudit } from '../../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../../context.ts';
import { requirePostRow, tellBrowsers } from '../rows.ts';
import { titleOf } from '../service.ts';
import { insertLink, listOpenLinks, revokeLinkRow, type ReviewLinkRow } from './link-queries.ts';

const tokenBytes = 32;
const dayMs = 86_400_000;
const linksMax = 20;

export async function readLinks(ctx: WorkspaceContext, postId: string): Promise<ReplyOf<typeof listReviewLinks>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => {
    await requirePostRow(db, ctx, postId);
    return { reviewLinks: (await db.many(listOpenLinks, [ctx.workspace.id, postId, ctx.clock.now()])).map(toLink) };
  });
}

/** The link goes into this answer only: what is stored cannot be turned back into it. */
export async function createLink(ctx: WorkspaceContext, postId: string, body: BodyOf<typeof createReviewLink>): Promise<ReplyOf<typeof createReviewLink>> {
  requirePermission(ctx, 'posts:write');
  const label = body.label.trim();
  if (label === '') throw invalidField('/label', 'empty', 'Say whom the link is for.');
  const token = randomBytes(tokenBytes).toString('base64url');
  const now = ctx.clock.now();
  const expiresAt = new Date(now.getTime() + (body.days ?? reviewDaysDefault) * dayMs);
  return ctx.transaction(async (db) => {
    const row = await requirePostRow(db, ctx, postId);
    if ((await db.many(listOpenLinks, [ctx.workspace.id, postId, now])).length >= linksMax) {
      throw new AppError('conflict', `This post has ${linksMax} review links already. End one that is not used any more.`);
    }
    const id = createId(now.getTime());
    const link = await db.one(insertLink, [
      ctx.workspace.id, id, postId, hashToken(token), label, body.mayDecide, ctx.actor.name, now, expiresAt,
    ]);
    await recordAudit(db, ctx, {
      action: 'review-link:create', entity: { type: 'post', id: postId, name: titleOf(row) }, metadata: { link: id, mayDecide: body.mayDecide, expiresAt: expiresAt.toISOString() },
    });
    await tellBrowsers(db, ctx, postId);
    // After the number sign: a browser keeps that part to itself, so the token reaches no log and no Referer.
    return { reviewLink: toLink(link), link: `${ctx.config.baseUrl}/review#${token}` };
  });
}

/** Ends a link: the next look by it finds nothing. */
export async function revokeLink(
  ctx: WorkspaceContext, { postId, reviewLinkId }: { postId: string; reviewLinkId: string },
): Promise<ReplyOf<typeof revokeReviewLink>> {
  requirePermission(ctx, 'posts:write');
  return ctx.transaction(async (db) => {
    const row = await requirePostRow(db, ctx, postId);
    const link = await db.maybe(revokeLinkRow, [ctx.workspace.id, postId, reviewLinkId, ctx.clock.now()]);
    if (link === null) throw new AppError('not-found');
    await recordAudit(db, ctx, { action: 'review-link:revoke', entity: { type: 'post', id: postId, name: titleOf(row) }, metadata: { link: link.id } });
    await tellBrowsers(db, ctx, postId);
    return { ok: true };
  });
}

function toLink(row: ReviewLinkRow): ReviewLink {
  return {
    id: row.id, label: row.label, mayDecide: row.may_decide, createdBy: row.created_by_name, createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}
