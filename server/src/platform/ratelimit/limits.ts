import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import type { HttpServerOptions } from '../http/server-options.ts';
import type { Logger } from '../observability/logger.ts';
import { createAdmission } from './admission.ts';
import { createLimiter } from './limiter.ts';
import { createMemoryStore } from './memory-store.ts';
import { createPostgresStore } from './postgres-store.ts';
import { readRedisPlace } from './redis-place.ts';

export interface LimitsParts<Session> {
  readonly config: Pick<Config, 'redisUrl' | 'hasRateLimits'>;
  readonly database: Pick<Database, 'withScope'>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  readonly userIdOf: (session: Session) => string;
}

export interface Limits<Session> {
  /** What the HTTP server is given: nothing when limits are off. */
  readonly options: Pick<HttpServerOptions<Session>, 'admit'>;
  close(): Promise<void>;
}

/** The rate limits as they are configured. Redis need not be there: neither now nor later. */
export async function startLimits<Session>({ config, database, log, userIdOf }: LimitsParts<Session>): Promise<Limits<Session>> {
  if (!config.hasRateLimits) {
    log.warn({}, 'rate limits are off: for tests only');
    return { options: {}, close: async () => {} };
  }
  const place = config.redisUrl === null ? null : readRedisPlace(config.redisUrl);
  // Where it is not configured its client need not be in memory.
  const redis = place === null ? null : (await import('./redis-store.ts')).createRedisStore(place);
  const limiter = createLimiter({ memory: createMemoryStore(), redis, postgres: createPostgresStore(database), log });
  return { options: { admit: createAdmission({ limiter, userIdOf }) }, close: async () => redis?.close() };
}
