// The job engine on a real queue. Where a minute has to pass, the queue's rows are moved back by it. That the job of a process
// killed with SIGKILL is taken again is proven by tests/crash.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { integer, object } from '@rookery/contract/schema.ts';
import { silentLogger } from '../observability/logger.ts';
import { createTestDatabase } from '../testing/database.ts';
import { defineJob, handleJob, type JobRun } from './definition.ts';
import { createJobEngine, type JobEngineOptions } from './engine.ts';

const payload = object({ n: integer() });
const usual = defineJob({ name: 'test.usual', payload, priority: 5 });
const ordered = defineJob({ name: 'test.ordered', payload, priority: 5, concurrency: 1 });
const failing = defineJob({ name: 'test.failing', payload, priority: 5, concurrency: 1 });
const limited = defineJob({ name: 'test.limited', payload, priority: 5, softLimitSeconds: 1, hardLimitSeconds: 3, retriesMax: 1 });
const lost = defineJob({ name: 'test.lost', payload, priority: 5 });
const single = defineJob({ name: 'test.single', payload, priority: 5, queueing: 'one-per-key' });
const stopped = defineJob({ name: 'test.stopped', payload, priority: 5 });

const database = await createTestDatabase({ jobs: [usual, ordered, failing, limited, lost, single, stopped] });
const web = await start({ isWorker: false });
const worker = await start({ isWorker: true, superviseSeconds: 1 });

async function start(options: Omit<JobEngineOptions, 'connection' | 'log'>) {
  const engine = await createJobEngine({ connection: database.connection('rookery_worker'), log: silentLogger, ...options });
  database.beforeEnd(() => engine.stop());
  return engine;
}

function rowsOf(name: string): Promise<Record<string, unknown>[]> {
  return database.admin('select * from pgboss.job where name = $1 order by created_on', [name]);
}

/** What happens, in order; whoever waits for it is told. */
function createRecord<Item>() {
  const items: Item[] = [];
  let tell = (): void => undefined;
  return {
    items,
    add: (item: Item): void => {
      items.push(item);
      tell();
    },
    reach: async (count: number): Promise<void> => {
      while (items.length < count) {
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      }
    },
  };
}

async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 50));
}

test('a job exists if and only if the transaction that enqueued it commits', async () => {
  let seenOutside = -1;
  await assert.rejects(database.app.withScope({}, async (db) => {
    assert.ok((await web.enqueue(db, usual, { n: 1 })) !== null);
    seenOutside = (await rowsOf(usual.name)).length;
    throw new Error('something after it fails');
  }), /something after it fails/);
  assert.equal(seenOutside, 0);
  assert.deepEqual(await rowsOf(usual.name), []);
  await database.app.withScope({}, async (db) => {
    await web.enqueue(db, usual, { n: 2 });
    assert.deepEqual(await rowsOf(usual.name), []);
  });
  assert.deepEqual((await rowsOf(usual.name)).map(({ data }) => data), [{ n: 2 }]);
});

test('a payload that does not fit its schema is refused before it is stored', async () => {
  const wrong: object = { n: 'a word', token: 'secret' };
  // Guarantee: none; the engine has to find out.
  await assert.rejects(database.app.withScope({}, (db) => web.enqueue(db, usual, wrong as { n: number })), /does not fit its schema/);
});

test('unless said otherwise, a job is tried once and then three times more, 60 s apart, with limits of 25 and 30 minutes', async () => {
  const [row] = await rowsOf(usual.name);
  assert.deepEqual([row?.['retry_limit'], row?.['retry_delay'], row?.['retry_backoff'], row?.['expire_seconds']], [3, 60, false, 1800]);
  assert.equal(usual.softLimitSeconds, 1500);
});

test('priority 9 goes before 5, and 5 before 1, whenever they came', async () => {
  for (const [n, priority] of [[1, 5], [2, 1], [3, 9], [4, 5], [5, 9]] as const) {
    await database.app.withScope({}, (db) => web.enqueue(db, ordered, { n }, { priority }));
  }
  const done = createRecord<number>();
  await worker.work([handleJob(ordered, async ({ payload: { n } }) => done.add(n))]);
  await done.reach(5);
  assert.deepEqual(done.items, [3, 5, 1, 4, 2]);
});

test('a job that fails waits 60 s, knows which try it is, and after the fourth is given up', async () => {
  const tries = createRecord<readonly [number, boolean]>();
  await database.app.withScope({}, (db) => web.enqueue(db, failing, { n: 1 }));
  await worker.work([handleJob(failing, async ({ attempt, isLastAttempt }) => {
    tries.add([attempt, isLastAttempt]);
    throw new Error('not today');
  })]);
  for (const attempt of [1, 2, 3]) {
    await tries.reach(attempt);
    await until(async () => (await rowsOf(failing.name))[0]?.['state'] === 'retry');
    const [row] = await database.admin(
      `select start_after > now() + interval '50 s' and start_after <= now() + interval '60 s' as waits from pgboss.job where name = $1`, [failing.name],
    );
    assert.equal(row?.['waits'], true);
    await database.admin(`update pgboss.job set start_after = now() where name = $1`, [failing.name]);
  }
  await until(async () => (await rowsOf(failing.name))[0]?.['state'] === 'failed');
  assert.deepEqual(tries.items, [[1, false], [2, false], [3, false], [4, true]]);
});

test('at the soft limit the signal is aborted and the job may still end well; at the hard limit it counts as failed', async () => {
  const runs = createRecord<JobRun<{ n: number }>>();
  const softly = createRecord<number>();
  let letGo = (): void => undefined;
  await worker.work([handleJob(limited, async (run) => {
    runs.add(run);
    await new Promise<void>((resolve) => run.signal.addEventListener('abort', () => resolve()));
    softly.add(run.payload.n);
    // One saves what it has and ends; the other does not listen.
    if (run.payload.n === 2) {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
    }
  })]);
  for (const n of [1, 2]) await database.app.withScope({}, (db) => web.enqueue(db, limited, { n }));
  await softly.reach(2);
  assert.deepEqual(softly.items.toSorted(), [1, 2]);
  const stateOf = async (n: number) => (await database.admin(`select state, retry_count from pgboss.job where name = $1 and (data ->> 'n')::int = $2`, [limited.name, n]))[0]?.['state'];
  await until(async () => (await stateOf(1)) === 'completed');
  await until(async () => (await stateOf(2)) === 'retry');
  letGo();
});

test('a job whose process gives no sign of life is taken again by another, with the try counted', async () => {
  await database.app.withScope({}, (db) => web.enqueue(db, lost, { n: 1 }));
  // As a process leaves it that took the job and was killed.
  await database.admin(`update pgboss.job set state = 'active', started_on = now() - interval '40 s', heartbeat_on = now() - interval '31 s' where name = $1`, [lost.name]);
  await database.admin('update pgboss.queue set monitor_on = null, monitor_claim_on = null');
  await until(async () => (await rowsOf(lost.name))[0]?.['state'] === 'retry');
  await database.admin(`update pgboss.job set start_after = now() where name = $1`, [lost.name]);
  const tries = createRecord<number>();
  await worker.work([handleJob(lost, async ({ attempt }) => tries.add(attempt))]);
  await tries.reach(1);
  assert.deepEqual(tries.items, [2]);
});

test('of the jobs with one key one waits and one runs; a second that would wait is answered with null', async () => {
  const add = (key: string, n: number) => database.app.withScope({}, (db) => web.enqueue(db, single, { n }, { key }));
  assert.ok((await add('a', 1)) !== null);
  assert.equal(await add('a', 2), null);
  assert.ok((await add('b', 3)) !== null);
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const running = createRecord<number>();
  await worker.work([handleJob(single, async ({ payload: { n } }) => {
    running.add(n);
    if (n === 1) await held;
  })]);
  await running.reach(2);
  assert.ok((await add('a', 4)) !== null, 'while one runs, another may wait');
  assert.equal(await add('a', 5), null);
  assert.ok(!running.items.includes(4));
  letGo();
  await running.reach(3);
  assert.deepEqual(running.items.toSorted(), [1, 3, 4]);
});

test('a job for later does not begin before its time', async () => {
  const startAfter = new Date(Date.now() + 3600_000);
  await database.app.withScope({}, (db) => web.enqueue(db, ordered, { n: 99 }, { startAfter }));
  const [row] = await database.admin(`select state, start_after from pgboss.job where name = $1 and data ->> 'n' = '99'`, [ordered.name]);
  assert.deepEqual(row, { state: 'created', start_after: startAfter });
});

test('the web role can put jobs in, and neither change nor remove them', async () => {
  await assert.rejects(database.app.withScope({}, (db) => db.executeSql('delete from pgboss.job')), /permission denied/);
  await assert.rejects(database.app.withScope({}, (db) => db.executeSql('update pgboss.job set priority = 9')), /permission denied/);
});
