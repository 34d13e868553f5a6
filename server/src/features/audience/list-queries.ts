import { statement } from '../../platform/db/statement.ts';

export interface PersonColumns {
  readonly key: string;
  readonly handle: string | null;
  readonly name: string | null;
  readonly verified: boolean | null;
  readonly followers: number | null;
  readonly profile_url: string | null;
}

export interface ChangeRow extends PersonColumns {
  readonly account_id: string;
  readonly direction: 1 | -1;
  readonly seq: string;
  readonly kind: 'gained' | 'returned' | 'lost' | 'suspended' | 'deactivated';
  readonly at: Date;
  readonly since: Date | null;
}

const personColumns = `p.handle, p.name, p.verified, p.followers, p.profile_url`;
const changeFilter = `
  c.workspace_id = $1
  and ($2::uuid is null or c.account_id = $2)
  and ($3::smallint is null or c.direction = $3)
  and ($4::timestamptz is null or c.at >= $4)
  and ($5::timestamptz is null or c.at < $5)
  and ($6::boolean is null or p.verified = $6)
  and ($7::text is null or p.handle ilike $7 or p.name ilike $7)`;
const changeFrom = `
  from follower_change c
  join account a on a.workspace_id = c.workspace_id and a.id = c.account_id
  left join person p on p.workspace_id = c.workspace_id and p.network = a.network and p.key = c.person_key`;
const changeColumns = `c.account_id, c.direction, c.seq::text as seq, c.kind, c.at, c.since, c.person_key::text as key, ${personColumns}`;

export const newestChanges = statement<ChangeRow>(
  'audience.newest-changes',
  `select ${changeColumns} ${changeFrom} where ${changeFilter}
     and ($8::timestamptz is null or (c.at, c.account_id, c.direction, c.seq) < ($8, $9::uuid, $10::smallint, $11::bigint))
   order by c.at desc, c.account_id desc, c.direction desc, c.seq desc limit $12`,
);

export const oldestChanges = statement<ChangeRow>(
  'audience.oldest-changes',
  `select ${changeColumns} ${changeFrom} where ${changeFilter}
     and ($8::timestamptz is null or (c.at, c.account_id, c.direction, c.seq) > ($8, $9::uuid, $10::smallint, $11::bigint))
   order by c.at, c.account_id, c.direction, c.seq limit $12`,
);

/** Exact, with every filter. */
export const countChanges = statement<{ total: number }>(
  'audience.count-changes',
  `select count(*) as total ${changeFrom} where ${changeFilter}`,
);

/** Without a search the total is a sum over scans: a row per scan instead of a row per change. */
export const sumChanges = statement<{ gained: number; lost: number }>(
  'audience.sum-changes',
  `select coalesce(sum(gained), 0)::bigint as gained, coalesce(sum(lost), 0)::bigint as lost from scan
   where workspace_id = $1 and ($2::uuid is null or account_id = $2) and state in ('complete', 'partial')
     and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at < $4)`,
);

export const peopleByKeys = statement<PersonColumns>(
  'audience.people-by-keys',
  `select p.key::text as key, ${personColumns} from person p where p.workspace_id = $1 and p.network = $2 and p.key = any ($3::bigint[])`,
);

/** When each of these people last came. */
export const arrivals = statement<{ key: string; at: Date }>(
  'audience.arrivals',
  `select person_key::text as key, max(at) as at from follower_change
   where workspace_id = $1 and account_id = $2 and direction = 1 and person_key = any ($3::bigint[]) group by person_key`,
);

/** Who of these people has left before. */
export const departed = statement<{ key: string }>(
  'audience.departed',
  `select distinct person_key::text as key from follower_change
   where workspace_id = $1 and account_id = $2 and direction = -1 and person_key = any ($3::bigint[])`,
);

export const pageBounds = statement<{ pos: number; n: number }>(
  'audience.page-bounds',
  `select pos, n from scan_page where workspace_id = $1 and scan_id = $2 order by pos`,
);

export const onePage = statement<{ ids: Buffer; n: number }>(
  'audience.one-page',
  `select n, ids from scan_page where workspace_id = $1 and scan_id = $2 and pos = $3`,
);

/** Keys of people whose handle or name matches; the caller keeps those who follow. */
export const searchPeople = statement<{ key: string }>(
  'audience.search-people',
  `select p.key::text as key from person p where p.workspace_id = $1 and p.network = $2
     and ($3::text is null or p.handle ilike $3 or p.name ilike $3) and ($4::boolean is null or p.verified = $4)`,
);

/** Who of these people matches; as `audience.search-people`, for a part of a list at a time. */
export const keysThatMatch = statement<{ key: string }>(
  'audience.keys-that-match',
  `select p.key::text as key from person p where p.workspace_id = $1 and p.network = $2 and p.key = any ($5::bigint[])
     and ($3::text is null or p.handle ilike $3 or p.name ilike $3) and ($4::boolean is null or p.verified = $4)`,
);

export const personHistory = statement<{ kind: ChangeRow['kind']; direction: 1 | -1; at: Date; since: Date | null }>(
  'audience.person-history',
  `select kind, direction, at, since from follower_change
   where workspace_id = $1 and account_id = $2 and person_key = $3::bigint order by at desc, seq desc limit 200`,
);
