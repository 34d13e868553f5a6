import type { BodyOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type { deletePost, resolveTarget, retryTarget } from '@rookery/contract/posts.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { requireRelease } from './approval-rule.ts';
import {
  acceptDoubt, askDeletion, cancelAttempts, clearDoubt, countUnpublishedParts, deletePostRow, sendAgain, settleTarget, touchPost, type TargetRow,
} from './queries.ts';
import { announcePost } from './rows.ts';
import { requirePost, titleOf } from './service.ts';
import { deleteUnsentCosts } from './spending/queries.ts';
import { urgentPriority } from './time.ts';

/**
 * Deletes a post. Once this has answered, nothing of it that had not been sent can be sent any more: the rows are locked against
 * whoever is about to, and change hands here. What is on its way is deleted on the network when its outcome is known.
 */
export async function removePost(ctx: WorkspaceContext, postId: string, body: BodyOf<typeof deletePost>): Promise<ReplyOf<typeof deletePost>> {
  requirePermission(ctx, 'posts:write');
  return ctx.transaction(async (db) => {
    const { row, targets } = await requirePost(db, ctx, postId);
    for (const target of targets) await removeTarget(db, ctx, target, body.alsoOnNetwork);
    await db.run(touchPost, [ctx.workspace.id, postId, ctx.clock.now()]);
    await recordAudit(db, ctx, {
      action: 'post:delete', entity: { type: 'post', id: postId, name: titleOf(row) }, metadata: { alsoOnNetwork: body.alsoOnNetwork },
    });
    if (targets.length > 0) return announcePost(db, ctx, postId, { isDue: true });
    // A draft for no account has no destination that could keep the memory of it.
    const { post } = await announcePost(db, ctx, postId, { isDue: true });
    await db.run(deletePostRow, [ctx.workspace.id, postId]);
    return { post: { ...post, state: 'canceled' as const } };
  });
}

async function removeTarget(db: Db, ctx: WorkspaceContext, target: TargetRow, alsoOnNetwork: boolean): Promise<void> {
  const settle = (state: TargetRow['state'], options: { reason?: string; isDeleting?: boolean } = {}): Promise<number> =>
    db.run(settleTarget, [ctx.workspace.id, target.id, state, options.reason ?? null, options.isDeleting ?? false]);
  if (target.state === 'canceled' || target.state === 'deleted') return;
  if (target.is_sent && target.state !== 'review') {
    // Between the last check and the answer nobody can say: when it is known, it is deleted there.
    await db.run(askDeletion, [ctx.workspace.id, target.id]);
    return;
  }
  await db.run(cancelAttempts, [ctx.workspace.id, target.id]);
  await db.run(deleteUnsentCosts, [ctx.workspace.id, target.id]);
  if (target.parts_published === 0) await settle('canceled', target.state === 'review' ? { reason: 'Deleted here while it was not known whether it had gone out. Look at the account.' } : {});
  else if (alsoOnNetwork) await settle('published', { isDeleting: true });
  else if (target.state !== 'published') await settle('published', { reason: 'The rest of the thread was deleted before it went out.' });
}

/** Tries a failed destination again, at once. A thread goes on at the part that failed. */
export async function retry(ctx: WorkspaceContext, postId: string, targetId: string): Promise<ReplyOf<typeof retryTarget>> {
  requirePermission(ctx, 'posts:publish');
  return ctx.transaction(async (db) => {
    const { row, target } = await requireTarget(db, ctx, postId, targetId);
    if (target.state !== 'failed') throw new AppError('conflict', 'Only what has failed can be tried again.');
    await requireRelease(db, ctx);
    await db.run(sendAgain, [ctx.workspace.id, targetId, urgentPriority]);
    await recordAudit(db, ctx, { action: 'post:retry', entity: { type: 'post', id: postId, name: titleOf(row) }, metadata: { target: targetId } });
    return announcePost(db, ctx, postId, { isDue: true });
  });
}

/** A person has looked and says what became of a destination in doubt. */
export async function decideDoubtful(
  ctx: WorkspaceContext, target: { postId: string; targetId: string }, body: BodyOf<typeof resolveTarget>,
): Promise<ReplyOf<typeof resolveTarget>> {
  requirePermission(ctx, 'posts:publish');
  const url = readUrl(body.url);
  const { postId, targetId } = target;
  return ctx.transaction(async (db) => {
    const { row, target: found } = await requireTarget(db, ctx, postId, targetId);
    if (found.state !== 'review') throw new AppError('conflict', 'There is nothing to decide here any more.');
    await applyDecision(db, ctx, { targetId, url, decision: body.decision });
    await recordAudit(db, ctx, {
      action: 'post:resolve', entity: { type: 'post', id: postId, name: titleOf(row) }, metadata: { target: targetId, decision: body.decision },
    });
    return announcePost(db, ctx, postId, { isDue: true });
  });
}

async function applyDecision(
  db: Db, ctx: WorkspaceContext, { targetId, url, decision }: { targetId: string; url: string | null; decision: BodyOf<typeof resolveTarget>['decision'] },
): Promise<void> {
  const key = [ctx.workspace.id, targetId];
  if (decision === 'leave') {
    await db.run(settleTarget, [...key, 'failed', 'Left as it is, without knowing whether it went out.', false]);
    return;
  }
  if (decision === 'send-again') {
    await requireRelease(db, ctx);
    await db.run(clearDoubt, key);
    await db.run(sendAgain, [...key, urgentPriority]);
    return;
  }
  await db.run(acceptDoubt, [...key, url]);
  const left = (await db.one(countUnpublishedParts, key)).count;
  if (left === 0) await db.run(settleTarget, [...key, 'published', 'A person saw it on the network.', false]);
  // The next part needs the network's id of this one, which nobody knows.
  else await db.run(settleTarget, [...key, 'failed', 'The part in doubt is out. The rest of the thread cannot answer it from here: finish it on the network.', false]);
}

/** Shown as a link: only web addresses. */
function readUrl(text: string | undefined): string | null {
  if (text === undefined || text.trim() === '') return null;
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw invalidField('/url', 'address', 'Paste the address of the post, beginning with https://');
  return url.href;
}

async function requireTarget(db: Db, ctx: WorkspaceContext, postId: string, targetId: string) {
  const { row, targets } = await requirePost(db, ctx, postId);
  const target = targets.find(({ id }) => id === targetId);
  if (target === undefined) throw new AppError('not-found');
  return { row, target };
}
