import { dueUnderRules, resolveWallTime } from '@rookery/contract/wall-time.ts';
import { recordAudit } from '../../audit/index.ts';
import type { Services, WorkspaceContext } from '../../context.ts';
import { lockTargets } from '../queries.ts';
import { announcePost } from '../rows.ts';
import { titleOf } from '../service.ts';
import { aheadOf, describeSkipped } from '../time.ts';
import { listPlanned, listWaitingWorkspaces, lockPlanned, moveDue, moveWaitingTargets } from './queries.ts';

const pageSize = 500;
const firstId = '00000000-0000-0000-0000-000000000000';

export interface FollowOptions {
  /** The rules of all zones; those of this Node by default. */
  readonly resolve?: typeof resolveWallTime;
  readonly signal?: AbortSignal;
}

/** Follows the rules of all zones in every workspace that has something planned. Answers how many posts were moved. */
export async function followZonesEverywhere(
  services: Services, openWorkspace: (workspaceId: string) => Promise<WorkspaceContext | null>, options: FollowOptions = {},
): Promise<number> {
  const workspaces = await services.database.withScope({}, (db) => db.many(listWaitingWorkspaces));
  let moved = 0;
  for (const { workspace_id } of workspaces) {
    if (options.signal?.aborted === true) break;
    const ctx = await openWorkspace(workspace_id);
    if (ctx !== null) moved += await followZones(ctx, options);
  }
  return moved;
}

/**
 * Governments change their clocks, and a post is planned by the clock on the wall: each one whose time has become another instant
 * is moved there. What is due within the time that a worker may hold a post stays as it is. Answers how many were moved.
 * No permission: part of a job.
 */
export async function followZones(ctx: WorkspaceContext, { resolve = resolveWallTime, signal }: FollowOptions = {}): Promise<number> {
  let moved = 0;
  let after: { readonly due_at: Date | string; readonly id: string } = { due_at: '-infinity', id: firstId };
  while (signal?.aborted !== true) {
    const values = [ctx.workspace.id, aheadOf(ctx), after.due_at, after.id, pageSize];
    const rows = await ctx.transaction((db) => db.many(listPlanned, values));
    for (const row of rows) {
      const moment = dueUnderRules({ wallTime: row.wall_time, zone: row.zone, occurrence: row.occurrence }, resolve);
      if (moment !== null && moment.at.getTime() !== row.due_at.getTime() && (await movePost(ctx, row.id, resolve))) moved += 1;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) break;
    after = last;
  }
  return moved;
}

/** Looks again with the rows locked, the post first and then its destinations, as everybody does. No permission: part of a job. */
async function movePost(ctx: WorkspaceContext, postId: string, resolve: typeof resolveWallTime): Promise<boolean> {
  return ctx.transaction(async (db) => {
    const row = await db.maybe(lockPlanned, [ctx.workspace.id, postId, aheadOf(ctx)]);
    if (row === null) return false;
    await db.many(lockTargets, [ctx.workspace.id, postId]);
    const moment = dueUnderRules({ wallTime: row.wall_time, zone: row.zone, occurrence: row.occurrence }, resolve);
    if (moment === null || moment.at.getTime() === row.due_at.getTime()) return false;
    const reason = moment.skipped === null ? null : describeSkipped(row.wall_time, row.zone, moment.skipped);
    const targets = await db.run(moveWaitingTargets, [ctx.workspace.id, postId, row.due_at, moment.at, reason]);
    if (targets === 0) return false;
    await db.run(moveDue, [ctx.workspace.id, postId, moment.at, ctx.clock.now()]);
    await recordAudit(db, ctx, {
      action: 'post:follow-zone', entity: { type: 'post', id: postId, name: titleOf(row) },
      metadata: { zone: row.zone, wallTime: row.wall_time, before: { dueAt: row.due_at.toISOString() }, after: { dueAt: moment.at.toISOString() } },
    });
    await announcePost(db, ctx, postId, { isDue: true });
    return true;
  });
}
