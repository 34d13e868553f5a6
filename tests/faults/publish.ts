import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Content, Post } from '@rookery/contract/posts.ts';
import { readPosts } from '../../server/src/features/posts/lists.ts';
import { writePost } from '../../server/src/features/posts/service.ts';
import type { PublishTimes } from '../../server/src/features/posts/index.ts';
import { connectByConsent, createHarness, type Harness } from '../../server/src/features/testing/harness.ts';
import { createRandom } from '../../server/src/providers/simulation/random.ts';
import type { SimulatedPost } from '../../server/src/providers/simulation/world.ts';
import { startFaultCrew, type FaultCrew } from './crew.ts';

export interface FaultPlan {
  readonly seed: number;
  /** Per network. */
  readonly posts: number;
  readonly workers: number;
}

export interface NetworkReport {
  readonly network: string;
  readonly policy: string;
  readonly parts: number;
  readonly published: number;
  readonly review: number;
  /** Why each failed destination did. */
  readonly failed: readonly string[];
  /** Texts that are there more than once. */
  readonly doubled: readonly string[];
  /** Said to be published, and not there. */
  readonly lost: readonly string[];
  /** There, and not said to be. */
  readonly silent: readonly string[];
  /** Neither out nor failed nor in review when time was up. */
  readonly open: readonly string[];
}

export interface FaultReport extends FaultPlan {
  readonly seconds: number;
  readonly kills: number;
  readonly freezes: number;
  readonly databaseKills: number;
  readonly networkFaults: number;
  readonly sends: number;
  readonly networks: readonly NetworkReport[];
  readonly crashes: readonly string[];
}

/** The protocol of the product, ten to a hundred times as impatient. */
const times: PublishTimes = {
  leaseSeconds: 4, sendSeconds: 1, retrySeconds: 0.5, retriesMax: 1000, lookSeconds: 0.3, looksMax: 1000, waitSeconds: 0.5, visibilityShare: 0.05,
};
const visibilityDelayMs = 300;
const settleMs = 120_000;
const networksUsed = (process.env['ROOKERY_FAULTS_NETWORKS'] ?? 'x,bluesky,mastodon').split(',');
const publishPaths: Readonly<Record<string, string>> = { x: '/2/tweets', bluesky: '/xrpc/com.atproto.repo.putRecord', mastodon: '/api/v1/statuses', instagram: '/' };

interface Counts {
  kills: number;
  freezes: number;
  databaseKills: number;
  networkFaults: number;
}

/** Publishes many posts while everything that can break is broken at random, then counts what the networks have. */
export async function runPublishFaults(plan: FaultPlan): Promise<FaultReport> {
  const harness = await createHarness({ networks: networksUsed, isRealTime: true });
  // The tests' own server may forget the last commits when it is killed; the product's does not, and the promise stands on that.
  await harness.database.admin(`do $$ begin execute format('alter database %I set synchronous_commit = on', current_database()); end $$`);
  const accounts = await connectAll(harness);
  for (const network of networksUsed) harness.simulator(network).faults.delayVisibility(visibilityDelayMs);
  const startedMs = performance.now();
  const crew = await startFaultCrew(partsOf(harness), plan.workers);
  const counts: Counts = { kills: 0, freezes: 0, databaseKills: 0, networkFaults: 0 };
  try {
    const postIds = await writeAll(harness, accounts, plan);
    await rage(harness, crew, { plan, counts, postIds });
    for (const network of networksUsed) {
      harness.simulator(network).faults.reset();
      harness.simulator(network).faults.delayVisibility(visibilityDelayMs);
    }
    // A network that failed so often is left alone for minutes: that wait is tested elsewhere.
    await harness.database.admin('delete from network_pause');
    await harness.database.admin(`update post_target set work_at = least(work_at, now()) where state = 'scheduled'`);
    await waitUntilSettled(harness, postIds, settleMs);
  } finally {
    await crew.end();
  }
  const posts = await readAll(harness);
  const [sends] = await harness.database.admin(`select count(*)::int as count from publish_attempt where kind = 'send'`);
  return {
    ...plan, ...counts, seconds: (performance.now() - startedMs) / 1000, sends: Number(sends?.['count']), crashes: crew.crashes,
    networks: networksUsed.map((network) => judge(harness, network, posts)),
  };
}

async function connectAll(harness: Harness): Promise<Map<string, string>> {
  const accounts = new Map<string, string>();
  for (const network of networksUsed) {
    const account = harness.simulator(network).world.accounts.at(-1);
    if (account === undefined) throw new Error(`${network} has no account`);
    const { origin } = harness.simulator(network);
    const address = network === 'mastodon' ? origin : network === 'bluesky' ? account.handle : null;
    accounts.set(network, await connectByConsent(harness.owner, { network, account: account.handle, ...(address === null ? {} : { address }) }));
  }
  return accounts;
}

function partsOf(harness: Harness) {
  const { database, services, encryptionKey } = harness;
  return {
    app: database.connection('rookery_app'), worker: database.connection('rookery_worker'), encryptionKey, secretKey: services.secretKey, times,
    dataDirectory: services.config.dataDirectory, baseUrl: services.config.baseUrl,
    origins: Object.fromEntries(networksUsed.map((network) => [network, harness.simulator(network).origin])),
  };
}

/** Every fourth one is a thread of three; each text occurs once. */
async function writeAll(harness: Harness, accounts: ReadonlyMap<string, string>, plan: FaultPlan): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < plan.posts; n += 1) {
    const texts = Array.from({ length: n % 4 === 3 ? 3 : 1 }, (_, part) => `Post ${plan.seed}-${n}, part ${part + 1}: a heron stood at the weir`);
    const content: Content = { parts: texts.map((text) => ({ text, media: [] })), firstComment: null };
    const { post } = await writePost(harness.owner, {
      requestKey: randomUUID(), content, targets: [...accounts.values()].map((accountId) => ({ accountId, content: null })), when: { kind: 'now' }, allowDuplicate: true,
    });
    ids.push(post.id);
  }
  return ids;
}

/** Breaks things until three quarters of the posts are out, or the time is up. */
async function rage(harness: Harness, crew: FaultCrew, { plan, counts, postIds }: { plan: FaultPlan; counts: Counts; postIds: readonly string[] }): Promise<void> {
  const random = createRandom(plan.seed, 7);
  const untilMs = performance.now() + Math.min(600_000, 30_000 + plan.posts * 1000);
  for (let step = 0; performance.now() < untilMs; step += 1) {
    await sleep(120 + random.next() * 200);
    const choice = random.next();
    const index = Math.floor(random.next() * crew.size);
    if (choice < 0.22) {
      crew.kill(index);
      counts.kills += 1;
    } else if (choice < 0.32) {
      crew.freeze(index, (times.leaseSeconds + times.sendSeconds) * 1000 + random.next() * 1500);
      counts.freezes += 1;
    } else breakNetwork(harness, random.next(), counts);
    if (step % 40 === 20) {
      await killDatabase(harness);
      counts.databaseKills += 1;
    }
    if (step % 10 === 9 && step > 40 && (await countOpen(harness, postIds)) < postIds.length * networksUsed.length * 0.1) return;
  }
}

function breakNetwork(harness: Harness, choice: number, counts: Counts): void {
  const network = networksUsed[Math.floor(choice * 1000) % networksUsed.length] ?? 'x';
  const { faults } = harness.simulator(network);
  const path = publishPaths[network] ?? '';
  counts.networkFaults += 1;
  if (choice < 0.4) faults.loseNext(1, path);
  else if (choice < 0.55) faults.dropNext(1, path);
  else if (choice < 0.65) faults.failNext(1, 503, path);
  else if (choice < 0.75) faults.garbleNext(1, path);
  else if (choice < 0.8) faults.dropNext(1);
  else faults.delayAll(choice < 0.9 ? 150 : 0);
}

async function killDatabase(harness: Harness): Promise<void> {
  const [row] = await harness.database.admin(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`);
  process.kill(Number(row?.['pid']), 'SIGKILL');
  // The product's own supervisor starts it again; the test's connections have to find that out as well.
  await harness.database.reconnect();
}

async function countOpen(harness: Harness, postIds: readonly string[]): Promise<number> {
  const [row] = await harness.database.admin(
    `select count(*)::int as count from post_target where post_id = any ($1::uuid[]) and state not in ('published', 'failed', 'review')`, [postIds],
  );
  return Number(row?.['count']);
}

async function waitUntilSettled(harness: Harness, postIds: readonly string[], milliseconds: number): Promise<void> {
  const untilMs = performance.now() + milliseconds;
  while (performance.now() < untilMs && (await countOpen(harness, postIds)) > 0) await sleep(250);
}

async function readAll(harness: Harness): Promise<readonly Post[]> {
  const posts: Post[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await readPosts(harness.owner, { limit: 1000, ...(cursor === '' ? {} : { cursor }) });
    posts.push(...page.posts);
    cursor = page.nextCursor;
  }
  return posts;
}

function judge(harness: Harness, network: string, posts: readonly Post[]): NetworkReport {
  const shown = Map.groupBy(harness.simulator(network).posts(), (post: SimulatedPost) => plain(post.text));
  const targets = posts.flatMap((post) => post.targets.filter((target) => target.network === network).map((target) => ({ post, target })));
  const texts = (state: (kind: string) => boolean): string[] =>
    targets.filter(({ target }) => state(target.state)).flatMap(({ post }) => post.content.parts.map(({ text }) => text));
  const published = texts((state) => state === 'published');
  return {
    network, policy: harness.services.providers.get(network)?.manifest.publishing?.policy ?? 'none',
    parts: targets.reduce((sum, { post }) => sum + post.content.parts.length, 0),
    published: published.length,
    review: targets.filter(({ target }) => target.state === 'review').length,
    failed: targets.filter(({ target }) => target.state === 'failed').map(({ target }) => target.reason ?? ''),
    doubled: [...shown].filter(([, copies]) => copies.length > 1).map(([text]) => text),
    lost: published.filter((text) => !shown.has(text)),
    silent: texts((state) => state === 'failed' || state === 'canceled').filter((text) => shown.has(text)),
    open: targets.filter(({ target }) => !['published', 'failed', 'review'].includes(target.state)).map(({ target }) => `${target.state}: ${target.reason ?? ''}`),
  };
}

/** What a simulator keeps may be the network's own markup. */
function plain(text: string): string {
  return text.replaceAll(/<[^>]*>/g, '').trim();
}

export function tableOf(report: FaultReport): string {
  const head = '| network | policy | parts | published | doubled | lost | in review | failed | open |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |';
  const rows = report.networks.map((row) =>
    `| ${row.network} | ${row.policy} | ${row.parts} | ${row.published} | ${row.doubled.length} | ${row.lost.length} | ${row.review} | ${row.failed.length} | ${row.open.length} |`);
  const sum = `${report.workers} workers, seed ${report.seed}: ${report.kills} killed, ${report.freezes} frozen past their lease, the database killed ${report.databaseKills} times, ` +
    `${report.networkFaults} network faults, ${report.sends} sends, ${report.seconds.toFixed(0)} s`;
  return [sum, '', head, ...rows].join('\n');
}
