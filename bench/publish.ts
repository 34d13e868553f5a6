// Many posts due in the same minute on one machine: how late they go out, and how soon "publish now" gets through while they drain.
// The product's publisher and database; the network is a function that takes 30 ms. Beside it, in the same run, a bare queue: claim
// with SKIP LOCKED, the same 30 ms, one update, no intent, no ledger, no audit. Run: npm run bench -- publish [posts [at a time]]
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePost } from '../server/src/features/posts/service.ts';
import { scriptNetwork, withProvider } from '../server/src/features/posts/scripted-publishing.ts';
import { concurrencyStandard, startPublisher } from '../server/src/features/posts/publish/publisher.ts';
import { createHarness, type Harness } from '../server/src/features/testing/harness.ts';
import { openSystemContext } from '../server/src/features/workspaces/index.ts';
import { openDatabase } from '../server/src/platform/db/database.ts';
import { silentLogger } from '../server/src/platform/observability/logger.ts';
import { endTestServer } from '../server/src/platform/testing/server.ts';

const networkMs = 30;
const urgentEveryMs = 500;
const headStartSeconds = 3;

const posts = Number(process.argv[3] ?? 10_000);
const concurrency = Number(process.argv[4] ?? concurrencyStandard);
if (!(posts > 0 && concurrency > 4)) throw new Error('npm run bench -- publish [posts [at a time, more than 4]]');

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function seed(harness: Harness, accountId: string): Promise<number> {
  const { database, owner } = harness;
  const content = `json_build_object('parts', json_build_array(json_build_object('text', 'planned ' || n, 'media', '[]'::json)), 'firstComment', null)`;
  await database.admin(
    `with made as (
       insert into post (workspace_id, id, request_key, request_hash, content, wall_time, zone, due_at, author_name, created_at, updated_at)
       select $1, gen_random_uuid(), gen_random_uuid(), 'x', ${content}, '2026-11-24T09:00', 'UTC', now() + make_interval(secs => $4::int), 'bench', now(), now()
       from generate_series(1, $3::int) n returning id, due_at)
     insert into post_target (workspace_id, id, post_id, account_id, state, text_hash, priority, work_at)
     select $1, gen_random_uuid(), id, $2, 'scheduled', 'x', 7, due_at from made`, [owner.workspace.id, accountId, posts, headStartSeconds],
  );
  await database.admin('analyze');
  const [row] = await database.admin('select extract(epoch from max(work_at)) * 1000 as due from post_target');
  return Number(row?.['due']);
}

interface Drain {
  readonly lateMs: readonly number[];
  readonly urgentMs: readonly number[];
  readonly seconds: number;
}

async function drain(harness: Harness, accountId: string): Promise<Drain> {
  const real = harness.services.providers.get('x');
  if (real === null) throw new Error('no X');
  const network = scriptNetwork(real, { policy: 'key' });
  const seen = new Map<string, number>();
  const provider = {
    ...network.provider,
    publish: async (...[, request, progress]: Parameters<NonNullable<typeof real.publish>>) => {
      await progress.beforeSend();
      seen.set(request.text, Date.now());
      await sleep(networkMs);
      return { externalId: request.key, url: null, ref: {} };
    },
  };
  const providers = withProvider(harness.services.providers, provider);
  const services = { ...harness.services, providers, database: harness.database.worker };
  const owner = { ...harness.owner, providers };
  const dueMs = await seed(harness, accountId);
  const publisher = await startPublisher({ services, concurrency, openWorkspace: (id) => openSystemContext(services, id, 'publish') });
  const urgent: { text: string; at: number }[] = [];
  while (seen.size < posts + urgent.length) {
    await sleep(urgentEveryMs);
    if (Date.now() < dueMs || seen.size >= posts) continue;
    const text = `now ${urgent.length}`;
    urgent.push({ text, at: Date.now() });
    const content = { parts: [{ text, media: [] }], firstComment: null };
    await writePost(owner, { requestKey: randomUUID(), content, targets: [{ accountId, content: null }], when: { kind: 'now' }, allowDuplicate: true });
  }
  await publisher.stop();
  const planned = [...seen].filter(([text]) => text.startsWith('planned')).map(([, at]) => at);
  return {
    lateMs: planned.map((at) => at - dueMs), urgentMs: urgent.map(({ text, at }) => (seen.get(text) ?? Number.NaN) - at),
    seconds: (Math.max(...planned) - dueMs) / 1000,
  };
}

/** The same number of rows through the least that a queue in PostgreSQL can do. Answers posts a second. */
async function drainBare(harness: Harness): Promise<number> {
  const { database } = harness;
  await database.admin('create table bare (id bigint primary key, done_at timestamptz)');
  await database.admin('insert into bare select n from generate_series(1, $1::int) n', [posts]);
  await database.admin('create index on bare (id) where done_at is null');
  await database.admin('grant select, update on bare to rookery_worker');
  const pool = openDatabase({ connection: database.connection('rookery_worker'), connectionsMax: concurrency, statementTimeoutMs: 60_000, log: silentLogger });
  const startedMs = performance.now();
  const work = async (): Promise<void> => {
    for (;;) {
      const { rows } = await pool.withScope({}, (db) => db.executeSql(
        `update bare set done_at = now() where id = (select id from bare where done_at is null order by id limit 1 for update skip locked) returning id`));
      if (rows.length === 0) return;
      await sleep(networkMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const seconds = (performance.now() - startedMs) / 1000;
  await pool.close();
  return posts / seconds;
}

const harness = await createHarness({ isRealTime: true });
const accountId = await harness.connectX();
const bare = await drainBare(harness);
const { lateMs, urgentMs, seconds } = await drain(harness, accountId);
const own = posts / seconds;
const show = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
console.log(`${posts} posts due at once, ${concurrency} at a time, a network that takes ${networkMs} ms`);
console.log(`lateness           p50 ${show(percentile(lateMs, 0.5))}   p99 ${show(percentile(lateMs, 0.99))}   all out after ${seconds.toFixed(0)} s`);
console.log(`publish now        p50 ${show(percentile(urgentMs, 0.5))}   p99 ${show(percentile(urgentMs, 0.99))}   (${urgentMs.length} of them while the others drained)`);
console.log(`posts a second     ${own.toFixed(0)}, beside ${bare.toFixed(0)} of a bare queue: ratio ${(own / bare).toFixed(2)}`);
await endTestServer();
process.exit();
