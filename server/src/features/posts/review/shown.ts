import type { Db } from '../../../platform/db/database.ts';
import type { WorkspaceContext } from '../../context.ts';
import { findApproval, hashRelease, releaseOf } from '../approval-rule.ts';
import { listTargets, type PostRow } from '../queries.ts';

/** Hash of what a review link shows: words, images, accounts, and the time that is planned or asked for. */
export async function hashShown(db: Db, ctx: WorkspaceContext, row: PostRow): Promise<Buffer> {
  const targets = await db.many(listTargets, [ctx.workspace.id, [row.id]]);
  return hashRelease({ ...releaseOf(row, targets), ...(await shownTime(db, ctx, row)) });
}

interface ShownTime {
  readonly wallTime: string | null;
  readonly zone: string | null;
  readonly occurrence: 'first' | 'second' | null;
}

/** When it is planned, else when somebody asks for it to be. */
export async function shownTime(db: Db, ctx: WorkspaceContext, row: PostRow): Promise<ShownTime> {
  if (row.due_at !== null) return { wallTime: row.wall_time, zone: row.zone, occurrence: row.occurrence };
  const approval = await findApproval(db, ctx, row.id);
  if (approval?.state !== 'requested') return { wallTime: null, zone: null, occurrence: null };
  return { wallTime: approval.wall_time, zone: approval.zone, occurrence: approval.occurrence };
}
