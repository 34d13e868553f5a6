import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import type { Post, Target } from '@rookery/contract/posts.ts';
import type { PostFigure, TargetFigures } from '@rookery/contract/post-metrics.ts';
import { AppError } from '../../../platform/errors.ts';
import { ProviderError, type PostReading } from '../../../providers/provider.ts';
import { readingOf } from '../../../providers/post-reading.ts';
import { changeBudget } from '../../accounts/service.ts';
import type { WorkspaceContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { standardTimes } from '../publish/times.ts';
import { workOnTarget } from '../publish/work.ts';
import { scriptNetwork, withProvider } from '../scripted-publishing.ts';
import { writePost } from '../service.ts';
import { readSpending } from '../spending/service.ts';
import { enqueueDueReadings } from './jobs.ts';
import { readDueFigures } from './read.ts';
import { readPostFigures } from './show.ts';

const harness = await createHarness();
const { database, clock } = harness;
const accountId = await harness.connectX();
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const signal = new AbortController().signal;
const minuteMs = 60_000;

/** What the network says next, in order; then `likes` of the number of calls. */
let answers: (readonly PostReading[] | ProviderError)[] = [];
let calls: string[][] = [];
const network = scriptNetwork(real, { price: { post: 15_000, postWithLink: 200_000 } });
const priceOfReading = { batchMax: 2, priceMicros: 5_000 };
const providers = withProvider(harness.services.providers, {
  ...network.provider, manifest: { ...network.provider.manifest, postMetrics: priceOfReading },
  readPostMetrics: (_call, publications) => {
    calls.push(publications.map(({ externalId }) => externalId));
    const next = answers.shift();
    if (next instanceof ProviderError) return Promise.reject(next);
    return Promise.resolve(next ?? publications.map(() => readingOf([['likes', calls.length], ['views', null]])));
  },
});
const owner: WorkspaceContext = { ...harness.owner, providers };
const worker: WorkspaceContext = { ...harness.worker, providers };

async function publishOne(): Promise<Post & { readonly targetId: string }> {
  const content = { parts: [{ text: `A heron, ${randomUUID()}`, media: [] }], firstComment: null };
  const { post } = await writePost(owner, { requestKey: randomUUID(), content, targets: [{ accountId, content: null }], when: { kind: 'now' } });
  const target: Target | undefined = post.targets[0];
  assert.ok(target !== undefined);
  await workOnTarget(worker, target.id, { times: standardTimes, signal });
  return { ...post, targetId: target.id };
}

const read = (): Promise<void> => readDueFigures(worker, { accountId, signal });
async function look(post: Post): Promise<TargetFigures> {
  const [figures] = (await readPostFigures(owner, post.id)).targets;
  assert.ok(figures !== undefined);
  return figures;
}
const likesOf = (figures: readonly PostFigure[]): number | null | undefined => figures.find(({ metric }) => metric === 'likes')?.value;
const spent = async (): Promise<number> => (await readSpending(owner)).spending.find((one) => one.accountId === accountId)?.spentMicros ?? 0;

beforeEach(async () => {
  for (const table of ['send_use', 'send_pause', 'account_cost', 'reading_cost', 'post']) await database.admin(`delete from ${table}`);
  await database.admin(`update account set budget_micros = null, state = 'connected'`);
  [answers, calls] = [[], []];
});

test('figures are read minutes after a post is out and then by its age, each with its time; what the network lacks is no zero', async () => {
  const post = await publishOne();
  await read();
  assert.equal(calls.length, 0, 'too early');
  assert.deepEqual((await look(post)).readAt, null);
  clock.advance(5 * minuteMs);
  await read();
  await read();
  assert.equal(calls.length, 1);
  clock.advance(10 * minuteMs);
  await read();
  const figures = await look(post);
  assert.deepEqual(figures.figures, [{ metric: 'likes', value: 2, source: 'measured' }, { metric: 'views', value: null, source: 'unsupported' }]);
  assert.deepEqual([figures.readAt, figures.goneAt, figures.reason], [clock.now().toISOString(), null, null]);
  assert.deepEqual(figures.series.map((one) => likesOf(one.figures)), [1, 2]);
  assert.equal(Date.parse(figures.nextAt ?? '') - clock.now().getTime(), 10 * minuteMs);
});

test('many posts go in batches, one job asks for all of an account, and another workspace sees nothing', async () => {
  const posts = [await publishOne(), await publishOne(), await publishOne()];
  clock.advance(5 * minuteMs);
  await enqueueDueReadings({ ...harness.services, database: harness.database.worker, providers }, () => Promise.resolve(worker));
  await enqueueDueReadings({ ...harness.services, database: harness.database.worker, providers }, () => Promise.resolve(worker));
  const jobs = await database.admin(`select data ->> 'accountId' as account from pgboss.job where name = 'posts.read-metrics'`);
  assert.deepEqual(jobs, [{ account: accountId }]);
  await read();
  assert.deepEqual(calls.map((one) => one.length), [2, 1]);
  const [first] = posts;
  assert.ok(first !== undefined);
  await assert.rejects(readPostFigures(harness.stranger, first.id), (error: unknown) => error instanceof AppError && error.code === 'not-found');
});

test('a post that is missing twice is gone since the first time, and is not asked for again; missing once is not said', async () => {
  const post = await publishOne();
  clock.advance(5 * minuteMs);
  answers = [[{ state: 'gone' }], [{ state: 'gone' }]];
  await read();
  const since = clock.now().toISOString();
  assert.deepEqual((await look(post)).goneAt, null);
  clock.advance(15 * minuteMs);
  await read();
  const figures = await look(post);
  assert.deepEqual([figures.goneAt, figures.nextAt, figures.figures], [since, null, []]);
  clock.advance(90 * minuteMs);
  await read();
  assert.equal(calls.length, 2);
});

test('a limit of the network holds readings back until its time and sends not at all', async () => {
  const post = await publishOne();
  clock.advance(5 * minuteMs);
  const until = new Date(clock.now().getTime() + 40 * minuteMs);
  answers = [new ProviderError('rateLimited', 'X asks to wait.', { until })];
  await read();
  const figures = await look(post);
  assert.deepEqual([figures.nextAt, figures.reason, figures.readAt], [until.toISOString(), 'X asks to wait.', null]);
  const sentBefore = network.posts.length;
  await publishOne();
  assert.equal(network.posts.length, sentBefore + 1, 'the send was not held back');
  clock.advance(5 * minuteMs);
  await read();
  assert.equal(calls.length, 1, 'the second post waits for the same limit');
  assert.equal(await spentOnReading(), 0, 'what was refused costs nothing');
});

async function spentOnReading(): Promise<number> {
  const [row] = await database.admin(`select coalesce(sum(micros), 0)::int as micros from reading_cost`);
  return Number(row?.['micros']);
}

test('an account that has to be connected again is not asked, and its posts say why', async () => {
  const post = await publishOne();
  clock.advance(5 * minuteMs);
  await database.admin(`update account set state = 'reconnect' where id = $1`, [accountId]);
  await read();
  assert.equal(calls.length, 0);
  assert.match((await look(post)).reason ?? '', /connected again/);
});

test('a reading is paid for once in a UTC day, counts as spent, and leaves what is planned its money', async () => {
  const post = await publishOne();
  const before = await spent();
  clock.advance(5 * minuteMs);
  await read();
  clock.advance(10 * minuteMs);
  await read();
  assert.deepEqual([calls.length, await spentOnReading(), await spent() - before], [2, 5_000, 5_000]);
  await publishOne();
  await changeBudget(owner, accountId, { budgetMicros: (await spent()) + 4_999 });
  clock.advance(10 * minuteMs);
  await read();
  assert.deepEqual([calls.length, calls.at(-1)?.length, await spentOnReading()], [3, 1, 5_000], 'only the one that is paid for today is read');
  assert.equal(likesOf((await look(post)).figures), 3);
});

test('readings of a post are few however long it lives, and the latest stays', async () => {
  const post = await publishOne();
  for (let hour = 0; hour < 24 * 40; hour += 1) {
    await database.admin(`insert into post_metric (workspace_id, target_id, at, figures) select workspace_id, id, $2, '[]' from post_target where id = $1`, [
      post.targetId, new Date(clock.now().getTime() - hour * 3_600_000),
    ]);
  }
  clock.advance(5 * minuteMs);
  await read();
  const [row] = await database.admin(`select count(*)::int as n, max(at) as latest from post_metric where target_id = $1`, [post.targetId]);
  assert.ok(Number(row?.['n']) <= 90, `${String(row?.['n'])} are kept`);
  assert.equal((await look(post)).readAt, clock.now().toISOString());
  assert.equal((await look(post)).series.length, 40);
});
