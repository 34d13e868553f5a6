// Our rate limiter beside two that are widely used, in one run and on one Redis: the most calls that surely fell into one window, the rate
// and the slowest of a hundred checks, and what a caller costs in memory.
import { setTimeout as sleep } from 'node:timers/promises';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { createMemoryStore } from '../server/src/platform/ratelimit/memory-store.ts';
import type { LimitStore } from '../server/src/platform/ratelimit/limit-store.ts';
import { readRedisPlace } from '../server/src/platform/ratelimit/redis-place.ts';
import { createRedisStore } from '../server/src/platform/ratelimit/redis-store.ts';
import { startTestRedis } from '../server/src/platform/testing/redis.ts';

type Check = (caller: string) => Promise<boolean>;

interface Contestant {
  readonly name: string;
  /** A limiter of `max` calls per window. */
  readonly build: (max: number, windowMs: number) => Promise<Check>;
  readonly isRemote: boolean;
}

const windowMs = 1_000;
const windowMax = 10;
const cycles = 5;
const callers = 500;
const hourMs = 3_600_000;

function ours(store: LimitStore): Contestant['build'] {
  return async (max, span) => async (caller) => (await store.claim(caller, [{ hash: `${max}-${span}`, max, windowMs: span }])).isAdmitted;
}

function flexible(redis: Redis | null): Contestant['build'] {
  return async (max, span) => {
    const settings = { points: max, duration: span / 1000, keyPrefix: `flexible-${max}-${span}` };
    const limiter = redis === null ? new RateLimiterMemory(settings) : new RateLimiterRedis({ ...settings, storeClient: redis });
    return async (caller) => {
      try {
        await limiter.consume(caller);
        return true;
      } catch (error) {
        if (error instanceof RateLimiterRes) return false;
        throw error;
      }
    };
  };
}

function plugin(redis: Redis | null): Contestant['build'] {
  return async (max, span) => {
    const server = fastify();
    await server.register(rateLimit, {
      global: false, nameSpace: `plugin-${max}-${span}-`, cache: 100_000, ...(redis === null ? {} : { redis }),
    });
    const check = server.createRateLimit({ max, timeWindow: span, keyGenerator: (request) => request.id });
    return async (caller) => {
      const answer = await check(asRequest({ id: caller, routeOptions: {} }));
      return answer.isAllowed || !answer.isExceeded;
    };
  };
}

// Guarantee: of the request, the plugin reads `routeOptions` and our keyGenerator reads `id`.
function asRequest(request: { id: string; routeOptions: object }): FastifyRequest {
  return request as unknown as FastifyRequest;
}

/** One call early, a burst just before that call leaves the window, and another just after. */
async function findWorst(check: Check): Promise<number> {
  const spans: { from: number; to: number }[] = [];
  const burst = async (count: number): Promise<void> => {
    // One after the other: the plugin's in-process answers are read late, so calls at once would see each other's count.
    for (let call = 0; call < count; call += 1) {
      const from = performance.now();
      if (await check('edge')) spans.push({ from, to: performance.now() });
    }
  };
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    await burst(1);
    await sleep(windowMs - 80);
    await burst(2 * windowMax);
    await sleep(120);
    await burst(2 * windowMax);
    await sleep(windowMs + 100);
  }
  return Math.max(...spans.map(({ from }) => spans.filter((span) => span.from >= from && span.to < from + windowMs).length));
}

async function measureRate(check: Check, { calls, atOnce }: { calls: number; atOnce: number }): Promise<{ perSecond: number; p99Us: number }> {
  const took: number[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < calls) {
      const caller = `caller-${(next += 1) % callers}`;
      const from = performance.now();
      await check(caller);
      took.push(performance.now() - from);
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  const perSecond = (calls / (performance.now() - from)) * 1000;
  return { perSecond, p99Us: (took.toSorted((a, b) => a - b)[Math.floor(calls * 0.99)] ?? 0) * 1000 };
}

/** Bytes of a caller who has used a limit of N up, on Redis. */
async function measureBytes(build: Contestant['build'], redis: Redis, max: number): Promise<number> {
  await redis.flushall();
  const check = await build(max, hourMs);
  await Promise.all(Array.from({ length: max }, () => check('full')));
  const [key] = await redis.keys('*full*');
  return key === undefined ? 0 : Number(await redis.memory('USAGE', key));
}

const text = (value: number): string => Math.round(value).toLocaleString('en');

async function run(redisPort: number, url: string): Promise<boolean> {
  const redis = new Redis({ port: redisPort, host: '127.0.0.1' });
  const place = readRedisPlace(url);
  if (place === null) throw new Error(`not an address of Redis: ${url}`);
  const store = createRedisStore(place);
  await sleep(500);
  const contestants: readonly Contestant[] = [
    { name: 'ours, in process', build: ours(createMemoryStore()), isRemote: false },
    { name: '@fastify/rate-limit, in process', build: plugin(null), isRemote: false },
    { name: 'rate-limiter-flexible, in process', build: flexible(null), isRemote: false },
    { name: 'ours, Redis', build: ours(store), isRemote: true },
    { name: '@fastify/rate-limit, Redis', build: plugin(redis), isRemote: true },
    { name: 'rate-limiter-flexible, Redis', build: flexible(redis), isRemote: true },
  ];
  const worst = await Promise.all(contestants.map(async ({ build }) => findWorst(await build(windowMax, windowMs))));
  console.log(`| limiter | worst of ${windowMax} | checks/s, 1 at once | 64 at once | p99 of 1, µs | bytes at N = 10 / 100 / 1000 |\n| --- | --- | --- | --- | --- | --- |`);
  for (const [index, { name, build, isRemote }] of contestants.entries()) {
    const check = await build(1_000, hourMs);
    const scale = isRemote ? 1 : 10;
    await measureRate(check, { calls: 1_000, atOnce: 8 });
    const single = await measureRate(check, { calls: 4_000 * scale, atOnce: 1 });
    const many = await measureRate(check, { calls: 20_000 * scale, atOnce: 64 });
    const bytes = [];
    if (isRemote) for (const max of [10, 100, 1_000]) bytes.push(text(await measureBytes(build, redis, max)));
    console.log(`| ${name} | ${worst[index] ?? 0} | ${text(single.perSecond)} | ${text(many.perSecond)} | ${text(single.p99Us)} | ${bytes.join(' / ') || '–'} |`);
  }
  await store.close();
  redis.disconnect();
  return worst[0] === windowMax && worst[3] === windowMax;
}

const server = await startTestRedis({ program: process.env['ROOKERY_TEST_REDIS_SERVER'] ?? '/usr/bin/redis-server' });
try {
  const isExact = await run(server.port, server.url);
  console.log(isExact ? 'Ours admitted exactly what it may.' : 'FAILED: ours admitted more or less than it may.');
  process.exitCode = isExact ? 0 : 1;
} finally {
  await server.end();
}
