import type { Logger } from '../observability/logger.ts';
import type { Claim, LimitStore, Verdict } from './limit-store.ts';
import type { MemoryStore } from './memory-store.ts';

/** A store that has failed is not asked again for this long. */
const restMs = 1_000;

export interface LimiterOptions {
  readonly memory: MemoryStore;
  /** Null: not configured. */
  readonly redis: LimitStore | null;
  readonly postgres: LimitStore | null;
  readonly log: Pick<Logger, 'warn' | 'info'>;
}

export interface Limiter {
  /** `isSecretGuarded`: the call checks a secret, so its limits must hold across processes and restarts. Never throws. */
  claim(subject: string, claims: readonly Claim[], isSecretGuarded: boolean): Promise<Verdict>;
}

/**
 * Asks Redis, where there is one; else PostgreSQL for what checks a secret; else this process's memory. Each process also keeps in
 * memory what the others admitted for it, so that a store that goes away leaves no clean slate. While stores change hands the bound is
 * `max` per process, and it is exact again one window later.
 */
export function createLimiter(options: LimiterOptions): Limiter {
  const { memory } = options;
  const redis = options.redis === null ? null : createResting('Redis', options.redis, options.log);
  const postgres = options.postgres === null ? null : createResting('PostgreSQL', options.postgres, options.log);
  return {
    claim: async (subject, claims, isSecretGuarded) => {
      const byRedis = redis === null ? null : await redis(subject, claims);
      if (byRedis !== null) return keep(memory, { subject, claims, verdict: byRedis });
      if (!isSecretGuarded || postgres === null) return await memory.claim(subject, claims);
      // What this process alone has admitted is reason enough: a flood does not reach the database.
      const known = memory.look(subject, claims);
      if (!known.isAdmitted) return known;
      const byPostgres = await postgres(subject, claims);
      return byPostgres === null ? await memory.claim(subject, claims) : keep(memory, { subject, claims, verdict: byPostgres });
    },
  };
}

function keep(memory: MemoryStore, decided: { subject: string; claims: readonly Claim[]; verdict: Verdict }): Verdict {
  if (decided.verdict.isAdmitted) memory.record(decided.subject, decided.claims);
  return decided.verdict;
}

type Ask = (subject: string, claims: readonly Claim[]) => Promise<Verdict | null>;

/** Answers null for a store that failed just now or a moment ago. Says so once, and once when it is back. */
function createResting(name: string, store: LimitStore, log: LimiterOptions['log']): Ask {
  let restsUntil = 0;
  let isAway = false;
  return async (subject, claims) => {
    if (performance.now() < restsUntil) return null;
    try {
      const verdict = await store.claim(subject, claims);
      if (isAway) log.info({ store: name }, 'rate limits are counted in their store again');
      isAway = false;
      return verdict;
    } catch (error) {
      restsUntil = performance.now() + restMs;
      if (!isAway) log.warn({ store: name, error: error instanceof Error ? error.message : 'unknown' }, 'rate limits are counted elsewhere: their store failed');
      isAway = true;
      return null;
    }
  };
}
