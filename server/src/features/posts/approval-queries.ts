import type { ApprovalState } from '@rookery/contract/approval.ts';
import { statement } from '../../platform/db/statement.ts';
import { postColumns, type PostRow } from './queries.ts';

export interface ApprovalRow {
  readonly post_id: string;
  readonly state: ApprovalState;
  readonly wall_time: string;
  readonly zone: string;
  readonly occurrence: 'first' | 'second' | null;
  readonly wanted_at: Date;
  readonly requested_by_name: string;
  readonly requested_at: Date;
  readonly decided_by_name: string | null;
  readonly decided_at: Date | null;
  readonly note: string | null;
  readonly release_hash: Buffer | null;
}

const columns = `post_id, state, wall_time, zone, occurrence, wanted_at, requested_by_name, requested_at, decided_by_name, decided_at, note, release_hash`;

/** Held until the end of the transaction: once the rule is on, nothing follows that was decided without it. */
export const lockApprovalRule = statement<{ requires_approval: boolean }>(
  'posts.approval-rule', `select requires_approval from workspace where id = $1 for share`,
);

/** As it stands: for those who let nothing go out by it. */
export const readApprovalRule = statement<{ requires_approval: boolean }>('posts.read-approval-rule', 'select requires_approval from workspace where id = $1');

export const listApprovalRows = statement<ApprovalRow>(
  'posts.approval-list', `select ${columns} from post_approval where workspace_id = $1 and post_id = any ($2::uuid[])`,
);

/** The newest request counts: one row a post. */
export const saveRequest = statement(
  'posts.approval-request',
  `insert into post_approval (workspace_id, post_id, state, wall_time, zone, occurrence, wanted_at, requested_by, requested_by_name, requested_at, note)
   values ($1, $2, 'requested', $3, $4, $5, $6, $7, $8, $9, $10)
   on conflict (workspace_id, post_id) do update set state = excluded.state, wall_time = excluded.wall_time, zone = excluded.zone,
     occurrence = excluded.occurrence, wanted_at = excluded.wanted_at, requested_by = excluded.requested_by,
     requested_by_name = excluded.requested_by_name, requested_at = excluded.requested_at, note = excluded.note,
     decided_by_name = null, decided_at = null, release_hash = null`,
);

/** `$7`: hash of what is let go; null where it is not. */
export const saveDecision = statement(
  'posts.approval-decide',
  `update post_approval set state = $3, decided_by_name = $4, decided_at = $5, note = $6, release_hash = $7 where workspace_id = $1 and post_id = $2`,
);

export const listWaitingPosts = statement<PostRow>(
  'posts.approval-waiting',
  `select ${postColumns} from post join (select post_id, wanted_at from post_approval where workspace_id = $1 and state = 'requested') a on a.post_id = post.id
   where workspace_id = $1 and (exists (select from post_target t where t.workspace_id = $1 and t.post_id = post.id and t.state = 'draft'))
   order by a.wanted_at, post.id limit 200`,
);
