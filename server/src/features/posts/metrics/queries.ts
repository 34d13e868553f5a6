import type { PostFigure } from '@rookery/contract/post-metrics.ts';
import { statement } from '../../../platform/db/statement.ts';

/** Accounts of all workspaces with a post to read; for the scheduler, as the worker role. */
export const listDueAccounts = statement<{ workspace_id: string; account_id: string }>(
  'metrics.list-due-accounts',
  `select distinct workspace_id, account_id from post_target where metrics_at is not null and state = 'published' and metrics_at <= $1 limit 500`,
);

export interface DuePost {
  readonly target_id: string;
  readonly post_id: string;
  readonly published_at: Date;
  readonly missed_at: Date | null;
  /** Null where it is not known which post of the network it is: a person said that it is out. */
  readonly external_id: string | null;
  readonly url: string | null;
  readonly ref: Readonly<Record<string, string>> | null;
  /** Paid for on this day. */
  readonly is_paid: boolean;
}

/** The youngest first: they change most. `$5`: the UTC day. */
export const listDue = statement<DuePost>(
  'metrics.list-due',
  `select t.id as target_id, t.post_id, t.published_at, t.missed_at, p.external_id, p.url, p.ref,
     exists (select from reading_cost c where c.workspace_id = t.workspace_id and c.target_id = t.id and c.day = $5::date) as is_paid
   from post_target t left join post_part p on p.workspace_id = t.workspace_id and p.target_id = t.id and p.position = 0
   where t.workspace_id = $1 and t.account_id = $2 and t.state = 'published' and t.metrics_at <= $3 and t.published_at is not null
   order by t.published_at desc, t.id limit $4`,
);

/** Nothing is written of a post that was deleted here in the meantime. */
export const insertReading = statement(
  'metrics.insert',
  `insert into post_metric (workspace_id, target_id, at, figures)
   select t.workspace_id, t.id, $3, $4 from post_target t where t.workspace_id = $1 and t.id = $2 and t.state = 'published' on conflict do nothing`,
);

/** `$3`: when it is read next, `$4`: since when it is missing, `$5`: why it was not read. */
export const planReading = statement(
  'metrics.plan', `update post_target set metrics_at = $3, missed_at = $4, metrics_reason = $5 where workspace_id = $1 and id = $2 and state = 'published'`,
);

/** All that is due on an account waits; `$4` null: for good. */
export const postponeReadings = statement(
  'metrics.postpone',
  `update post_target set metrics_at = $4, metrics_reason = $5 where workspace_id = $1 and account_id = $2 and state = 'published' and metrics_at <= $3`,
);

/** Keeps the latest reading of each ten minutes, of each six hours from the first day on, of each day after a week, of each week after a month. */
export const thinReadings = statement(
  'metrics.thin',
  `delete from post_metric m using (
     select target_id, at, row_number() over (partition by target_id, width, date_bin(width, at, 'epoch') order by at desc) as place from (
       select target_id, at, case when at > $3::timestamptz - interval '1 day' then interval '10 minutes' when at > $3 - interval '7 days' then interval '6 hours'
         when at > $3 - interval '30 days' then interval '1 day' else interval '7 days' end as width
       from post_metric where workspace_id = $1 and target_id = any ($2::uuid[])
     ) as aged
   ) as placed
   where m.workspace_id = $1 and m.target_id = placed.target_id and m.at = placed.at and placed.place > 1`,
);

/** The latest readings of each destination of a post, oldest first. */
export const listReadings = statement<{ target_id: string; at: Date; figures: readonly PostFigure[] }>(
  'metrics.list',
  `select target_id, at, figures from (
     select m.target_id, m.at, m.figures, row_number() over (partition by m.target_id order by m.at desc) as place
     from post_target t join post_metric m on m.workspace_id = t.workspace_id and m.target_id = t.id where t.workspace_id = $1 and t.post_id = $2
   ) as latest where place <= $3 order by target_id, at`,
);

export const listReadingStates = statement<{ id: string; metrics_at: Date | null; missed_at: Date | null; metrics_reason: string | null }>(
  'metrics.list-states',
  `select id, metrics_at, missed_at, metrics_reason from post_target where workspace_id = $1 and post_id = $2 and state = 'published' order by id`,
);

export const saveReadingCost = statement(
  'metrics.save-cost',
  `insert into reading_cost (workspace_id, account_id, target_id, day, micros, at)
   select $1, $2, target_id, $4::date, $5, $6 from unnest($3::uuid[]) as read (target_id) on conflict do nothing`,
);

/** What the network did not answer costs nothing. */
export const deleteReadingCost = statement(
  'metrics.delete-cost', `delete from reading_cost where workspace_id = $1 and target_id = any ($2::uuid[]) and day = $3::date`,
);
