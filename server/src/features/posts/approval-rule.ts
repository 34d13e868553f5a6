import type { Approval } from '@rookery/contract/approval.ts';
import { allows } from '@rookery/contract/permissions.ts';
import { hashJson } from '../../platform/crypto/canonical-json.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { recordAudit } from '../audit/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { listApprovalRows, lockApprovalRule, saveDecision, type ApprovalRow } from './approval-queries.ts';
import type { Wanted } from './content.ts';
import type { PostRow, TargetRow } from './queries.ts';
import { addToThread } from './thread.ts';
import { plannedPriority, urgentPriority, type Plan } from './time.ts';

/** What a post without a time is planned for. */
export const noPlan: Plan = { wallTime: null, zone: null, occurrence: null, dueAt: null, priority: plannedPriority };

/**
 * The approval rule, whole: whether the actor may let a post go out. Owners and admins may; whoever else writes may where the
 * workspace asks for no approval. Holds the workspace's setting until the end of the transaction.
 */
async function mayRelease(db: Db, ctx: WorkspaceContext): Promise<boolean> {
  // Jobs do what somebody who was allowed to has planned.
  if (ctx.role === null || allows(ctx.role, 'posts:approve')) return true;
  return !(await db.one(lockApprovalRule, [ctx.workspace.id])).requires_approval;
}

/** Throws `approval-needed` where the actor may not let a post go out. Every verb that gives a destination a time, or sends it, calls this. */
export async function requireRelease(db: Db, ctx: WorkspaceContext): Promise<void> {
  if (!(await mayRelease(db, ctx))) throw new AppError('approval-needed', 'Posts of editors need approval in this workspace. Send it for approval instead.');
}

/** What goes out, when and where: what an approval is bound to. */
interface Release extends Wanted, Pick<Plan, 'wallTime' | 'zone' | 'occurrence'> {}

/** Equal for equal words, images, accounts and time, and for nothing else. */
export function hashRelease({ content, targets, wallTime, zone, occurrence }: Release): Buffer {
  const own = targets.map(({ accountId, content: words }) => ({ accountId, content: words })).toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1));
  return hashJson({ content, targets: own, wallTime, zone, occurrence });
}

export function releaseOf(row: PostRow, targets: readonly TargetRow[]): Release {
  const own = targets.map((target) => ({ accountId: target.account_id, content: target.content }));
  return { content: row.content, targets: own, wallTime: row.wall_time, zone: row.zone, occurrence: row.occurrence };
}

export interface Change {
  readonly row: PostRow;
  readonly targets: readonly TargetRow[];
  readonly wanted: Wanted;
  /** What the change asks for. */
  readonly plan: Plan;
}

/**
 * The plan that a change may have: as asked for, or none where it changes what others have let go. A time that the actor may not
 * give is refused. The caller holds the post's lock.
 */
export async function rulePlan(db: Db, ctx: WorkspaceContext, { row, targets, wanted, plan }: Change): Promise<Plan> {
  if (plan.dueAt === null || (await mayRelease(db, ctx))) return plan;
  const hasSameTime = row.due_at !== null && plan.wallTime === row.wall_time && plan.zone === row.zone && plan.occurrence === row.occurrence && plan.priority !== urgentPriority;
  if (!hasSameTime) await requireRelease(db, ctx);
  const isPlanned = targets.length > 0 && targets.every(({ state }) => state === 'scheduled' || state === 'sending');
  return isPlanned && hashRelease({ ...wanted, ...plan }).equals(hashRelease(releaseOf(row, targets))) ? plan : noPlan;
}

/** Keeps the approval true to what the post has become; the caller has stored the change. */
export async function followChange(db: Db, ctx: WorkspaceContext, { row, wanted, plan, title }: Omit<Change, 'targets'> & { readonly title: string }): Promise<void> {
  const approval = await findApproval(db, ctx, row.id);
  if (approval === null || ctx.role === null) return;
  const isPlanned = plan.dueAt !== null;
  const hash = hashRelease({ ...wanted, ...plan });
  const isAsApproved = isPlanned && approval.state === 'approved' && approval.release_hash?.equals(hash) === true;
  if (isAsApproved) return;
  if (isPlanned && allows(ctx.role, 'posts:approve')) await decide(db, ctx, { postId: row.id, state: 'approved', note: null, hash });
  else if (approval.state === 'approved' || (isPlanned && approval.state === 'requested')) await withdraw(db, ctx, { id: row.id, title });
}

async function withdraw(db: Db, ctx: WorkspaceContext, { id, title }: { id: string; title: string }): Promise<void> {
  await decide(db, ctx, { postId: id, state: 'withdrawn', note: null, hash: null });
  await recordAudit(db, ctx, { action: 'post:approval-withdrawn', entity: { type: 'post', id, name: title } });
}

const kinds = { approved: 'approved', 'changes-requested': 'changes', withdrawn: 'withdrawn' } as const;

/** Stores a decision and shows it in the thread. The hash names what is let go. */
export async function decide(
  db: Db, ctx: WorkspaceContext, { postId, state, note, hash }: { postId: string; state: keyof typeof kinds; note: string | null; hash: Buffer | null },
): Promise<void> {
  await db.run(saveDecision, [ctx.workspace.id, postId, state, ctx.actor.name, ctx.clock.now(), note, hash]);
  await addToThread(db, ctx, { postId, kind: kinds[state], text: note ?? '' });
}

export async function findApproval(db: Db, ctx: WorkspaceContext, postId: string): Promise<ApprovalRow | null> {
  return db.maybe(listApprovalRows, [ctx.workspace.id, [postId]]);
}

export function toApproval(row: ApprovalRow): Approval {
  return {
    state: row.state, wallTime: row.wall_time, zone: row.zone, occurrence: row.occurrence, wantedAt: row.wanted_at.toISOString(),
    requestedBy: row.requested_by_name, requestedAt: row.requested_at.toISOString(), decidedBy: row.decided_by_name,
    decidedAt: row.decided_at?.toISOString() ?? null, note: row.note,
  };
}
