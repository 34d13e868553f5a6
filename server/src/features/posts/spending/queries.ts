import type { Content } from '@rookery/contract/posts.ts';
import { statement } from '../../../platform/db/statement.ts';

/** What an account has spent since `$3`, in millionths of a dollar; `$4`, `$5` name the part that is left out of it. */
export const readSpent = statement<{ micros: number }>(
  'spending.read-spent',
  `select (coalesce((select sum(micros) from account_cost where workspace_id = $1 and account_id = $2 and at >= $3 and not (target_id = $4 and part = $5)), 0)
     + coalesce((select sum(micros) from reading_cost where workspace_id = $1 and account_id = $2 and at >= $3), 0))::bigint as micros`,
);

export const listSpent = statement<{ account_id: string; micros: number }>(
  'spending.list-spent',
  `select account_id, sum(micros)::bigint as micros from (
     select account_id, micros from account_cost where workspace_id = $1 and account_id = any ($2::uuid[]) and at >= $3 and at < $4
     union all select account_id, micros from reading_cost where workspace_id = $1 and account_id = any ($2::uuid[]) and at >= $3 and at < $4
   ) as costs group by account_id`,
);

/** What will go out on these accounts before `$3`, and how many parts of it have been paid for. */
export const listPlanned = statement<{ account_id: string; content: Content; paid: number }>(
  'spending.list-planned',
  `select t.account_id, coalesce(t.content, p.content) as content,
     (select count(*)::int from account_cost c where c.workspace_id = t.workspace_id and c.target_id = t.id) as paid
   from post_target t join post p on p.workspace_id = t.workspace_id and p.id = t.post_id
   where t.workspace_id = $1 and t.account_id = any ($2::uuid[]) and t.state in ('scheduled', 'sending', 'unknown')
     and (case when t.held_until > t.work_at then t.held_until else t.work_at end) < $3`,
);

/** One row for a part, however often it is tried: the latest attempt holds it. */
export const saveCost = statement(
  'spending.save-cost',
  `insert into account_cost (workspace_id, account_id, target_id, part, attempt_id, micros, at) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (workspace_id, target_id, part) do update set attempt_id = excluded.attempt_id, micros = excluded.micros, at = excluded.at`,
);

export const deleteCostOfAttempt = statement('spending.delete-cost-of-attempt', `delete from account_cost where workspace_id = $1 and target_id = $2 and attempt_id = $3`);

/** Nothing was sent of it. */
export const deleteCostOfPart = statement('spending.delete-cost-of-part', `delete from account_cost where workspace_id = $1 and target_id = $2 and part = $3`);

/** Of a destination that is given up: what was never sent costs nothing. */
export const deleteUnsentCosts = statement(
  'spending.delete-unsent-costs',
  `delete from account_cost c where c.workspace_id = $1 and c.target_id = $2
     and not exists (select from post_part p where p.workspace_id = c.workspace_id and p.target_id = c.target_id and p.position = c.part and p.sent_at is not null)`,
);
