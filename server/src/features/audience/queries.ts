import { statement } from '../../platform/db/statement.ts';

export interface ScanRow {
  readonly id: string;
  readonly account_id: string;
  readonly kind: 'full' | 'new' | 'import';
  readonly state: 'running' | 'complete' | 'partial' | 'held' | 'discarded' | 'failed';
  readonly started_at: Date;
  readonly at: Date | null;
  readonly stated: number | null;
  readonly received: number;
  readonly pages: number;
  readonly cursor: string | null;
  readonly cursor_closed: boolean;
  readonly fence: number;
  readonly gained: number;
  readonly lost: number;
  readonly followers: number | null;
  readonly reason: string | null;
}

const scanColumns = `id, account_id, kind, state, started_at, at, stated, received, pages, cursor, cursor_closed, fence, gained, lost, followers, reason`;

export const insertScan = statement(
  'audience.insert-scan',
  `insert into scan (workspace_id, account_id, id, kind, state, started_at, stated)
   values ($1, $2, $3, $4, 'running', $5, $6)
   on conflict (workspace_id, account_id) where state = 'running' do nothing`,
);

export const findScan = statement<ScanRow>('audience.find-scan', `select ${scanColumns} from scan where workspace_id = $1 and id = $2`);

export const findScanForUpdate = statement<ScanRow>(
  'audience.find-scan-for-update',
  `select ${scanColumns} from scan where workspace_id = $1 and id = $2 for update`,
);

/** Whoever takes a scan over raises the fence: what an earlier process still writes is refused. */
export const takeOverRunning = statement<ScanRow>(
  'audience.take-over-running',
  `update scan set fence = fence + 1 where workspace_id = $1 and account_id = $2 and state = 'running' and kind <> 'import' returning ${scanColumns}`,
);

/** An import that was cut off cannot go on, since its files are read anew: whoever takes it over ends it. */
export const takeOverImport = statement<ScanRow>(
  'audience.take-over-import',
  `update scan set fence = fence + 1 where workspace_id = $1 and id = $2 and state = 'running' and kind = 'import' returning ${scanColumns}`,
);

export const findRunning = statement<ScanRow>(
  'audience.find-running',
  `select ${scanColumns} from scan where workspace_id = $1 and account_id = $2 and state = 'running'`,
);

export const findHeld = statement<ScanRow>(
  'audience.find-held',
  `select ${scanColumns} from scan where workspace_id = $1 and account_id = $2 and state = 'held' order by started_at desc, id desc limit 1`,
);

export const listScansOfAccount = statement<ScanRow>(
  'audience.list-scans',
  `select ${scanColumns} from scan where workspace_id = $1 and account_id = $2 order by started_at desc, id desc limit $3`,
);

export const insertPage = statement(
  'audience.insert-page',
  `insert into scan_page (workspace_id, scan_id, pos, n, ids) values ($1, $2, $3, $4, $5)`,
);

/** Counts one more page in; touches no row when the fence has moved on or the scan has ended. */
export const advanceScan = statement(
  'audience.advance-scan',
  `update scan set pages = pages + 1, received = received + $4, cursor = $5, cursor_closed = $6
   where workspace_id = $1 and id = $2 and state = 'running' and fence = $3`,
);

export const readPages = statement<{ n: number; ids: Buffer }>(
  'audience.read-pages',
  `select n, ids from scan_page where workspace_id = $1 and scan_id = $2 order by pos`,
);

export const deletePages = statement('audience.delete-pages', `delete from scan_page where workspace_id = $1 and scan_id = $2`);

/** New people go before the first page: lists are newest first. */
export const prependPage = statement(
  'audience.prepend-page',
  `insert into scan_page (workspace_id, scan_id, pos, n, ids)
   select $1, $2, coalesce(min(pos), 0) - 1, $3, $4 from scan_page where workspace_id = $1 and scan_id = $2`,
);

export const appendPage = statement(
  'audience.append-page',
  `insert into scan_page (workspace_id, scan_id, pos, n, ids)
   select $1, $2, coalesce(max(pos), 0) + 1, $3, $4 from scan_page where workspace_id = $1 and scan_id = $2`,
);

export interface HeadRow {
  readonly scan_id: string | null;
  readonly followers: number | null;
  readonly at: Date | null;
  readonly gained: number;
  readonly lost: number;
}

export const ensureHead = statement(
  'audience.ensure-head',
  `insert into audience_head (workspace_id, account_id) values ($1, $2) on conflict do nothing`,
);

export const lockHead = statement<HeadRow>(
  'audience.lock-head',
  `select scan_id, followers, at, gained, lost from audience_head where workspace_id = $1 and account_id = $2 for update`,
);

export const readHead = statement<HeadRow>(
  'audience.read-head',
  `select scan_id, followers, at, gained, lost from audience_head where workspace_id = $1 and account_id = $2`,
);

export const moveHead = statement(
  'audience.move-head',
  `update audience_head set scan_id = $3, followers = $4, at = $5, gained = gained + $6, lost = lost + $7
   where workspace_id = $1 and account_id = $2`,
);

export const endScan = statement<ScanRow>(
  'audience.end-scan',
  `update scan set state = $3, at = $4, gained = $5, lost = $6, gained_before = $7, lost_before = $8, followers = $9, reason = $10, cursor = null
   where workspace_id = $1 and id = $2 returning ${scanColumns}`,
);

/** One row per change, numbered on from what the head has counted. Came: who was here before is "returned". */
export const insertCame = statement(
  'audience.insert-came',
  `insert into follower_change (workspace_id, account_id, direction, seq, kind, at, since, person_key, scan_id)
   select $1, $2, 1, $3 + change.ordinal,
     case when exists (select from follower_change gone
       where gone.workspace_id = $1 and gone.account_id = $2 and gone.person_key = change.key and gone.direction = -1)
     then 'returned' else 'gained' end,
     $4, $5, change.key, $6
   from unnest($7::bigint[]) with ordinality as change (key, ordinal)`,
);

export const insertGone = statement(
  'audience.insert-gone',
  `insert into follower_change (workspace_id, account_id, direction, seq, kind, at, since, person_key, scan_id)
   select $1, $2, -1, $3 + change.ordinal, change.kind, $4, $5, change.key, $6
   from unnest($7::bigint[], $8::text[]) with ordinality as change (key, kind, ordinal)`,
);

export interface MissedRow {
  readonly key: string;
  readonly scan_id: string;
  readonly status: 'active' | 'suspended' | 'deactivated' | 'unknown' | null;
}

export const listMissed = statement<MissedRow>(
  'audience.list-missed',
  `select person_key::text as key, scan_id, status from follower_missed where workspace_id = $1 and account_id = $2`,
);

export const upsertMissed = statement(
  'audience.upsert-missed',
  `insert into follower_missed (workspace_id, account_id, person_key, scan_id)
   select $1, $2, key, $3 from unnest($4::bigint[]) as key
   on conflict (workspace_id, account_id, person_key) do nothing`,
);

export const setMissedStatus = statement(
  'audience.set-missed-status',
  `update follower_missed set status = $4 where workspace_id = $1 and account_id = $2 and person_key = $3::bigint`,
);

export const clearMissed = statement(
  'audience.clear-missed',
  `delete from follower_missed where workspace_id = $1 and account_id = $2 and not (person_key = any ($3::bigint[]))`,
);

/** Fills in what a page says of people; a rename changes the handle, never the key. Unknown never overwrites known. */
export const upsertPeople = statement(
  'audience.upsert-people',
  `insert into person as old (workspace_id, network, key, external_id, handle, name, verified, followers, profile_url, seen_at)
   select $1, $2, p.key, p.external_id, p.handle, p.name, p.verified, p.followers, p.profile_url, $3
   from unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::bigint[], $10::text[])
     as p (key, external_id, handle, name, verified, followers, profile_url)
   on conflict (workspace_id, network, key) do update set
     handle = coalesce(excluded.handle, old.handle), name = coalesce(excluded.name, old.name),
     verified = coalesce(excluded.verified, old.verified), followers = coalesce(excluded.followers, old.followers),
     profile_url = coalesce(excluded.profile_url, old.profile_url), seen_at = excluded.seen_at
   where old.external_id = excluded.external_id and (
     excluded.handle is distinct from old.handle or excluded.name is distinct from old.name
     or excluded.verified is distinct from old.verified or old.seen_at < excluded.seen_at - interval '30 days')`,
);

export const externalIds = statement<{ key: string; external_id: string }>(
  'audience.external-ids',
  `select key::text, external_id from person where workspace_id = $1 and network = $2 and key = any ($3::bigint[])`,
);

export const insertMetric = statement(
  'audience.insert-metric',
  `insert into metric_snapshot (workspace_id, account_id, at, metric, value, source) values ($1, $2, $3, $4, $5, $6)
   on conflict do nothing`,
);
