import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../server/src/providers/simulation/random.ts';
import type { FaultCrew } from './crew.ts';
import { faultTimes, visibilityDelayMs, type FaultPlan } from './plan.ts';
import { countOpen } from './posts.ts';
import type { FaultScene } from './scene.ts';

export interface FaultCounts {
  kills: number;
  freezes: number;
  databaseKills: number;
  networkFaults: number;
}

/** Steps that there are at least, also when the posts are out sooner. */
const stepsMin = 40;
const stepsPerNudge = 12;
/** Calls that the networks must have got since the last fault of a kind before the next one: on a slow machine nothing else would happen. */
const callsBetween = { kill: 6, freeze: 12, database: 60, network: 3 } as const;

/** Shares of all steps, up to here. */
const choices = { kill: 0.2, freeze: 0.28 } as const;

/** Breaks things until the posts are written and nine tenths of them are out, or the time is up; then lets everything work again. */
export async function rage(scene: FaultScene, crew: FaultCrew, options: { plan: FaultPlan; writing: Promise<void> }): Promise<FaultCounts> {
  const { plan, writing } = options;
  const counts: FaultCounts = { kills: 0, freezes: 0, databaseKills: 0, networkFaults: 0 };
  const random = createRandom(plan.seed, 7);
  const untilMs = performance.now() + 60_000 + plan.posts * plan.networks.length * 2000;
  let isWritten = false;
  const written = writing.then(() => (isWritten = true));
  written.catch(() => undefined);
  const few = plan.posts * plan.networks.length * 0.1;
  const isTime = trackCalls(scene);
  for (let step = 0; performance.now() < untilMs; step += 1) {
    await sleep(120 + random.next() * 200);
    const drawn = random.next();
    // A short run has to have seen everything as well.
    const choice = step > 5 && counts.kills === 0 ? choices.kill : step > 10 && counts.freezes === 0 ? choices.freeze : drawn;
    breakOne(scene, crew, { choice, place: random.next(), detail: random.next(), isTime, counts });
    if (step > 5 && isTime('database')) {
      await killDatabase(scene);
      counts.databaseKills += 1;
    }
    if (step % stepsPerNudge === 0) await nudge(scene);
    if (isWritten && step > stepsMin && step % 5 === 0 && (await countOpen(scene)) <= few) break;
  }
  await written;
  await calm(scene, crew);
  return counts;
}

type IsTime = (kind: keyof typeof callsBetween, network?: string) => boolean;

/** Answers whether enough has happened, at this network or at all of them, since this last answered yes for the kind. */
function trackCalls(scene: FaultScene): IsTime {
  const seen = new Map<string, number>();
  return (kind, network) => {
    const asked = network === undefined ? scene.networks : [network];
    const calls = asked.flatMap((one) => Object.values(scene.simulator(one).counts())).reduce((sum, count) => sum + count, 0);
    const key = `${kind} ${network ?? ''}`;
    if (calls - (seen.get(key) ?? 0) < callsBetween[kind]) return false;
    seen.set(key, calls);
    return true;
  };
}

interface Breakage {
  readonly choice: number;
  readonly place: number;
  readonly detail: number;
  readonly isTime: IsTime;
  readonly counts: FaultCounts;
}

function breakOne(scene: FaultScene, crew: FaultCrew, { choice, place, detail, isTime, counts }: Breakage): void {
  const index = Math.floor(place * crew.size);
  const network = scene.networks[Math.floor(place * scene.networks.length)] ?? '';
  if (choice <= choices.kill) {
    if (isTime('kill') && crew.kill(index)) counts.kills += 1;
  } else if (choice <= choices.freeze) {
    if (isTime('freeze') && crew.freeze(index, (faultTimes.leaseSeconds + faultTimes.sendSeconds) * 1000 + detail * 1500)) counts.freezes += 1;
  } else if (isTime('network', network)) {
    breakNetwork(scene, network, detail);
    counts.networkFaults += 1;
  }
}

/** One fault at one network, most of them at the request that makes a post public. */
function breakNetwork(scene: FaultScene, network: string, choice: number): void {
  const { faults } = scene.simulator(network);
  const path = publishPathOf(scene, network, choice);
  if (choice < 0.35) faults.loseNext(1, path);
  else if (choice < 0.47) faults.dropNext(1, path);
  else if (choice < 0.56) faults.failNext(1, 503, path);
  else if (choice < 0.62) faults.rateLimitNext(1, path);
  else if (choice < 0.72) faults.garbleNext(1, path);
  else if (choice < 0.77) faults.dropNext(1);
  else if (choice < 0.82) faults.loseNext(1);
  else faults.delayAll(choice < 0.91 ? 150 : 0);
}

function publishPathOf(scene: FaultScene, network: string, choice: number): string {
  const accounts = scene.accounts.get(network) ?? [];
  const one = accounts[Math.floor(choice * 1000) % accounts.length];
  if (network === 'instagram') return `/${one?.externalId ?? ''}/media_publish`;
  if (network === 'bluesky') return '/xrpc/com.atproto.repo.putRecord';
  return network === 'mastodon' ? '/api/v1/statuses' : '/2/tweets';
}

async function killDatabase({ harness, ask }: FaultScene): Promise<void> {
  const [row] = await ask(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`);
  process.kill(Number(row?.['pid']), 'SIGKILL');
  // The product's own supervisor starts it again; our connections have to find that out as well.
  await harness.database.reconnect();
}

/** A network that failed often or named a limit is left alone for minutes: that wait is tested elsewhere. */
async function nudge({ ask }: FaultScene): Promise<void> {
  await ask('delete from server_pause');
  await ask('delete from send_pause');
  await ask(`update post_target set work_at = now() where state in ('scheduled', 'unknown') and work_at > now() + interval '10 seconds'`);
}

/** From here on all networks answer and all workers run; what dead workers held stays theirs until its lease is over. */
async function calm(scene: FaultScene, crew: FaultCrew): Promise<void> {
  for (const network of scene.networks) {
    scene.simulator(network).faults.reset();
    scene.simulator(network).faults.delayVisibility(visibilityDelayMs);
  }
  await crew.ready();
  await nudge(scene);
}
