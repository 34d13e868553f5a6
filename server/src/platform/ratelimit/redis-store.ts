import { createHash } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import { limitKey, type LimitStore, type Verdict } from './limit-store.ts';
import type { RedisPlace } from './redis-place.ts';
import { redisScript } from './redis-script.ts';

const answerWithinMs = 250;
const reconnectMsMax = 1_000;
const scriptSha = createHash('sha1').update(redisScript).digest('hex');

export interface RedisStore extends LimitStore {
  close(): Promise<void>;
}

/**
 * Logs of calls in Redis. Connects by itself and again after a loss; without a connection, and after 250 ms without an answer, a claim
 * throws at once. In a cluster the caller is the hash tag of the key, so that all limits of a caller are decided by one node.
 */
export function createRedisStore(place: RedisPlace): RedisStore {
  const client = place.isCluster ? connectCluster(place) : connectServer(place.nodes[0]);
  // Each failed try is reported here; who claims hears of it from the claim.
  client.on('error', () => {});
  return {
    claim: async (subject, claims) => {
      const keys = claims.map(({ hash }) => limitKey(place.isCluster ? `{${subject}}` : subject, hash));
      const values = claims.flatMap(({ max, windowMs }) => [max, windowMs]);
      const answer = await withDeadline(runScript(client, keys, values));
      return readAnswer(answer, claims.length);
    },
    close: async () => client.disconnect(),
  };
}

async function runScript(client: Redis | Cluster, keys: readonly string[], values: readonly number[]): Promise<unknown> {
  try {
    return await client.evalsha(scriptSha, keys.length, ...keys, ...values);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return await client.eval(redisScript, keys.length, ...keys, ...values);
  }
}

async function withDeadline<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${answerWithinMs} ms.`)), answerWithinMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function readAnswer(answer: unknown, count: number): Verdict {
  const numbers = Array.isArray(answer) ? answer.map(Number) : [];
  if (numbers.length !== 1 + 2 * count || !numbers.every(Number.isSafeInteger)) throw new Error('Redis gave an answer that is none of ours.');
  const standings = Array.from({ length: count }, (_, index) => ({
    remaining: numbers[1 + 2 * index] ?? 0, resetMs: numbers[2 + 2 * index] ?? 0,
  }));
  return { isAdmitted: numbers[0] === 1, standings };
}

/** Nothing waits for a connection, and nothing is sent twice: a call that may have been counted is decided elsewhere. */
function connectionOptions(url: URL) {
  return {
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    connectionName: 'rookery',
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 2_000,
  };
}

function addressOf(url: URL): { host: string; port: number } {
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? 6379 : Number(url.port) };
}

function waitBeforeTry(tries: number): number {
  return Math.min(reconnectMsMax, tries * 100);
}

function connectServer(url: URL): Redis {
  const db = Number(/^\/(\d+)$/.exec(url.pathname)?.[1] ?? 0);
  return new Redis({ ...connectionOptions(url), ...addressOf(url), db, enableOfflineQueue: false, retryStrategy: waitBeforeTry });
}

function connectCluster({ nodes }: RedisPlace): Cluster {
  return new Cluster(nodes.map(addressOf), {
    redisOptions: connectionOptions(nodes[0]),
    enableOfflineQueue: false,
    slotsRefreshTimeout: 2_000,
    maxRedirections: 3,
    clusterRetryStrategy: waitBeforeTry,
  });
}
