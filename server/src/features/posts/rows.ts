import type { Approval } from '@rookery/contract/approval.ts';
import type { Post, Target, TargetState } from '@rookery/contract/posts.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { listAccountRows, type AccountRow } from '../accounts/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { listApprovalRows } from './approval-queries.ts';
import { toApproval } from './approval-rule.ts';
import { findPost, listTargets, wakePublisher, type PostRow, type TargetRow } from './queries.ts';

/** What of a post wants attention first. */
const urgency: readonly TargetState[] = ['review', 'failed', 'unknown', 'sending', 'scheduled', 'draft', 'published', 'deleted', 'canceled'];

/** Posts as people see them. */
export async function describePosts(db: Db, ctx: WorkspaceContext, rows: readonly PostRow[]): Promise<Post[]> {
  const accounts = new Map((await listAccountRows(db, ctx)).map((account) => [account.id, account]));
  const order = [...accounts.keys()];
  const targets = Map.groupBy(await db.many(listTargets, [ctx.workspace.id, rows.map(({ id }) => id)]), ({ post_id }) => post_id);
  const approvals = new Map((await db.many(listApprovalRows, [ctx.workspace.id, rows.map(({ id }) => id)])).map((approval) => [approval.post_id, toApproval(approval)]));
  return rows.map((row) => {
    const sorted = (targets.get(row.id) ?? []).toSorted((a, b) => order.indexOf(a.account_id) - order.indexOf(b.account_id));
    return toPost(row, sorted.map((target) => toTarget(target, accounts.get(target.account_id))), approvals.get(row.id) ?? null);
  });
}

/** Throws `not-found` where the workspace has no such post. */
export async function requirePostRow(db: Db, ctx: WorkspaceContext, postId: string): Promise<PostRow> {
  const row = await db.maybe(findPost, [ctx.workspace.id, postId]);
  if (row === null) throw new AppError('not-found');
  return row;
}

/** Tells browsers that a post has changed, or with the id of a series several of them: they read what they show anew. */
export async function tellBrowsers(db: Db, ctx: WorkspaceContext, id: string): Promise<void> {
  await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'posts', id, progress: 0 });
}

export async function describePost(db: Db, ctx: WorkspaceContext, postId: string): Promise<{ post: Post }> {
  const [post] = await describePosts(db, ctx, [await requirePostRow(db, ctx, postId)]);
  if (post === undefined) throw new AppError('not-found');
  return { post };
}

/** The post as it is now, after telling browsers, and with `isDue` the publishers, that it has changed. */
export async function announcePost(db: Db, ctx: WorkspaceContext, postId: string, { isDue }: { isDue: boolean }): Promise<{ post: Post }> {
  await tellBrowsers(db, ctx, postId);
  if (isDue) await db.run(wakePublisher);
  return describePost(db, ctx, postId);
}

function toPost(row: PostRow, targets: Target[], approval: Approval | null): Post {
  return {
    id: row.id, state: stateOf(targets), content: row.content, labels: [...row.labels], wallTime: row.wall_time, zone: row.zone,
    dueAt: row.due_at?.toISOString() ?? null, targets, authorName: row.author_name, approval,
    series: row.series_id === null || row.occurs_on === null ? null : { id: row.series_id, date: row.occurs_on, isEdited: row.is_detached },
    createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString(), version: row.version,
  };
}

/** The state of a post as a whole. */
export function stateOf(targets: readonly Pick<Target, 'state'>[]): TargetState {
  return urgency.find((state) => targets.some((target) => target.state === state)) ?? 'draft';
}

function toTarget(row: TargetRow, account: AccountRow | undefined): Target {
  return {
    id: row.id, accountId: row.account_id, network: account?.network ?? '', networkName: account?.network_name ?? '', handle: account?.handle ?? '',
    simulated: account?.simulated ?? false, state: row.state, content: row.content, dueAt: row.work_at?.toISOString() ?? null, reason: row.reason,
    partsPublished: row.parts_published, attempts: row.attempts, publishedAt: row.published_at?.toISOString() ?? null, url: row.url, isDeleting: row.is_deleting,
  };
}
