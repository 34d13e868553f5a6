import { statement } from '../../platform/db/statement.ts';

export interface SlotRow {
  readonly account_id: string;
  readonly weekday: number;
  readonly minute: number;
}

/**
 * Held until the transaction ends: who looks for a free slot, or changes slots, does so one after the other in a workspace. A unique
 * constraint could not say it: people may put two posts at one minute on purpose, and whether a post holds its slot depends on its state.
 */
export const lockWorkspaceSlots = statement<{ locked: string }>(
  'slots.lock-workspace', `select pg_advisory_xact_lock(hashtextextended('posting slots ' || $1::text, 0))::text as locked`,
);

/** `$2`: of these accounts; null for all. */
export const listSlotRows = statement<SlotRow>(
  'slots.list',
  `select account_id, weekday, minute from posting_slot where workspace_id = $1 and ($2::uuid[] is null or account_id = any ($2))
   order by account_id, weekday, minute`,
);

export const deleteSlots = statement('slots.delete', `delete from posting_slot where workspace_id = $1 and account_id = $2`);

export const insertSlots = statement(
  'slots.insert',
  `insert into posting_slot (workspace_id, account_id, weekday, minute) select $1, $2, weekday, minute from unnest($3::smallint[], $4::smallint[]) as s (weekday, minute)`,
);

/** Minutes at which something of these accounts stands, goes out, or is to go out once it is approved; `$5`: but not of this post. */
export const listTaken = statement<{ account_id: string; minute_at: Date }>(
  'slots.list-taken',
  `select t.account_id, date_trunc('minute', p.due_at) as minute_at from post p
   join post_target t on t.workspace_id = p.workspace_id and t.post_id = p.id
   where p.workspace_id = $1 and p.due_at >= $2 and p.due_at < $3 and t.account_id = any ($4::uuid[])
     and t.state not in ('draft', 'failed', 'canceled', 'deleted') and p.id is distinct from $5
   union all select t.account_id, date_trunc('minute', a.wanted_at) from post_approval a
   join post_target t on t.workspace_id = a.workspace_id and t.post_id = a.post_id
   where a.workspace_id = $1 and a.state = 'requested' and a.wanted_at >= $2 and a.wanted_at < $3 and t.account_id = any ($4::uuid[])
     and t.state = 'draft' and a.post_id is distinct from $5`,
);
