import type { Post, Target } from '@rookery/contract/posts.ts';
import { readPosts } from '../../server/src/features/posts/lists.ts';
import { onceNetwork } from './once.ts';
import { settleSecondsMax, type FaultPlan } from './plan.ts';
import type { FaultCounts } from './rage.ts';
import type { FaultScene } from './scene.ts';

export interface NetworkReport {
  readonly network: string;
  readonly policy: string;
  readonly posts: number;
  readonly parts: number;
  readonly sends: number;
  /** Sends and looks whose worker was killed, or lost the post while it was frozen. */
  readonly cut: number;
  /** Parts that are said to be out. */
  readonly out: number;
  readonly review: number;
  /** Why each failed destination did. */
  readonly failed: readonly string[];
  /** Texts that are there more than once. */
  readonly doubled: readonly string[];
  /** Said to be out, and not there. */
  readonly lost: readonly string[];
  /** There, and not said to be, nor asked about. */
  readonly silent: readonly string[];
  /** Neither out nor failed nor in review when time was up. */
  readonly open: readonly string[];
  /** From when it was due to when it was out, faults and all. */
  readonly lateSecondsMax: number;
  /** From the end of the faults until the last destination had come to an end. */
  readonly settledSeconds: number;
}

export interface FaultReport extends FaultPlan, FaultCounts {
  readonly seconds: number;
  readonly rows: readonly NetworkReport[];
  readonly crashes: readonly string[];
}

/** Compares what the product says with what the networks have. */
export async function judge(scene: FaultScene, settledSeconds: ReadonlyMap<string, number>): Promise<readonly NetworkReport[]> {
  const posts = await readAll(scene);
  const counted = await scene.ask(
    `select a.network, count(*) filter (where p.kind = 'send')::int as sends, count(*) filter (where p.outcome = 'interrupted')::int as cut
     from publish_attempt p join post_target t on t.id = p.target_id join account a on a.id = t.account_id group by 1`,
  );
  return scene.networks.map((network) => {
    const row = counted.find((one) => one['network'] === network);
    return {
      ...judgeNetwork(scene, network, posts), sends: Number(row?.['sends'] ?? 0), cut: Number(row?.['cut'] ?? 0),
      settledSeconds: settledSeconds.get(network) ?? Number.POSITIVE_INFINITY,
    };
  });
}

async function readAll({ owner }: FaultScene): Promise<readonly Post[]> {
  const posts: Post[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await readPosts(owner, { limit: 1000, ...(cursor === '' ? {} : { cursor }) });
    posts.push(...page.posts);
    cursor = page.nextCursor;
  }
  return posts;
}

interface Destination {
  readonly post: Post;
  readonly target: Target;
}

function textsOf({ post, target }: Destination): string[] {
  const { parts, firstComment } = target.content ?? post.content;
  return [...parts.map(({ text }) => text), ...(firstComment === null ? [] : [firstComment])];
}

function judgeNetwork(scene: FaultScene, network: string, posts: readonly Post[]): Omit<NetworkReport, 'sends' | 'cut' | 'settledSeconds'> {
  const shown = Map.groupBy(scene.simulator(network).posts(), ({ text }) => plain(text));
  const all = posts.flatMap((post) => post.targets.filter((target) => target.network === network).map((target) => ({ post, target })));
  const inState = (...states: readonly string[]): Destination[] => all.filter(({ target }) => states.includes(target.state));
  const published = inState('published').flatMap(textsOf);
  const late = all.map(({ post, target }) => Date.parse(target.publishedAt ?? '') - Date.parse(post.dueAt ?? '')).filter((ms) => !Number.isNaN(ms));
  return {
    network, policy: scene.owner.providers.get(network)?.manifest.publishing?.policy ?? 'none',
    posts: all.length, parts: all.flatMap(textsOf).length, out: published.length,
    review: inState('review').length,
    failed: inState('failed').map(({ target }) => target.reason ?? ''),
    doubled: [...shown].filter(([, copies]) => copies.length > 1).map(([text]) => text),
    lost: published.filter((text) => !shown.has(text)),
    silent: inState('failed', 'canceled', 'deleted', 'draft').flatMap(textsOf).filter((text) => shown.has(text)),
    open: all.filter(({ target }) => !['published', 'failed', 'review'].includes(target.state)).map(({ target }) => `${target.state}: ${target.reason ?? ''}`),
    lateSecondsMax: Math.max(0, ...late) / 1000,
  };
}

/** What a simulator keeps may be the network's own markup. */
function plain(text: string): string {
  return text.replaceAll(/<[^>]*>/g, '').trim();
}

/** Every promise that the run saw broken, and every reason why it proves nothing; empty when all is well. */
export function listBroken(report: FaultReport): string[] {
  const broken: string[] = [];
  const demand = (isKept: boolean, words: string): void => {
    if (!isKept) broken.push(words);
  };
  const list = (row: NetworkReport, words: string, found: readonly string[]): void => demand(found.length === 0, `${row.network}: ${found.length} ${words}: ${found.slice(0, 5).join('; ')}`);
  demand(report.kills > 0 && report.freezes > 0 && report.databaseKills > 0 && report.networkFaults > 0, 'too few faults: the run proves nothing');
  for (const row of report.rows) {
    demand(row.posts === report.posts, `${row.network}: ${row.posts} posts of ${report.posts} are known`);
    list(row, 'doubled', row.doubled);
    list(row, 'said to be out and not there', row.lost);
    list(row, 'there and not said to be', row.silent);
    list(row, 'failed', row.failed);
    list(row, 'never came to an end', row.open);
    demand(row.network === onceNetwork || row.review === 0, `${row.network}: ${row.review} left to a person, where the network could have been asked`);
    demand(row.settledSeconds <= settleSecondsMax, `${row.network}: the last one ended ${row.settledSeconds.toFixed(1)} s after the faults, more than two leases (${settleSecondsMax} s)`);
  }
  report.crashes.forEach((words) => broken.push(`a worker ended by itself: ${words}`));
  return broken;
}

const columns = ['network', 'policy', 'posts', 'parts', 'sends', 'cut off', 'out', 'doubled', 'lost', 'in review', 'failed', 'worst lateness', 'settled after'] as const;

export function tableOf(report: FaultReport): string {
  const seconds = (value: number): string => `${value.toFixed(1)} s`;
  const rows = report.rows.map((row) => [
    row.network, row.policy, row.posts, row.parts, row.sends, row.cut, row.out, row.doubled.length, row.lost.length + row.silent.length, row.review,
    row.failed.length, seconds(row.lateSecondsMax), seconds(row.settledSeconds),
  ]);
  const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [
    `seed ${report.seed}, ${report.workers} workers, ${report.seconds.toFixed(0)} s: ${report.kills} workers killed, ${report.freezes} frozen past their lease, ` +
      `the database killed ${report.databaseKills} times, ${report.networkFaults} network faults`,
    '', ...lines, '',
    `"settled after" counts from the end of the faults and may be two leases (${settleSecondsMax} s); "worst lateness" counts from when a post was due, faults and all.`,
  ].join('\n');
}
