import type { PostRow } from '../queries.ts';
import { statement } from '../../../platform/db/statement.ts';

/** Workspaces in which something waits for its time. As the worker role. */
export const listWaitingWorkspaces = statement<{ workspace_id: string }>(
  'zones.list-waiting-workspaces', `select distinct workspace_id from post_target where state = 'scheduled' and work_at is not null`,
);

export type PlannedRow = Pick<PostRow, 'id' | 'content' | 'version'> & {
  readonly wall_time: string;
  readonly zone: string;
  readonly occurrence: 'first' | 'second' | null;
  readonly due_at: Date;
};

/** Keyset by time of what is due after `$2`; `$3`, `$4`: after this. */
export const listPlanned = statement<Omit<PlannedRow, 'content' | 'version'>>(
  'zones.list-planned',
  `select id, wall_time, zone, occurrence, due_at from post
   where workspace_id = $1 and due_at > $2 and (due_at, id) > ($3, $4) order by due_at, id limit $5`,
);

/** Answers nothing when it is about to go out, has a time no more or is gone. */
export const lockPlanned = statement<PlannedRow>(
  'zones.lock-planned',
  `select id, content, version, wall_time, zone, occurrence, due_at from post
   where workspace_id = $1 and id = $2 and due_at > $3 for update`,
);

/** Destinations that wait for the post's time, `$3`; one that waits for something else keeps its own. */
export const moveWaitingTargets = statement(
  'zones.move-waiting-targets',
  `update post_target t set work_at = $4, reason = $5, fence = fence + 1
   where t.workspace_id = $1 and t.post_id = $2 and t.state = 'scheduled' and t.work_at = $3 and (t.lease_until is null or t.lease_until < now())
     and not exists (select from post_part p where p.workspace_id = t.workspace_id and p.target_id = t.id and (p.sent_at is not null or p.published_at is not null))`,
);

export const moveDue = statement(
  'zones.move-due', `update post set due_at = $3, updated_at = $4, version = version + 1 where workspace_id = $1 and id = $2`,
);
