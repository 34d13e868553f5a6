import { statement } from '../../../platform/db/statement.ts';

/** One at a time through these doors until the transaction ends; in one order for everybody. */
export const lockRoom = statement<{ pg_advisory_xact_lock: unknown }>(
  'room.lock', `select pg_advisory_xact_lock(key) from (select unnest($1::bigint[]) as key order by 1) as doors`,
);

/**
 * Seconds until a sliding window of `$2` seconds has room again, null when it has: then what is in it and newer comes to no more
 * than `$3` points.
 */
export const findWait = statement<{ wait_seconds: number | null }>(
  'room.find-wait',
  `select extract(epoch from max(at) + make_interval(secs => $2::float8) - clock_timestamp())::float8 as wait_seconds from (
     select at, sum(points) over (order by at desc, id desc rows unbounded preceding) as points from send_use
     where bucket = $1 and at > clock_timestamp() - make_interval(secs => $2::float8)
   ) as used where points > $3::int`,
);

/** Notes an attempt in each bucket, and forgets in passing what no window reaches back to. */
export const noteUse = statement(
  'room.note-use',
  `with old as (delete from send_use where bucket = any ($1::bytea[]) and at < clock_timestamp() - interval '3 days')
   insert into send_use (bucket, id, at, points) select bucket, $3, clock_timestamp(), points from unnest($1::bytea[], $2::int[]) as use (bucket, points)`,
);

/** The network counts from when the request comes, which a slow upload may have put off. */
export const moveUse = statement('room.move-use', `update send_use set at = clock_timestamp() where id = $1`);

export const deleteUse = statement('room.delete-use', `delete from send_use where id = $1`);

export const findSendPause = statement<{ wait_seconds: number; reason: string }>(
  'room.find-pause',
  `select extract(epoch from until - clock_timestamp())::float8 as wait_seconds, reason from send_pause
   where bucket = any ($1::bytea[]) and until > clock_timestamp() order by until desc limit 1`,
);

/** Until the network's own time; a later one that is known already stays. */
export const pauseSends = statement(
  'room.pause-sends',
  `insert into send_pause as known (bucket, until, reason) values ($1, clock_timestamp() + make_interval(secs => $2::float8), $3)
   on conflict (bucket) do update set until = greatest(known.until, excluded.until), reason = excluded.reason`,
);

/** It is not late before that. */
export const holdUntil = statement(
  'room.hold-until', `update post_target set held_until = now() + make_interval(secs => $3::float8) where workspace_id = $1 and id = $2`,
);
