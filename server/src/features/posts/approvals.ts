import type { approvePost, askApproval, askChanges, listApprovals } from '@rookery/contract/approvals.ts';
import type { BodyOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type { whenAtSchema } from '@rookery/contract/posts.ts';
import type { Static } from '@rookery/contract/schema.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { listWaitingPosts, saveRequest, type ApprovalRow } from './approval-queries.ts';
import { decide, findApproval, hashRelease, noPlan, releaseOf, requireRelease } from './approval-rule.ts';
import { touchPost } from './queries.ts';
import { announcePost, describePosts } from './rows.ts';
import { attachOccurrence } from './series/queries.ts';
import { requireFit, requireOpenPost, storePlan, titleOf } from './service.ts';
import { addToThread } from './thread.ts';
import { readWhen } from './time.ts';

/** Asks for a post to go out at a time. What was planned leaves the plan, in the same moment, until somebody has approved it. */
export async function sendForApproval(
  ctx: WorkspaceContext, postId: string, body: BodyOf<typeof askApproval>,
): Promise<ReplyOf<typeof askApproval>> {
  requirePermission(ctx, 'posts:write');
  const plan = readWhen(ctx, body.when);
  return ctx.transaction(async (db) => {
    const { row, targets } = await requireOpenPost(db, ctx, postId, body.version);
    const wanted = releaseOf(row, targets);
    await requireFit(db, ctx, { ...wanted, postId, plan, allowDuplicate: body.allowDuplicate ?? false });
    await storePlan(db, ctx, { row, targets, wanted, plan: noPlan, allowDuplicate: true });
    await db.run(saveRequest, [
      ctx.workspace.id, postId, plan.wallTime, plan.zone, plan.occurrence, plan.dueAt, ctx.actor.id, ctx.actor.name, ctx.clock.now(), body.note ?? null,
    ]);
    await addToThread(db, ctx, { postId, kind: 'asked', text: body.note ?? '' });
    await recordAudit(db, ctx, {
      action: 'post:ask-approval', entity: { type: 'post', id: postId, name: titleOf(row) }, metadata: { wallTime: plan.wallTime, zone: plan.zone },
    });
    return announcePost(db, ctx, postId, { isDue: false });
  });
}

/** Lets a post go out as the named version is. A change that came before refuses it, and one that comes after takes it back. */
export async function approve(ctx: WorkspaceContext, postId: string, body: BodyOf<typeof approvePost>): Promise<ReplyOf<typeof approvePost>> {
  requirePermission(ctx, 'posts:approve');
  if (body.when?.kind === 'now') requirePermission(ctx, 'posts:publish');
  return ctx.transaction(async (db) => {
    const { row, targets } = await requireOpenPost(db, ctx, postId, body.version);
    await requireRelease(db, ctx);
    const approval = await requireRequested(db, ctx, postId);
    const plan = readWhen(ctx, body.when ?? wantedTime(ctx, approval));
    const wanted = releaseOf(row, targets);
    await storePlan(db, ctx, { row, targets, wanted, plan, allowDuplicate: body.allowDuplicate ?? false });
    // At the time that its series wanted, it stays an occurrence as any other.
    if (!row.is_detached && body.when === undefined) await db.run(attachOccurrence, [ctx.workspace.id, postId]);
    const hash = hashRelease({ ...wanted, ...plan });
    await decide(db, ctx, { postId, state: 'approved', note: body.note ?? null, hash });
    await recordAudit(db, ctx, {
      action: 'post:approve', entity: { type: 'post', id: postId, name: titleOf(row) }, metadata: { released: hash.toString('hex'), when: body.when?.kind ?? 'as-asked' },
    });
    return announcePost(db, ctx, postId, { isDue: true });
  });
}

/** Never at once behind somebody's back: a time that has passed is given anew. */
function wantedTime(ctx: WorkspaceContext, { wall_time: wallTime, zone, occurrence, wanted_at: wantedAt }: ApprovalRow): Static<typeof whenAtSchema> {
  if (wantedAt <= ctx.clock.now()) {
    throw invalidField('/when', 'past', 'The time that was asked for has passed. Choose another one, or publish it now.');
  }
  return { kind: 'at', wallTime, zone, ...(occurrence === null ? {} : { occurrence }) };
}

async function requireRequested(db: Db, ctx: WorkspaceContext, postId: string): Promise<ApprovalRow> {
  const approval = await findApproval(db, ctx, postId);
  if (approval?.state !== 'requested') throw new AppError('conflict', 'Nobody waits for a decision about this post any more. Load it again.');
  return approval;
}

/** Gives a post back with a note. */
export async function giveBack(ctx: WorkspaceContext, postId: string, body: BodyOf<typeof askChanges>): Promise<ReplyOf<typeof askChanges>> {
  requirePermission(ctx, 'posts:approve');
  return ctx.transaction(async (db) => {
    const { row } = await requireOpenPost(db, ctx, postId, body.version);
    await requireRequested(db, ctx, postId);
    await decide(db, ctx, { postId, state: 'changes-requested', note: body.note, hash: null });
    await db.run(touchPost, [ctx.workspace.id, postId, ctx.clock.now()]);
    await recordAudit(db, ctx, { action: 'post:ask-changes', entity: { type: 'post', id: postId, name: titleOf(row) } });
    return announcePost(db, ctx, postId, { isDue: false });
  });
}

/** What waits for somebody to approve it, the most urgent first. */
export async function readApprovals(ctx: WorkspaceContext): Promise<ReplyOf<typeof listApprovals>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => ({ posts: await describePosts(db, ctx, await db.many(listWaitingPosts, [ctx.workspace.id])) }));
}
