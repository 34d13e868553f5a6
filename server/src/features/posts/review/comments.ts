import type { addComment, Comment, deleteComment, listComments } from '@rookery/contract/comments.ts';
import type { BodyOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import { allows } from '@rookery/contract/permissions.ts';
import { AppError, invalidField } from '../../../platform/errors.ts';
import { recordAudit } from '../../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../../context.ts';
import { deleteCommentRow, findComment, listCommentRows, type CommentRow } from '../comment-queries.ts';
import { requirePostRow, tellBrowsers } from '../rows.ts';
import { titleOf } from '../service.ts';
import { addToThread } from '../thread.ts';
import { hashShown } from './shown.ts';

/** The thread of a post, oldest first: comments, and what was asked for and decided. */
export async function readComments(ctx: WorkspaceContext, postId: string): Promise<ReplyOf<typeof listComments>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => {
    const row = await requirePostRow(db, ctx, postId);
    const shown = await hashShown(db, ctx, row);
    const rows = await db.many(listCommentRows, [ctx.workspace.id, postId]);
    return { comments: rows.toReversed().map((comment) => toComment(ctx, comment, shown)) };
  });
}

/** Adds words to the thread of a post, whatever its state. */
export async function comment(ctx: WorkspaceContext, postId: string, body: BodyOf<typeof addComment>): Promise<ReplyOf<typeof addComment>> {
  requirePermission(ctx, 'posts:write');
  if (body.text.trim() === '') throw invalidField('/text', 'empty', 'Write something first.');
  return ctx.transaction(async (db) => {
    const row = await requirePostRow(db, ctx, postId);
    const id = await addToThread(db, ctx, { postId, kind: 'comment', text: body.text.trim() });
    await recordAudit(db, ctx, { action: 'post:comment', entity: { type: 'post', id: postId, name: titleOf(row) }, metadata: { comment: id } });
    await tellBrowsers(db, ctx, postId);
    return { comment: toComment(ctx, await db.one(findComment, [ctx.workspace.id, postId, id]), null) };
  });
}

/** Deletes a comment: one's own, or as owner or admin any. What was decided stays. */
export async function removeComment(
  ctx: WorkspaceContext, { postId, commentId }: { postId: string; commentId: string },
): Promise<ReplyOf<typeof deleteComment>> {
  requirePermission(ctx, 'posts:write');
  return ctx.transaction(async (db) => {
    const row = await requirePostRow(db, ctx, postId);
    const found = await db.maybe(findComment, [ctx.workspace.id, postId, commentId]);
    if (found === null) throw new AppError('not-found');
    if (found.kind !== 'comment') throw new AppError('conflict', 'Decisions stay in the thread: only comments can be deleted.');
    if (!isDeletable(ctx, found)) throw new AppError('not-allowed', 'This comment is not yours. An owner or admin can delete it.');
    await db.run(deleteCommentRow, [ctx.workspace.id, commentId]);
    await recordAudit(db, ctx, { action: 'post:comment-delete', entity: { type: 'post', id: postId, name: titleOf(row) }, metadata: { comment: commentId } });
    await tellBrowsers(db, ctx, postId);
    return { ok: true };
  });
}

function isDeletable(ctx: WorkspaceContext, { kind, author_id: authorId }: CommentRow): boolean {
  if (kind !== 'comment' || ctx.role === null || !allows(ctx.role, 'posts:write')) return false;
  return allows(ctx.role, 'posts:approve') || (authorId !== null && authorId === ctx.actor.id);
}

/** `shown` is what a link shows now: what was decided about anything else is outdated. */
function toComment(ctx: WorkspaceContext, row: CommentRow, shown: Buffer | null): Comment {
  return {
    id: row.id, kind: row.kind, authorName: row.author_name, isByLink: row.review_link_id !== null,
    isOutdated: shown !== null && row.kind !== 'comment' && row.shown_hash !== null && !row.shown_hash.equals(shown),
    isDeletable: isDeletable(ctx, row), text: row.text, createdAt: row.created_at.toISOString(),
  };
}
