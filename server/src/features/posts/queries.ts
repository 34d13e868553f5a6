import type { Content, TargetState } from '@rookery/contract/posts.ts';
import { statement } from '../../platform/db/statement.ts';

export interface PostRow {
  readonly id: string;
  readonly request_hash: Buffer;
  readonly content: Content;
  readonly labels: readonly string[];
  readonly wall_time: string | null;
  readonly zone: string | null;
  readonly occurrence: 'first' | 'second' | null;
  readonly due_at: Date | null;
  readonly series_id: string | null;
  readonly occurs_on: string | null;
  readonly is_detached: boolean;
  readonly author_name: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly version: number;
}

/** A post without its content: the first words of it in one line. */
export interface CalendarRow extends Pick<PostRow, 'id' | 'version' | 'labels' | 'wall_time' | 'zone' | 'due_at' | 'updated_at'> {
  readonly line: string;
  readonly has_media: boolean;
  readonly is_repeated: boolean;
}

export interface TargetRow {
  readonly id: string;
  readonly post_id: string;
  readonly account_id: string;
  readonly state: TargetState;
  readonly content: Content | null;
  readonly work_at: Date | null;
  readonly reason: string | null;
  readonly attempts: number;
  readonly is_deleting: boolean;
  readonly published_at: Date | null;
  readonly parts_published: number;
  /** A part is between its last check and the network's answer. */
  readonly is_sent: boolean;
  readonly url: string | null;
}

export const postColumns = `id, request_hash, content, labels, wall_time, zone, occurrence, due_at, series_id, occurs_on::text as occurs_on, is_detached, author_name,
  created_at, updated_at, version`;
const calendarColumns = `id, version, labels, wall_time, zone, due_at, updated_at,
  coalesce((select left(regexp_replace(btrim(part ->> 'text', E' \\n\\r\\t'), '\\s+', ' ', 'g'), 160)
    from jsonb_array_elements(content -> 'parts') with ordinality parts (part, position) where part ->> 'text' ~ '\\S' order by position limit 1), '') as line,
  jsonb_path_exists(content, '$.parts[*].media[*]') as has_media, series_id is not null as is_repeated`;
// Workers look at it before the time that it was promised as well: it may be let go earlier.
const targetColumns = `t.id, t.post_id, t.account_id, t.state, t.content, t.reason, t.attempts, t.is_deleting, t.published_at,
  case when t.state = 'scheduled' and t.held_until > t.work_at then t.held_until else t.work_at end as work_at,
  (select count(*)::int from post_part p where p.workspace_id = t.workspace_id and p.target_id = t.id and p.published_at is not null) as parts_published,
  exists (select from post_part p where p.workspace_id = t.workspace_id and p.target_id = t.id and p.sent_at is not null and p.published_at is null) as is_sent,
  (select p.url from post_part p where p.workspace_id = t.workspace_id and p.target_id = t.id and p.position = 0) as url`;

/** Touches no row when there is a post under this request key already. */
export const insertPost = statement(
  'posts.insert',
  `insert into post (workspace_id, id, request_key, request_hash, content, labels, wall_time, zone, occurrence, due_at, author_id, author_name, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) on conflict (workspace_id, request_key) do nothing`,
);

export const findByRequestKey = statement<PostRow>(
  'posts.find-by-request-key', `select ${postColumns} from post where workspace_id = $1 and request_key = $2`,
);

export const findPost = statement<PostRow>('posts.find', `select ${postColumns} from post where workspace_id = $1 and id = $2`);

/** Against other changes only: a worker that has a destination checks this row's key (a foreign key does), and must not wait for us to have its own. */
export const lockPost = statement<PostRow>('posts.lock', `select ${postColumns} from post where workspace_id = $1 and id = $2 for no key update`);

export const updatePostRow = statement(
  'posts.update',
  `update post set content = $3, labels = $4, wall_time = $5, zone = $6, occurrence = $7, due_at = $8, updated_at = $9,
     is_detached = is_detached or series_id is not null, version = version + 1
   where workspace_id = $1 and id = $2`,
);

export const deletePostRow = statement('posts.delete', `delete from post where workspace_id = $1 and id = $2`);

export const touchPost = statement('posts.touch', `update post set updated_at = $3, version = version + 1 where workspace_id = $1 and id = $2`);

/** The one row about approval that a post may have says so. */
const approvedAs = (state: string): string =>
  `exists (select from post_approval a where a.workspace_id = post.workspace_id and a.post_id = post.id and a.state = ${state})`;

const byTime = `from post where workspace_id = $1 and due_at >= $2 and due_at < $3 and (due_at, id) > ($4, $5)
     and (($6::uuid is null and $7::text is null) or exists (select from post_target t where t.workspace_id = post.workspace_id and t.post_id = post.id
       and ($6::uuid is null or t.account_id = $6) and ($7::text is null or t.state = $7)))
     and ($8::text is null or content::text ilike $8) and ($10::text is null or ${approvedAs('$10')})
   order by due_at, id limit $9`;

const drafts = `from post where workspace_id = $1 and due_at is null and (updated_at, id) < ($2, $3)
     and ($4::uuid is null or exists (select from post_target t where t.workspace_id = post.workspace_id and t.post_id = post.id and t.account_id = $4))
     and exists (select from post_target t where t.workspace_id = post.workspace_id and t.post_id = post.id and t.state = 'draft'
       union all select where not exists (select from post_target t where t.workspace_id = post.workspace_id and t.post_id = post.id))
     and ($5::text is null or content::text ilike $5) and ($7::text is null or ${approvedAs('$7')})
   order by updated_at desc, id desc limit $6`;

/** Keyset by time. `$4`, `$5`: after this; `$6`: account, `$7`: state, `$8`: words, `$10`: where the approval stands, each null for all. */
export const listByTime = statement<PostRow>('posts.list-by-time', `select ${postColumns} ${byTime}`);

/** Keyset by the last change. `$2`, `$3`: after this; `$4`: account, `$5`: words, `$7`: where the approval stands, each null for all. */
export const listDrafts = statement<PostRow>('posts.list-drafts', `select ${postColumns} ${drafts}`);

export const listCalendarByTime = statement<CalendarRow>('posts.list-calendar-by-time', `select ${calendarColumns} ${byTime}`);

export const listCalendarDrafts = statement<CalendarRow>('posts.list-calendar-drafts', `select ${calendarColumns} ${drafts}`);

export const listTargetStates = statement<Pick<TargetRow, 'post_id' | 'account_id' | 'state'>>(
  'posts.list-target-states', `select post_id, account_id, state from post_target where workspace_id = $1 and post_id = any ($2::uuid[])`,
);

/** Priority 9 means: at once, by the database's clock. */
export const insertTarget = statement(
  'posts.insert-target',
  `insert into post_target (workspace_id, id, post_id, account_id, state, content, text_hash, priority, work_at) values ($1, $2, $3, $4, $5, $6, $7, $8::smallint, case when $8::smallint >= 9 then now() else $9::timestamptz end)`,
);

export const listTargets = statement<TargetRow>(
  'posts.list-targets', `select ${targetColumns} from post_target t where t.workspace_id = $1 and t.post_id = any ($2::uuid[]) order by t.post_id, t.id`,
);

/** With the rows locked: what a worker is about to do waits, and sees what was decided here. */
export const lockTargets = statement<{ id: string }>(
  'posts.lock-targets', `select id from post_target where workspace_id = $1 and post_id = $2 order by id for update`,
);

/** A new fence: a worker that holds the row has lost it, and may not send any more. */
export const replan = statement(
  'posts.replan',
  `update post_target set state = $3, content = $4, text_hash = $5, priority = $6::smallint,
     work_at = case when $6::smallint >= 9 then now() else $7::timestamptz end, fence = fence + 1, lease_until = null,
     retries = 0, looks = 0, reason = null, held_until = null where workspace_id = $1 and id = $2`,
);

/**
 * Other words at the time that was planned: what has failed stays so until a person sends it, and what waits waits as long as before.
 * A new fence, as whoever is preparing it has the old words.
 */
export const reword = statement(
  'posts.reword',
  `update post_target set state = case when state in ('sending', 'unknown') then 'scheduled' else state end, content = $3, text_hash = $4,
     fence = fence + 1, lease_until = null, retries = 0, looks = 0 where workspace_id = $1 and id = $2`,
);

export const deleteTarget = statement('posts.delete-target', `delete from post_target where workspace_id = $1 and id = $2`);

export const deleteUnpublishedParts = statement(
  'posts.delete-unpublished-parts', `delete from post_part where workspace_id = $1 and target_id = $2 and published_at is null`,
);

/** Ends whatever is planned, or with `$5` leaves only the deletion on the network; a worker that holds the row has lost it. */
export const settleTarget = statement(
  'posts.settle-target',
  `update post_target set state = $3, reason = $4, work_at = case when $5::boolean then now() end, is_deleting = $5, fence = fence + 1, lease_until = null
   where workspace_id = $1 and id = $2`,
);

/** The send under way keeps its fence: its outcome is still wanted. */
export const askDeletion = statement('posts.ask-deletion', `update post_target set is_deleting = true where workspace_id = $1 and id = $2`);

export const sendAgain = statement(
  'posts.send-again',
  `update post_target set state = 'scheduled', reason = null, work_at = now(), priority = $3, retries = 0, looks = 0, fence = fence + 1, lease_until = null,
     is_deleting = false, held_until = null where workspace_id = $1 and id = $2`,
);

/** The part in doubt may be sent again: somebody looked and decided so. */
export const clearDoubt = statement(
  'posts.clear-doubt',
  `update post_part set sent_at = null, doubted_at = null, steps = '{}', key = gen_random_uuid() where workspace_id = $1 and target_id = $2 and published_at is null and sent_at is not null`,
);

/** The part in doubt is out: somebody looked and decided so. */
export const acceptDoubt = statement(
  'posts.accept-doubt',
  `update post_part set published_at = now(), url = $3 where workspace_id = $1 and target_id = $2 and published_at is null and sent_at is not null`,
);

export const countUnpublishedParts = statement<{ count: number }>(
  'posts.count-unpublished-parts', `select count(*)::int as count from post_part where workspace_id = $1 and target_id = $2 and published_at is null`,
);

/** Another post with the same words on one of these accounts, planned or out since `$4`; `$5`: this post or series. A series repeats itself. */
export const findSameText = statement<{ account_id: string; due_at: Date | null; state: TargetState }>(
  'posts.find-same-text',
  `select t.account_id, p.due_at, t.state from post_target t join post p on p.workspace_id = t.workspace_id and p.id = t.post_id
   join unnest($2::uuid[], $3::bytea[]) as wanted (account_id, text_hash) on wanted.account_id = t.account_id and wanted.text_hash = t.text_hash
   where t.workspace_id = $1 and t.post_id <> $5 and p.series_id is distinct from $5
     and not exists (select from post own where own.workspace_id = $1 and own.id = $5 and own.series_id = p.series_id)
     and t.state in ('scheduled', 'sending', 'unknown', 'review', 'published') and p.due_at >= $4 limit 1`,
);

export interface AttemptRow {
  readonly id: string;
  readonly target_id: string;
  readonly kind: 'send' | 'look' | 'delete';
  readonly part: number;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: 'running' | 'published' | 'refused' | 'retry' | 'unknown' | 'found' | 'absent' | 'interrupted' | 'canceled';
  readonly detail: string | null;
}

export const listAttemptRows = statement<AttemptRow>(
  'posts.list-attempts',
  `select a.id, a.target_id, a.kind, a.part, a.started_at, a.ended_at, a.outcome, a.detail from publish_attempt a
   join post_target t on t.workspace_id = a.workspace_id and t.id = a.target_id
   where a.workspace_id = $1 and t.post_id = $2 order by a.started_at, a.id limit 2000`,
);

export const cancelAttempts = statement(
  'posts.cancel-attempts',
  `update publish_attempt set outcome = 'canceled', ended_at = now() where workspace_id = $1 and target_id = $2 and outcome = 'running'`,
);

/** Tells the publishers, when the transaction commits, that something may be due at once. */
export const wakePublisher = statement('posts.wake-publisher', `select pg_notify('rookery_publish', '')`);
