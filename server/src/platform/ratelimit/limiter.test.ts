import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisSkip, startTestRedis } from '../testing/redis.ts';
import type { Claim, LimitStore } from './limit-store.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import { createMemoryStore } from './memory-store.ts';
import { readRedisPlace } from './redis-place.ts';
import { createRedisStore } from './redis-store.ts';

const claim: Claim = { hash: 'x', max: 5, windowMs: 3_600_000 };

function createLog(): { lines: string[]; log: { warn(facts: object, sentence: string): void; info(facts: object, sentence: string): void } } {
  const lines: string[] = [];
  return { lines, log: { warn: (_facts, sentence) => void lines.push(`warn ${sentence}`), info: (_facts, sentence) => void lines.push(`info ${sentence}`) } };
}

const broken: LimitStore = {
  claim: async () => {
    throw new Error('away');
  },
};

async function countAdmitted(limiter: Limiter, subject: string, calls: number): Promise<number> {
  const verdicts = await Promise.all(Array.from({ length: calls }, () => limiter.claim(subject, [claim], false)));
  return verdicts.filter(({ isAdmitted }) => isAdmitted).length;
}

test('with every store away, limits still hold in the process, and nothing throws', async () => {
  const { lines, log } = createLog();
  const limiter = createLimiter({ memory: createMemoryStore(), redis: broken, postgres: broken, log });
  let admitted = 0;
  for (let call = 0; call < 12; call += 1) if ((await limiter.claim('one', [claim], true)).isAdmitted) admitted += 1;
  assert.equal(admitted, 5);
  assert.equal(lines.length, 2, 'each store is reported once');
});

test('what checks a secret is counted by PostgreSQL while Redis is away, everything else in the process', async () => {
  const asked: string[] = [];
  const memory = createMemoryStore();
  const postgres: LimitStore = {
    claim: (subject, claims) => {
      asked.push(subject);
      return createMemoryStore().claim(subject, claims);
    },
  };
  const limiter = createLimiter({ memory, redis: broken, postgres, log: createLog().log });
  await limiter.claim('secret', [claim], true);
  await limiter.claim('plain', [claim], false);
  assert.deepEqual(asked, ['secret']);
});

test('a process that has admitted enough refuses without asking the database', async () => {
  let asked = 0;
  const postgres: LimitStore = {
    claim: async () => {
      asked += 1;
      return { isAdmitted: true, standings: [{ remaining: 1, resetMs: 1 }] };
    },
  };
  const limiter = createLimiter({ memory: createMemoryStore(), redis: null, postgres, log: createLog().log });
  for (let call = 0; call < 20; call += 1) await limiter.claim('one', [claim], true);
  assert.equal(asked, 5);
});

test('Redis killed and started again: limits hold throughout, nothing fails, and Redis counts again by itself', { skip: redisSkip }, async () => {
  const redis = await startTestRedis();
  const place = readRedisPlace(redis.url);
  assert.ok(place !== null);
  const store = createRedisStore(place);
  const { lines, log } = createLog();
  const limiter = createLimiter({ memory: createMemoryStore(), redis: store, postgres: null, log });
  try {
    await untilCounted(limiter, () => redis.cli('--scan', '--pattern', 'ratelimit:before-*') !== '', 'before');
    assert.equal(await countAdmitted(limiter, 'one', 3), 3);
    await redis.kill();
    assert.equal(await countAdmitted(limiter, 'one', 10), 2, 'what Redis had admitted is not forgotten');
    await redis.start();
    await untilCounted(limiter, () => redis.cli('--scan', '--pattern', 'ratelimit:after-*') !== '', 'after');
    assert.equal(await countAdmitted(limiter, 'two', 10), 5);
    assert.ok(lines.some((line) => line.startsWith('warn')) && lines.at(-1)?.startsWith('info') === true, lines.join('; '));
  } finally {
    await store.close();
    await redis.end();
  }
});

/** Claims for ever new callers until one of them is found in Redis. */
async function untilCounted(limiter: Limiter, isFound: () => boolean, name: string): Promise<void> {
  for (let tried = 0; tried < 200; tried += 1) {
    await limiter.claim(`${name}-${tried}`, [claim], false);
    if (isFound()) return;
    await sleep(50);
  }
  assert.fail('Redis does not count');
}
