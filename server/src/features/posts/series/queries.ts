import type { Content, TargetState } from '@rookery/contract/posts.ts';
import type { Rule, SeriesState } from '@rookery/contract/series.ts';
import { statement } from '../../../platform/db/statement.ts';

export interface SeriesRow {
  readonly id: string;
  readonly request_hash: Buffer;
  readonly state: SeriesState;
  readonly content: Content;
  readonly targets: readonly { readonly accountId: string; readonly content: Content | null }[];
  readonly labels: readonly string[];
  readonly rule: Rule;
  readonly planned_until: string | null;
  /** Somebody who may approve has let it go while approval was asked for: its occurrences need none of their own. */
  readonly is_released: boolean;
  readonly author_id: string | null;
  readonly author_name: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly version: number;
}

const columns = `id, request_hash, state, content, targets, labels, rule, planned_until::text as planned_until, is_released, author_id, author_name, created_at, updated_at, version`;

/** Touches no row when there is a series under this request key already. */
export const insertSeries = statement(
  'series.insert',
  `insert into post_series (workspace_id, id, request_key, request_hash, state, content, targets, labels, rule, author_id, author_name, created_at, updated_at, is_released)
   values ($1, $2, $3, $4, 'active', $5, $6, $7, $8, $9, $10, $11, $11, $12) on conflict (workspace_id, request_key) do nothing`,
);

export const findSeriesByRequestKey = statement<SeriesRow>(
  'series.find-by-request-key', `select ${columns} from post_series where workspace_id = $1 and request_key = $2`,
);

export const findSeries = statement<SeriesRow>('series.find', `select ${columns} from post_series where workspace_id = $1 and id = $2`);

/** Before its posts: whoever plans or changes a series waits here. */
export const lockSeries = statement<SeriesRow>('series.lock', `select ${columns} from post_series where workspace_id = $1 and id = $2 for update`);

/** Those that have not ended, and of the others the last hundred. */
export const listSeriesRows = statement<SeriesRow>(
  'series.list',
  `select ${columns} from post_series where workspace_id = $1 and (state <> 'ended' or id in (
     select id from post_series where workspace_id = $1 and state = 'ended' order by created_at desc, id desc limit 100))
   order by created_at desc, id desc limit 1000`,
);

export const countOpenSeries = statement<{ count: number }>(
  'series.count-open', `select count(*)::int as count from post_series where workspace_id = $1 and state <> 'ended'`,
);

export const updateSeries = statement(
  'series.update',
  `update post_series set content = $3, targets = $4, labels = $5, rule = $6, planned_until = $7, updated_at = $8, is_released = $9, version = version + 1
   where workspace_id = $1 and id = $2`,
);

/** `$6`: null leaves whether it is let go as it is. */
export const setSeriesState = statement(
  'series.set-state',
  `update post_series set state = $3, planned_until = $4, extend_at = null, updated_at = $5, is_released = coalesce($6, is_released), version = version + 1 where workspace_id = $1 and id = $2`,
);

/** How far it has been planned, and when there is more to plan. */
export const noteExtended = statement(
  'series.note-extended', `update post_series set planned_until = $3, extend_at = $4 where workspace_id = $1 and id = $2`,
);

/** What has more to plan, across workspaces. As the worker role. */
export const listSeriesToExtend = statement<{ workspace_id: string; id: string }>(
  'series.list-to-extend', `select workspace_id, id from post_series where extend_at <= $1 order by extend_at limit 1000`,
);

/** Touches no row when the day has its post already, whatever became of it. */
export const insertOccurrence = statement(
  'series.insert-occurrence',
  `insert into post (workspace_id, id, request_key, request_hash, content, labels, wall_time, zone, due_at, author_id, author_name, created_at, updated_at, series_id, occurs_on)
   values ($1, $2, gen_random_uuid(), '', $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12)
   on conflict (workspace_id, series_id, occurs_on) where series_id is not null do nothing`,
);

/** Why it goes out at another time than the rule says. */
export const explainOccurrence = statement(
  'series.explain-occurrence', `update post_target set reason = $3 where workspace_id = $1 and post_id = $2`,
);

/** Without a time it waits for approval. */
export const updateOccurrence = statement(
  'series.update-occurrence',
  `update post set content = $3, labels = $4, wall_time = $5, zone = $6, occurrence = null, due_at = $7, updated_at = $8, version = version + 1
   where workspace_id = $1 and id = $2`,
);

export const deleteOccurrenceTargets = statement('series.delete-occurrence-targets', `delete from post_target where workspace_id = $1 and post_id = $2`);

/**
 * Posts of a series from the day `$3` on that were not changed by hand and are due, or with approval would be, after `$4`, with the
 * rows locked in the order of ids.
 */
export const lockPlannedOccurrences = statement<{ id: string; occurs_on: string }>(
  'series.lock-planned-occurrences',
  `select id, occurs_on::text as occurs_on from post where workspace_id = $1 and series_id = $2 and occurs_on >= $3::date and not is_detached
     and (due_at > $4 or (due_at is null and exists (
       select from post_approval a where a.workspace_id = $1 and a.post_id = post.id and a.state in ('requested', 'changes-requested') and a.wanted_at > $4)))
   order by id for update`,
);

/** It was approved as the series planned it: the series goes on changing it. */
export const attachOccurrence = statement('series.attach-occurrence', 'update post set is_detached = false where workspace_id = $1 and id = $2 and series_id is not null');

/** Destinations of these posts that a worker has had in hands, or that a person has decided about, with all rows locked. */
export const lockOccurrenceTargets = statement<{ post_id: string; is_untouched: boolean }>(
  'series.lock-occurrence-targets',
  `select post_id, state in ('scheduled', 'draft') and attempts = 0 and not is_deleting and (lease_until is null or lease_until < now()) as is_untouched
   from post_target where workspace_id = $1 and post_id = any ($2::uuid[]) order by post_id, id for update`,
);

export const listOccurrenceRows = statement<{ id: string; occurs_on: string; due_at: Date | null; is_detached: boolean; states: TargetState[] }>(
  'series.list-occurrences',
  `select p.id, p.occurs_on::text as occurs_on, p.due_at, p.is_detached,
     array(select t.state from post_target t where t.workspace_id = p.workspace_id and t.post_id = p.id) as states
   from post p where p.workspace_id = $1 and p.series_id = $2 and (p.due_at >= $3 or p.due_at is null) order by p.due_at nulls last, p.id limit 200`,
);
