import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const redisProgram = process.env['ROOKERY_TEST_REDIS_SERVER'];
/** Why tests on Redis cannot run here; false when they can. */
export const redisSkip: string | false = redisProgram === undefined ? 'no Redis: apt install redis-server' : false;

const startTries = 200;
const startPauseMs = 25;

/** A Redis of the test's own, without persistence. It can be killed and started again on the same port. */
export interface TestRedis {
  readonly port: number;
  readonly url: string;
  /** What `redis-cli` prints. */
  cli(...words: string[]): string;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Kills it for good and leaves nothing. */
  end(): Promise<void>;
}

/** Starts the machine's redis-server (or valkey-server) on a free port of 127.0.0.1; as a cluster of one node where asked. */
export async function startTestRedis(options: { isCluster?: boolean; program?: string } = {}): Promise<TestRedis> {
  const program = options.program ?? redisProgram;
  if (program === undefined) throw new Error('There is no Redis here: skip this test with `redisSkip`.');
  const folder = await mkdtemp(join(tmpdir(), 'rookery-redis-'));
  const port = await findPort();
  let child: ChildProcess | null = null;
  const cli = (...words: string[]): string =>
    spawnSync(join(dirname(program), 'redis-cli'), ['-p', String(port), ...words], { encoding: 'utf8' }).stdout.trim();
  const start = async (): Promise<void> => {
    const cluster = options.isCluster === true ? ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] : [];
    child = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, ...cluster], { stdio: 'ignore' });
    await waitFor(() => cli('PING') === 'PONG');
    if (cluster.length === 0) return;
    cli('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await waitFor(() => cli('CLUSTER', 'INFO').includes('cluster_state:ok'));
  };
  const kill = async (): Promise<void> => {
    if (child === null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    child = null;
  };
  await start();
  const url = `redis://127.0.0.1:${port}${options.isCluster === true ? '/?cluster=true' : ''}`;
  const end = async (): Promise<void> => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  return { port, url, cli, start, kill, end };
}

async function waitFor(isThere: () => boolean): Promise<void> {
  for (let tried = 0; !isThere(); tried += 1) {
    if (tried >= startTries) throw new Error('redis-server did not get ready');
    await sleep(startPauseMs);
  }
}

/** Below 55,000, since a cluster's second port is 10,000 higher. */
async function findPort(): Promise<number> {
  for (;;) {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    probe.close();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const port = address.port > 55_000 ? address.port - 20_000 : address.port;
    if (port > 1024) return port;
  }
}

/** The most times that fall into one window `[t, t + windowMs)`. */
export function worstWindow(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let worst = 0;
  for (let first = 0, last = 0; last < sorted.length; last += 1) {
    while ((sorted[last] ?? 0) - (sorted[first] ?? 0) >= windowMs) first += 1;
    worst = Math.max(worst, last - first + 1);
  }
  return worst;
}
