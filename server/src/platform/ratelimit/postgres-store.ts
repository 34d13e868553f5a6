import type { Database } from '../db/database.ts';
import { limitKey, type Claim, type LimitStore, type Verdict } from './limit-store.ts';
import { lockLogs, purgeLogs, writeLogs } from './limit-queries.ts';

const purgeEveryMs = 60_000;

/** One limit's row: times of the admitted calls that still count, oldest first, on the database's clock. */
interface Held {
  readonly key: string;
  readonly claim: Claim;
  readonly times: readonly number[];
  readonly wasSetBack: boolean;
}

/** Logs of calls in a table of the instance, for limits that must outlive a process and have no Redis. */
export function createPostgresStore(database: Pick<Database, 'withScope'>): LimitStore {
  let purgedAt = 0;
  const purge = async (): Promise<void> => {
    if (performance.now() - purgedAt < purgeEveryMs) return;
    purgedAt = performance.now();
    await database.withScope({}, (db) => db.run(purgeLogs));
  };
  return {
    claim: async (subject, claims) => {
      await purge();
      return await decide(database, subject, claims);
    },
  };
}

async function decide(database: Pick<Database, 'withScope'>, subject: string, claims: readonly Claim[]): Promise<Verdict> {
  // One order for everybody, so that two callers never wait for each other.
  const keys = claims.map(({ hash }) => limitKey(subject, hash)).toSorted();
  return await database.withScope({}, async (db) => {
    const rows = await db.many(lockLogs, [keys]);
    // The last row was locked last: its clock is the one that all of them are judged by.
    const now = Math.max(...rows.map(({ now_ms }) => now_ms));
    const held = claims.map((claim) => hold(claim, { key: limitKey(subject, claim.hash), rows, now }));
    const isAdmitted = held.every(({ times, claim }) => times.length < claim.max);
    const written = isAdmitted
      ? held.map((one) => ({ ...one, times: [...one.times, now] }))
      : held.filter(({ wasSetBack }) => wasSetBack);
    if (written.length > 0) {
      await db.run(writeLogs, [
        written.map(({ key }) => key),
        written.map(({ times }) => times.join(',')),
        written.map(({ claim }) => now + claim.windowMs + 1),
      ]);
    }
    const standings = held.map(({ times, claim }) => {
      const count = times.length + (isAdmitted ? 1 : 0);
      return { remaining: Math.max(0, claim.max - count), resetMs: count === 0 ? 0 : (times[0] ?? now) + claim.windowMs + 1 - now };
    });
    return { isAdmitted, standings };
  });
}

function hold(claim: Claim, { key, rows, now }: { key: string; rows: readonly { key: string; log: string }[]; now: number }): Held {
  const log = rows.find((row) => row.key === key)?.log ?? '';
  const stored = log === '' ? [] : log.split(',').map(Number);
  // A clock that was set back must hold nobody up: times in the future become now.
  const times = stored.map((time) => Math.min(time, now)).filter((time) => now - time <= claim.windowMs);
  return { key, claim, times, wasSetBack: stored.some((time) => time > now) };
}
