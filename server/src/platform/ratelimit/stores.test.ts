import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { createTestDatabase } from '../testing/database.ts';
import { redisSkip, startTestRedis, worstWindow, type TestRedis } from '../testing/redis.ts';
import type { Claim, LimitStore } from './limit-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { createPostgresStore } from './postgres-store.ts';
import { readRedisPlace } from './redis-place.ts';
import { createRedisStore } from './redis-store.ts';

const claim = (max: number, windowMs: number, hash = 'a1b2'): Claim => ({ hash, max, windowMs });
const hourMs = 3_600_000;

interface Setting {
  readonly name: string;
  readonly store: LimitStore;
  readonly skip: string | false;
  readonly redis?: TestRedis;
}

const noStore: LimitStore = { claim: async () => assert.fail('skipped') };

async function settings(): Promise<Setting[]> {
  const database = await createTestDatabase();
  const kinds: Setting[] = [
    { name: 'memory', store: createMemoryStore(), skip: false },
    { name: 'PostgreSQL', store: createPostgresStore(database.app), skip: false },
  ];
  for (const isCluster of [false, true]) kinds.push(await redisSetting(isCluster));
  return kinds;
}

async function redisSetting(isCluster: boolean): Promise<Setting> {
  const name = isCluster ? 'Redis Cluster' : 'Redis';
  if (redisSkip !== false) return { name, store: noStore, skip: redisSkip };
  const redis = await startTestRedis({ isCluster });
  const store = connect(redis);
  after(async () => {
    await store.close();
    await redis.end();
  });
  await untilConnected(store);
  return { name, store, skip: false, redis };
}

function connect(redis: TestRedis): ReturnType<typeof createRedisStore> {
  const place = readRedisPlace(redis.url);
  assert.ok(place !== null);
  return createRedisStore(place);
}

async function untilConnected(store: LimitStore): Promise<void> {
  for (let tried = 0; tried < 200; tried += 1) {
    const isThere = await store.claim('probe', [claim(1_000_000, 1)]).then(() => true, () => false);
    if (isThere) return;
    await sleep(25);
  }
  assert.fail('Redis was not reached');
}

let subjects = 0;
const newSubject = (): string => `user-${(subjects += 1)}`;

for (const { name, store, skip, redis } of await settings()) {
  describe(name, { skip }, () => {
    test('of 50 calls at once exactly as many as allowed are admitted, and other callers are not affected', async () => {
      const [one, other] = [newSubject(), newSubject()];
      const verdicts = await Promise.all(Array.from({ length: 50 }, () => store.claim(one, [claim(5, hourMs)])));
      assert.equal(verdicts.filter(({ isAdmitted }) => isAdmitted).length, 5);
      const beside = await store.claim(other, [claim(5, hourMs)]);
      assert.deepEqual([beside.isAdmitted, beside.standings[0]?.remaining], [true, 4]);
    });

    test('a call that one limit refuses consumes nothing of the others', async () => {
      const subject = newSubject();
      const [narrow, wide] = [claim(1, hourMs, 'narrow'), claim(10, hourMs, 'wide')];
      assert.equal((await store.claim(subject, [narrow, wide])).isAdmitted, true);
      const calls = await Promise.all(Array.from({ length: 8 }, () => store.claim(subject, [narrow, wide])));
      assert.deepEqual(calls.map(({ isAdmitted }) => isAdmitted), Array.from({ length: 8 }, () => false));
      assert.equal((await store.claim(subject, [wide])).standings[0]?.remaining, 8);
    });

    test('a refused call is told when the oldest one leaves the window, and is admitted then', async () => {
      const subject = newSubject();
      await store.claim(subject, [claim(2, 400)]);
      await store.claim(subject, [claim(2, 400)]);
      const refused = await store.claim(subject, [claim(2, 400)]);
      const resetMs = refused.standings[0]?.resetMs ?? 0;
      assert.deepEqual([refused.isAdmitted, refused.standings[0]?.remaining], [false, 0]);
      assert.ok(resetMs > 0 && resetMs <= 401, String(resetMs));
      await sleep(resetMs + 2);
      assert.equal((await store.claim(subject, [claim(2, 400)])).isAdmitted, true);
    });

    test('no window holds more than allowed, whatever the pattern of arrivals', async () => {
      const windowMs = 120;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer({ min: 0, max: 70 }), { minLength: 5, maxLength: 25 }), async (max, pauses) => {
          const subject = newSubject();
          const spans: { from: number; to: number }[] = [];
          for (const pauseMs of pauses) {
            if (pauseMs > 30) await sleep(pauseMs);
            const burst = Array.from({ length: 1 + (pauseMs % 4) }, async () => {
              const from = performance.now();
              if ((await store.claim(subject, [claim(max, windowMs)])).isAdmitted) spans.push({ from, to: performance.now() });
            });
            await Promise.all(burst);
          }
          // Admitted somewhere between from and to: only what is surely inside one window may be held against the store.
          for (const { from } of spans) {
            const inside = spans.filter((span) => span.from >= from && span.to < from + windowMs).length;
            assert.ok(inside <= max, `${inside} of ${max}`);
          }
        }),
        { numRuns: 12 },
      );
    });

    if (redis !== undefined) {
      test('a log is a string that GET shows, with a time to live, and is gone after its window', async () => {
        const subject = newSubject();
        await store.claim(subject, [claim(5, hourMs, 'kept'), claim(5, 50, 'short')]);
        const cli = (...words: string[]): string => redis.cli('-c', ...words);
        const keys = cli('--scan', '--pattern', `ratelimit:*${subject}*`).split('\n');
        const kept = keys.find((key) => key.endsWith(':kept')) ?? '';
        assert.match(kept, name === 'Redis' ? /^ratelimit:user-\d+:kept$/ : /^ratelimit:\{user-\d+\}:kept$/);
        assert.match(cli('GET', kept), /^\d{13},$/);
        const ttl = Number(cli('PTTL', kept));
        assert.ok(ttl > 0 && ttl <= hourMs + 1, String(ttl));
        await sleep(80);
        assert.equal(cli('EXISTS', kept.replace(':kept', ':short')), '0');
      });

      test('a clock that was set back keeps nobody out for longer than one window', async () => {
        const subject = newSubject();
        const key = name === 'Redis' ? `ratelimit:${subject}:set` : `ratelimit:{${subject}}:set`;
        const future = Date.now() + hourMs;
        redis.cli('-c', 'SET', key, `${future},${future},`, 'PX', '7200000');
        const refused = await store.claim(subject, [claim(2, 150, 'set')]);
        assert.equal(refused.isAdmitted, false);
        await sleep(160);
        assert.equal((await store.claim(subject, [claim(2, 150, 'set')])).isAdmitted, true);
      });
    }
  });
}

test('three processes on one Redis admit together what one may', { skip: redisSkip }, async () => {
  const redis = await startTestRedis();
  try {
    const counts = await Promise.all(Array.from({ length: 3 }, () => countInProcess(redis.url)));
    assert.equal(counts.reduce((sum, count) => sum + count, 0), 20);
  } finally {
    await redis.end();
  }
});

/** Another process that claims 50 times at once, as soon as it is connected. */
async function countInProcess(url: string): Promise<number> {
  const code = `
    const { createRedisStore } = await import(${JSON.stringify(new URL('redis-store.ts', import.meta.url).href)});
    const { readRedisPlace } = await import(${JSON.stringify(new URL('redis-place.ts', import.meta.url).href)});
    const store = createRedisStore(readRedisPlace(${JSON.stringify(url)}));
    const claim = { hash: 'x', max: 20, windowMs: 3600000 };
    for (;;) { try { await store.claim('probe', [claim]); break; } catch { await new Promise((go) => setTimeout(go, 20)); } }
    const all = await Promise.all(Array.from({ length: 50 }, () => store.claim('shared', [claim])));
    console.log(all.filter((verdict) => verdict.isAdmitted).length);
    await store.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  assert.match(output, /^\d+\n$/);
  return Number(output);
}

test('in memory: never one more than allowed in a window, and never refused while there is room', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 50 }), fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 400 }),
      async (max, windowMs, pauses) => {
        let now = 0;
        const store = createMemoryStore(() => now);
        const admitted: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const hasRoom = admitted.filter((time) => now - time < windowMs).length < max;
          const { isAdmitted } = await store.claim('one', [claim(max, windowMs)]);
          assert.equal(isAdmitted, hasRoom);
          if (isAdmitted) admitted.push(now);
        }
        assert.ok(worstWindow(admitted, windowMs) <= max);
      },
    ),
  );
});

test('memory forgets callers whose windows have passed', async () => {
  let now = 0;
  const store = createMemoryStore(() => now);
  for (let caller = 0; caller < 500; caller += 1) await store.claim(`address-${caller}`, [claim(5, 1000)]);
  assert.equal(store.keyCount, 500);
  now = 61_001;
  await store.claim('another', [claim(5, 1000)]);
  assert.equal(store.keyCount, 1);
});
