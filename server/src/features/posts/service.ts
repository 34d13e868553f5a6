import type { BodyOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type { createPost, getPost, listAttempts, updatePost } from '@rookery/contract/posts.ts';
import { hashJson } from '../../platform/crypto/canonical-json.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import type { AccountRow } from '../accounts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { holdSlots } from '../slots/index.ts';
import { followChange, requireRelease, rulePlan, type Change } from './approval-rule.ts';
import { hashText, requireKnown, requireOriginal, requireSendable, requireShapes, type Wanted } from './content.ts';
import {
  cancelAttempts, deleteTarget, deleteUnpublishedParts, findByRequestKey, insertPost, insertTarget, listAttemptRows, listTargets,
  lockPost, lockTargets, replan, reword, updatePostRow, type PostRow, type TargetRow,
} from './queries.ts';
import { announcePost, describePost, requirePostRow } from './rows.ts';
import { requireAffordable } from './spending/service.ts';
import { plannedPriority, planWhen, urgentPriority, type Plan } from './time.ts';

/** Writes a post. The same request key answers the post that it made the first time. */
export async function writePost(ctx: WorkspaceContext, body: BodyOf<typeof createPost>): Promise<ReplyOf<typeof createPost>> {
  requirePermission(ctx, 'posts:write');
  if (body.when.kind === 'now') requirePermission(ctx, 'posts:publish');
  return ctx.transaction(async (db) => {
    const { postId, isNew, isDue } = await addPost(db, ctx, body);
    return isNew ? announcePost(db, ctx, postId, { isDue }) : describePost(db, ctx, postId);
  });
}

/** Writes a post in the caller's transaction and tells nobody yet. Not new: the request key made it before. */
export async function addPost(db: Db, ctx: WorkspaceContext, body: BodyOf<typeof createPost>): Promise<{ postId: string; isNew: boolean; isDue: boolean }> {
  const requestHash = hashJson(body);
  if (body.when.kind === 'slot') await holdSlots(db, ctx);
  const known = await db.maybe(findByRequestKey, [ctx.workspace.id, body.requestKey]);
  if (known !== null) return { postId: requireSame(known, requestHash), isNew: false, isDue: false };
  if (body.when.kind !== 'draft') await requireRelease(db, ctx);
  const accounts = await requireKnown(db, ctx, body);
  const id = createId(ctx.clock.now().getTime());
  const plan = await planWhen(db, ctx, body.when, { id, accountIds: accounts.map((account) => account.id) });
  const inserted = await db.run(insertPost, [
    ctx.workspace.id, id, body.requestKey, requestHash, body.content, body.labels ?? [], plan.wallTime, plan.zone, plan.occurrence, plan.dueAt,
    ctx.actor.id, ctx.actor.name, ctx.clock.now(),
  ]);
  // Another call with this key, at the same moment, was first: the row waited for it, and only now it is surely there to be answered.
  if (inserted === 0) return { postId: requireSame(await db.one(findByRequestKey, [ctx.workspace.id, body.requestKey]), requestHash), isNew: false, isDue: false };
  await requireReady(db, ctx, { ...body, postId: id, accounts, plan, allowDuplicate: body.allowDuplicate ?? false });
  for (const target of body.targets) await addTarget(db, ctx, { postId: id, target, content: body.content, plan });
  await recordAudit(db, ctx, {
    action: 'post:create', entity: { type: 'post', id, name: titleOf(body) }, metadata: { targets: body.targets.length, when: body.when.kind },
  });
  return { postId: id, isNew: true, isDue: plan.dueAt !== null };
}

function requireSame(row: PostRow, requestHash: Buffer): string {
  if (!row.request_hash.equals(requestHash)) throw new AppError('conflict', 'This request key was used for another post. Send a new one.');
  return row.id;
}

interface Readiness extends Wanted {
  readonly postId: string;
  readonly accounts: readonly AccountRow[];
  readonly plan: Plan;
  readonly allowDuplicate: boolean;
}

/** A draft may be anything; what has a time must be fit to go out. */
export async function requireReady(db: Db, ctx: WorkspaceContext, wanted: Readiness): Promise<void> {
  if (wanted.plan.dueAt === null) return;
  requireSendable(wanted, wanted.accounts);
  await requireShapes(db, ctx, wanted, wanted.accounts);
  if (wanted.plan.priority === urgentPriority) await requireAffordable(db, ctx, wanted, wanted.accounts);
  if (!wanted.allowDuplicate) await requireOriginal(db, ctx, { ...wanted, dueAt: wanted.plan.dueAt });
}

async function addTarget(
  db: Db, ctx: WorkspaceContext, { postId, target, content, plan }: { postId: string; target: Wanted['targets'][number]; content: Wanted['content']; plan: Plan },
): Promise<void> {
  await db.run(insertTarget, [
    ctx.workspace.id, createId(ctx.clock.now().getTime()), postId, target.accountId, plan.dueAt === null ? 'draft' : 'scheduled',
    target.content, hashText(target.content ?? content), plan.priority, plan.dueAt,
  ]);
}

/** How people recognise a post in the audit trail. */
export function titleOf({ content }: Pick<Wanted, 'content'>): string {
  const words = (content.parts[0]?.text ?? '').replaceAll(/\s+/g, ' ').trim();
  return words === '' ? 'a post without words' : `“${words.length > 60 ? `${words.slice(0, 59)}…` : words}”`;
}

/** Locked from here on: post, then targets, always in this order; a worker that is about to send waits and sees what was decided. */
export async function requirePost(db: Db, ctx: WorkspaceContext, postId: string, version?: number): Promise<{ row: PostRow; targets: TargetRow[] }> {
  const row = await db.maybe(lockPost, [ctx.workspace.id, postId]);
  if (row === null) throw new AppError('not-found');
  if (version !== undefined && row.version !== version) {
    throw new AppError('conflict', 'Somebody has changed this post since you opened it. Load it again; your words are still here.');
  }
  await db.many(lockTargets, [ctx.workspace.id, postId]);
  return { row, targets: await db.many(listTargets, [ctx.workspace.id, [postId]]) };
}

/** Nothing of it has left, and nothing is on its way: it can still be changed. */
export function isOpen(target: TargetRow): boolean {
  return target.parts_published === 0 && !target.is_sent && ['draft', 'scheduled', 'sending', 'failed', 'unknown'].includes(target.state);
}

/** Changes what has not gone out. What is being prepared to be sent is taken back; what may be out already is refused. */
export async function changePost(ctx: WorkspaceContext, postId: string, body: BodyOf<typeof updatePost>): Promise<ReplyOf<typeof updatePost>> {
  requirePermission(ctx, 'posts:write');
  if (body.when?.kind === 'now') requirePermission(ctx, 'posts:publish');
  return ctx.transaction(async (db) => {
    if (body.when?.kind === 'slot') await holdSlots(db, ctx);
    const { row, targets } = await requireOpenPost(db, ctx, postId, body.version);
    const content = body.content ?? row.content;
    const wanted = { content, targets: body.targets ?? targets.map((target) => ({ accountId: target.account_id, content: target.content })) };
    const accounts = await requireKnown(db, ctx, wanted);
    const place = { id: postId, accountIds: wanted.targets.map(({ accountId }) => accountId) };
    const asked = body.when === undefined ? storedPlan(row) : await planWhen(db, ctx, body.when, place);
    const plan = isMore(body) ? await rulePlan(db, ctx, { row, targets, wanted, plan: asked }) : asked;
    const keepsTime = body.when === undefined && plan === asked;
    const labels = body.labels ?? row.labels;
    await storePost(db, ctx, { row, wanted, labels, plan });
    if (isMore(body)) await storeTargets(db, ctx, { row, targets, wanted, accounts, plan, keepsTime, allowDuplicate: body.allowDuplicate ?? body.content === undefined });
    await followChange(db, ctx, { row, wanted, plan, title: titleOf(wanted) });
    await recordAudit(db, ctx, { action: 'post:update', entity: { type: 'post', id: postId, name: titleOf(wanted) }, metadata: changedFields(body) });
    return announcePost(db, ctx, postId, { isDue: plan.dueAt !== null });
  });
}

/** As `requirePost`, and nothing of it has left. */
export async function requireOpenPost(db: Db, ctx: WorkspaceContext, postId: string, version: number): Promise<{ row: PostRow; targets: TargetRow[] }> {
  const found = await requirePost(db, ctx, postId, version);
  if (found.targets.every(isOpen)) return found;
  throw new AppError('conflict', 'This post is out, on its way or deleted, on one account at least: it can no longer be changed. Duplicate it instead.');
}

async function storePost(db: Db, ctx: WorkspaceContext, { row, wanted, labels, plan }: Omit<Change, 'targets'> & { labels: readonly string[] }): Promise<void> {
  await db.run(updatePostRow, [
    ctx.workspace.id, row.id, wanted.content, labels, plan.wallTime, plan.zone, plan.occurrence, plan.dueAt, ctx.clock.now(),
  ]);
}

async function storeTargets(
  db: Db, ctx: WorkspaceContext,
  { row, targets, wanted, accounts, plan, allowDuplicate, keepsTime }: Change & Pick<Readiness, 'accounts' | 'allowDuplicate'> & { keepsTime: boolean },
): Promise<void> {
  await requireReady(db, ctx, { ...wanted, postId: row.id, accounts, plan, allowDuplicate });
  await applyTargets(db, ctx, { postId: row.id, before: targets, wanted, plan, keepsTime });
}

/** Gives a post another plan and nothing else. Whether the actor may is the caller's business: see approval-rule.ts. */
export async function storePlan(db: Db, ctx: WorkspaceContext, change: Change & { readonly allowDuplicate: boolean }): Promise<void> {
  await storePost(db, ctx, { ...change, labels: change.row.labels });
  await storeTargets(db, ctx, { ...change, accounts: await requireKnown(db, ctx, change.wanted), keepsTime: false });
}

/** Throws 422 unless accounts and images are known here and, where there is a time, everything is fit to go out then. */
export async function requireFit(db: Db, ctx: WorkspaceContext, wanted: Omit<Readiness, 'accounts'>): Promise<void> {
  await requireReady(db, ctx, { ...wanted, accounts: await requireKnown(db, ctx, wanted) });
}

function changedFields(body: BodyOf<typeof updatePost>): { fields: string[] } {
  return { fields: Object.keys(body).filter((name) => ['content', 'targets', 'labels', 'when'].includes(name)) };
}

/** Labels are nobody's business but ours: a change of them alone leaves every destination as it is, whatever it is about to do. */
function isMore(body: BodyOf<typeof updatePost>): boolean {
  return body.content !== undefined || body.targets !== undefined || body.when !== undefined;
}

function storedPlan(row: PostRow): Plan {
  return { wallTime: row.wall_time, zone: row.zone, occurrence: row.occurrence, dueAt: row.due_at, priority: plannedPriority };
}

async function applyTargets(
  db: Db, ctx: WorkspaceContext,
  { postId, before, wanted, plan, keepsTime }: { postId: string; before: readonly TargetRow[]; wanted: Wanted; plan: Plan; keepsTime: boolean },
): Promise<void> {
  const kept = new Map(before.map((target) => [target.account_id, target]));
  for (const target of wanted.targets) {
    const known = kept.get(target.accountId);
    kept.delete(target.accountId);
    if (known === undefined) {
      if (keepsTime) requireTimeAhead(ctx, plan);
      await addTarget(db, ctx, { postId, target, content: wanted.content, plan });
      continue;
    }
    await db.run(cancelAttempts, [ctx.workspace.id, known.id]);
    await db.run(deleteUnpublishedParts, [ctx.workspace.id, known.id]);
    if (keepsTime) {
      await db.run(reword, [ctx.workspace.id, known.id, target.content, hashText(target.content ?? wanted.content)]);
      continue;
    }
    await db.run(replan, [
      ctx.workspace.id, known.id, plan.dueAt === null ? 'draft' : 'scheduled', target.content, hashText(target.content ?? wanted.content), plan.priority, plan.dueAt,
    ]);
  }
  for (const { id } of kept.values()) await db.run(deleteTarget, [ctx.workspace.id, id]);
}

/** An account that joins a post whose time has passed would get it at once, and nobody has asked for that. */
function requireTimeAhead(ctx: WorkspaceContext, { dueAt }: Plan): void {
  if (dueAt === null || dueAt > ctx.clock.now()) return;
  throw invalidField('/when', 'past', 'The time of this post has passed. Choose when it goes out, then add the account.');
}

/** Publishes a draft or a scheduled post at once. */
export async function publishNow(
  ctx: WorkspaceContext, postId: string, body: { version: number; allowDuplicate?: boolean },
): Promise<ReplyOf<typeof createPost>> {
  requirePermission(ctx, 'posts:publish');
  return changePost(ctx, postId, { version: body.version, when: { kind: 'now' }, allowDuplicate: body.allowDuplicate ?? false });
}

export async function readPost(ctx: WorkspaceContext, postId: string): Promise<ReplyOf<typeof getPost>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction((db) => describePost(db, ctx, postId));
}

/** The ledger of a post: every try and look, oldest first. */
export async function readAttempts(ctx: WorkspaceContext, postId: string): Promise<ReplyOf<typeof listAttempts>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => {
    await requirePostRow(db, ctx, postId);
    const rows = await db.many(listAttemptRows, [ctx.workspace.id, postId]);
    return {
      attempts: rows.map((row) => ({
        id: row.id, targetId: row.target_id, kind: row.kind, part: row.part, startedAt: row.started_at.toISOString(),
        endedAt: row.ended_at?.toISOString() ?? null, outcome: row.outcome, detail: row.detail,
      })),
    };
  });
}
