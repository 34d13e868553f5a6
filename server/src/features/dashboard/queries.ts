import { statement } from '../../platform/db/statement.ts';

export interface TroubleRow {
  readonly account_id: string;
  readonly scan_id: string;
  readonly state: 'held' | 'failed' | 'partial';
  readonly reason: string | null;
  readonly at: Date;
}

export const countApprovals = statement<{ count: number }>(
  'dashboard.count-approvals',
  `select count(*)::int as count from post_approval a where a.workspace_id = $1 and a.state = 'requested'
     and exists (select from post_target t where t.workspace_id = a.workspace_id and t.post_id = a.post_id and t.state = 'draft')`,
);

/** The latest scan of each account, where it went wrong. */
export const latestTroubles = statement<TroubleRow>(
  'dashboard.latest-troubles',
  `select s.account_id, s.id as scan_id, s.state, s.reason, coalesce(s.at, s.started_at) as at
   from unnest($2::uuid[]) as a (id)
   join lateral (select * from scan where workspace_id = $1 and account_id = a.id and state <> 'running' order by started_at desc, id desc limit 1) s on true
   where s.state in ('held', 'failed', 'partial')`,
);
