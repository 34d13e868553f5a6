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

export interface PostTroubleRow {
  readonly id: string;
  readonly line: string;
  readonly needs_look: boolean;
  /** Of the destinations in doubt; where there is none, of those that failed. */
  readonly account_ids: readonly string[];
  readonly at: Date;
  readonly total: number;
}

/** What is in doubt, however long, and what failed since $2, by when it was due. The sum is of all of them. */
export const latestPostTroubles = statement<PostTroubleRow>(
  'dashboard.latest-post-troubles',
  `select p.id, coalesce(left(regexp_replace(btrim(p.content #>> '{parts,0,text}'), '\\s+', ' ', 'g'), 61), '') as line,
     bool_or(t.state = 'review') as needs_look,
     coalesce(array_agg(t.account_id order by t.id) filter (where t.state = 'review'), array_agg(t.account_id order by t.id)) as account_ids,
     coalesce(p.due_at, p.updated_at) as at, (count(*) over ())::int as total
   from post_target t join post p on p.workspace_id = t.workspace_id and p.id = t.post_id
   where t.workspace_id = $1 and t.state in ('review', 'failed') and (t.state = 'review' or coalesce(p.due_at, p.updated_at) > $2)
   group by p.workspace_id, p.id order by needs_look desc, at desc, p.id limit $3`,
);

/** The latest scan of each account, where it went wrong. */
export const latestTroubles = statement<TroubleRow>(
  'dashboard.latest-troubles',
  `select s.account_id, s.id as scan_id, s.state, s.reason, coalesce(s.at, s.started_at) as at
   from unnest($2::uuid[]) as a (id)
   join lateral (select * from scan where workspace_id = $1 and account_id = a.id and state <> 'running' order by started_at desc, id desc limit 1) s on true
   where s.state in ('held', 'failed', 'partial')`,
);
