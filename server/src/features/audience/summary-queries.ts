import { statement } from '../../platform/db/statement.ts';

export interface DayRow {
  readonly account_id: string;
  readonly day: string;
  readonly gained: number;
  readonly lost: number;
  readonly followers: number | null;
}

/** Per account and day of the zone: what the scans of that day counted, and the list's length at its end. */
export const scanDays = statement<DayRow>(
  'audience.scan-days',
  `select account_id, to_char(at at time zone $4, 'YYYY-MM-DD') as day, sum(gained)::bigint as gained, sum(lost)::bigint as lost,
     (array_agg(followers order by at desc, id desc) filter (where followers is not null))[1] as followers
   from scan
   where workspace_id = $1 and account_id = any ($2::uuid[]) and state in ('complete', 'partial') and at >= $3 and at < $5
   group by 1, 2 order by 2`,
);

/** Per account and day: the last count that the network stated. For networks without lists. */
export const countDays = statement<{ account_id: string; day: string; followers: number }>(
  'audience.count-days',
  `select account_id, to_char(at at time zone $4, 'YYYY-MM-DD') as day, (array_agg(value order by at desc))[1] as followers
   from metric_snapshot
   where workspace_id = $1 and account_id = any ($2::uuid[]) and metric = 'followers' and source = 'measured' and at >= $3 and at < $5
   group by 1, 2 order by 2`,
);

/** The last known count of each account before an instant. */
export const countBefore = statement<{ account_id: string; followers: number }>(
  'audience.count-before',
  `select a.id as account_id, coalesce(s.followers, m.value) as followers
   from unnest($2::uuid[]) as a (id)
   left join lateral (select followers from scan where workspace_id = $1 and account_id = a.id and state in ('complete', 'partial')
     and followers is not null and at < $3 order by at desc, id desc limit 1) s on true
   left join lateral (select value from metric_snapshot where workspace_id = $1 and account_id = a.id and metric = 'followers'
     and source = 'measured' and at < $3 order by at desc limit 1) m on true
   where coalesce(s.followers, m.value) is not null`,
);

/** Days on which an account's list was not read to the end, and not later that day either. */
export const doubtfulDays = statement<{ day: string; reason: string }>(
  'audience.doubtful-days',
  `with per_account as (
     select to_char(at at time zone $4, 'YYYY-MM-DD') as day, max(at) as at,
       (array_agg(reason order by at desc, id desc) filter (where state in ('held', 'failed', 'partial')))[1] as reason,
       bool_or(state = 'complete') as is_measured
     from scan
     where workspace_id = $1 and account_id = any ($2::uuid[]) and at >= $3 and at < $5
     group by 1, account_id
   )
   select day, (array_agg(reason order by at desc))[1] as reason from per_account
   where reason is not null and not is_measured group by 1 order by 1`,
);

export const latestMeasure = statement<{ at: Date | null }>(
  'audience.latest-measure',
  `select max(at) as at from metric_snapshot where workspace_id = $1 and account_id = any ($2::uuid[]) and metric = 'followers'`,
);
