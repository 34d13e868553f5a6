import type { Content, TargetState } from '@rookery/contract/posts.ts';
import { statement } from '../../../platform/db/statement.ts';

/** What has work to do now, across workspaces, most urgent first. As the worker role. */
export const listReady = statement<{ workspace_id: string; id: string; priority: number }>(
  'publish.list-ready',
  `select workspace_id, id, priority from post_target
   where work_at is not null and work_at <= now() and (lease_until is null or lease_until < now()) and priority >= $1
   order by priority desc, work_at, id limit $2`,
);

/** Milliseconds until something becomes due; null when nothing is planned. */
export const nextDue = statement<{ wait_ms: number | null }>(
  'publish.next-due',
  `select (extract(epoch from min(greatest(work_at, lease_until)) - now()) * 1000)::float8 as wait_ms from post_target where work_at is not null`,
);

export interface ClaimedTarget {
  readonly id: string;
  readonly post_id: string;
  readonly account_id: string;
  readonly state: TargetState;
  readonly fence: number;
  readonly retries: number;
  readonly looks: number;
  readonly is_deleting: boolean;
  readonly content: Content;
  readonly due_at: Date | null;
  readonly is_overdue: boolean;
  /** A person waits for it. */
  readonly is_urgent: boolean;
  /** Why it has not gone out until now. */
  readonly reason: string | null;
}

/** Takes the row for `$3` seconds, if it is free and due. Touches nothing when another worker was faster. */
export const claim = statement(
  'publish.claim',
  `update post_target set fence = fence + 1, lease_until = now() + make_interval(secs => $3::float8)
   where workspace_id = $1 and id = $2 and work_at <= now() and (lease_until is null or lease_until < now())`,
);

/**
 * What the claim has taken. A statement of its own: one that waited for a person's change would see the row as it became, and the post
 * beside it with the words that it had before.
 */
export const readClaimed = statement<ClaimedTarget>(
  'publish.read-claimed',
  `select t.id, t.post_id, t.account_id, t.state, t.fence, t.retries, t.looks, t.is_deleting, coalesce(t.content, p.content) as content, p.due_at,
     (t.priority < 9 and greatest(p.due_at, t.held_until) < now() - make_interval(hours => $3::int)) as is_overdue, t.priority >= 9 as is_urgent, t.reason
   from post_target t join post p on p.workspace_id = t.workspace_id and p.id = t.post_id where t.workspace_id = $1 and t.id = $2`,
);

export interface PartRow {
  readonly position: number;
  readonly is_comment: boolean;
  readonly key: string;
  readonly created_at: Date;
  readonly text: string;
  readonly media: readonly { readonly mediaId: string; readonly altText: string }[];
  readonly steps: Readonly<Record<string, string>>;
  readonly sent_at: Date | null;
  /** Seconds since sent_at, by the database's clock. */
  readonly sent_ago: number | null;
  /** Seconds since created_at, by the caller's clock. */
  readonly doubted_at: Date | null;
  readonly external_id: string | null;
  readonly url: string | null;
  readonly ref: Readonly<Record<string, string>> | null;
  readonly published_at: Date | null;
  readonly deleted_at: Date | null;
}

export const listParts = statement<PartRow>(
  'publish.list-parts',
  `select position, is_comment, key, created_at, text, media, steps, sent_at, extract(epoch from now() - sent_at)::float8 as sent_ago, doubted_at,
     external_id, url, ref, published_at, deleted_at
   from post_part where workspace_id = $1 and target_id = $2 order by position`,
);

export const insertPart = statement(
  'publish.insert-part',
  `insert into post_part (workspace_id, target_id, position, is_comment, key, created_at, text, media) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

/** The intent: from here on the row says that somebody is at it. What was let go before the time that it was promised is late from now on. */
export const beginSending = statement(
  'publish.begin-sending',
  `update post_target set state = 'sending', reason = null, attempts = attempts + 1, lease_until = now() + make_interval(secs => $4::float8),
     held_until = case when held_until > now() then now() else held_until end
   where workspace_id = $1 and id = $2 and fence = $3 and state in ('scheduled', 'sending', 'unknown') and not is_deleting`,
);

export const insertAttempt = statement(
  'publish.insert-attempt',
  `insert into publish_attempt (workspace_id, id, target_id, kind, part, fence, started_at, outcome) values ($1, $2, $3, $4, $5, $6, $7, 'running')`,
);

export const endAttempt = statement(
  'publish.end-attempt',
  `update publish_attempt set outcome = $3, detail = $4, ended_at = $5 where workspace_id = $1 and id = $2 and outcome = 'running'`,
);

/** Attempts of workers that are gone. */
export const interruptAttempts = statement(
  'publish.interrupt-attempts',
  `update publish_attempt set outcome = 'interrupted', detail = 'The worker ended before the answer came.', ended_at = now()
   where workspace_id = $1 and target_id = $2 and fence < $3 and outcome = 'running'`,
);

/** The last check before the public request: still ours, still wanted, and time enough left. Renews the lease. */
export const holdForSend = statement(
  'publish.hold-for-send',
  `update post_target set lease_until = now() + make_interval(secs => $4::float8)
   where workspace_id = $1 and id = $2 and fence = $3 and state = 'sending' and not is_deleting and lease_until > now()`,
);

export const markSent = statement(
  'publish.mark-sent', `update post_part set sent_at = now() where workspace_id = $1 and target_id = $2 and position = $3 and published_at is null`,
);

export const clearSent = statement(
  'publish.clear-sent', `update post_part set sent_at = null where workspace_id = $1 and target_id = $2 and position = $3 and published_at is null`,
);

export const markDoubted = statement(
  'publish.mark-doubted',
  `update post_part set doubted_at = coalesce(doubted_at, now()) where workspace_id = $1 and target_id = $2 and position = $3`,
);

/** Only by whoever holds the fence. */
export const saveStep = statement(
  'publish.save-step',
  `update post_part set steps = steps || jsonb_build_object($4::text, $5::text)
   where workspace_id = $1 and target_id = $2 and position = $3
     and exists (select from post_target t where t.workspace_id = $1 and t.id = $2 and t.fence = $6 and t.state = 'sending')`,
);

export const renewLease = statement(
  'publish.renew-lease',
  `update post_target set lease_until = now() + make_interval(secs => $4::float8) where workspace_id = $1 and id = $2 and fence = $3`,
);

/** As `renewLease`, for a worker that may have been frozen: answers 0 when the row is another's, or is not to be sent any more. */
export const keepLease = statement(
  'publish.keep-lease',
  `update post_target set lease_until = now() + make_interval(secs => $4::float8)
   where workspace_id = $1 and id = $2 and fence = $3 and state = 'sending' and not is_deleting`,
);

/** Locks the row for whoever holds the fence; answers nothing when it has changed hands. */
export const lockHeld = statement<{ state: TargetState; is_deleting: boolean; retries: number; looks: number }>(
  'publish.lock-held', `select state, is_deleting, retries, looks from post_target where workspace_id = $1 and id = $2 and fence = $3 for update`,
);

export const savePublished = statement(
  'publish.save-published',
  `update post_part set external_id = $4, url = $5, ref = $6, published_at = $7, sent_at = coalesce(sent_at, now())
   where workspace_id = $1 and target_id = $2 and position = $3 and published_at is null`,
);

/** A part is out: the next one starts with a clean count. */
export const resetTries = statement('publish.reset-tries', `update post_target set retries = 0, looks = 0, state = 'scheduled' where workspace_id = $1 and id = $2`);

/** Lets go of the row in a new state. `$5` seconds from now there is work again; null: none. */
export const release = statement(
  'publish.release',
  `update post_target set state = $3, reason = $4, work_at = case when $5::float8 is null then null else now() + make_interval(secs => $5::float8) end,
     lease_until = null, retries = $6, looks = $7 where workspace_id = $1 and id = $2`,
);

export const finishTarget = statement(
  'publish.finish-target',
  `update post_target set state = 'published', reason = null, work_at = case when is_deleting then now() end, lease_until = null, published_at = $3,
     metrics_at = $4, missed_at = null, metrics_reason = null
   where workspace_id = $1 and id = $2`,
);

export const markDeleted = statement(
  'publish.mark-deleted', `update post_part set deleted_at = now() where workspace_id = $1 and target_id = $2 and position = $3`,
);

export const findPause = statement<{ wait_seconds: number }>(
  'publish.find-pause', `select extract(epoch from until - now())::float8 as wait_seconds from server_pause where network = $1 and server = $2 and until > now()`,
);

/** One more failure; from the fifth in a row on the server is left alone, each time for longer, at most five minutes. */
export const noteFailure = statement(
  'publish.note-failure',
  `insert into server_pause as n (network, server, failures, until) values ($1, $2, 1, now())
   on conflict (network, server) do update set failures = n.failures + 1,
     until = case when n.failures + 1 >= 5 then now() + make_interval(secs => least(300, 10 * 2 ^ least(n.failures - 4, 5))) else n.until end`,
);

export const noteSuccess = statement('publish.note-success', `delete from server_pause where network = $1 and server = $2`);
