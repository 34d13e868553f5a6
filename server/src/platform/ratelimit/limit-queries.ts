import { statement } from '../db/statement.ts';

/** Locks the rows in the order given, making those that are missing; the clock is read when a row is held. */
export const lockLogs = statement<{ key: string; log: string; now_ms: number }>(
  'ratelimit.lock',
  `insert into limit_log (key, log, expires_at)
   select key, '', clock_timestamp() from unnest($1::text[]) with ordinality as wanted (key, place) order by place
   on conflict (key) do update set key = excluded.key
   returning key, log, floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms`,
);

export const writeLogs = statement(
  'ratelimit.write',
  `update limit_log set log = written.log, expires_at = to_timestamp(written.expires_ms / 1000)
   from unnest($1::text[], $2::text[], $3::float8[]) as written (key, log, expires_ms) where limit_log.key = written.key`,
);

/** Rows that nobody holds, a thousand at a time. */
export const purgeLogs = statement(
  'ratelimit.purge',
  `delete from limit_log where key in (
     select key from limit_log where expires_at < clock_timestamp() order by expires_at limit 1000 for update skip locked)`,
);
