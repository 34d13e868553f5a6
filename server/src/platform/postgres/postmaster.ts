import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { PostgresBinaries } from './binaries.ts';
import { serverEnvironment } from './cluster.ts';
import type { PostgresDirectories } from './directories.ts';
import { identifyPostmaster, isAlive, readPidFile } from './pid-file.ts';
import { spawnAs, type RunAs } from './run-as.ts';
import { superuserName, type PostgresSettings } from './settings.ts';
import { DatabaseStartError } from './start-error.ts';

/** How to reach a PostgreSQL server. On a unix socket `host` is the socket's folder. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** All that is needed to start or find the server of one cluster. */
export interface PostmasterPlan {
  readonly binaries: PostgresBinaries;
  readonly directories: PostgresDirectories;
  readonly runAs: RunAs;
  readonly settings: PostgresSettings;
  readonly address: PostgresAddress;
}

const logBytesMax = 10_000_000;
const pollMs = 15;
/** Replaying the log after a crash can take long; it is bounded by max_wal_size, so this is generous. */
const startTimeoutMs = 10 * 60_000;
const fastStopTimeoutMs = 20_000;
const immediateStopTimeoutMs = 10_000;
const connectTimeoutMs = 5_000;

/** Starts the server and waits until it answers; returns its process id. Throws DatabaseStartError with the end of its log. */
export async function startPostmaster(plan: PostmasterPlan): Promise<number> {
  // Processes of a server that was killed let go of its memory within seconds; until then PostgreSQL refuses to start, rightly.
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryToStart(plan);
    if (outcome.pid !== null) return outcome.pid;
    if (attempt >= 20 || !/shared memory block .* still in use/.test(outcome.logTail)) {
      throw new DatabaseStartError(`The database server did not start. The end of ${plan.directories.log}:\n${outcome.logTail}`);
    }
    await sleep(500);
  }
}

async function tryToStart(plan: PostmasterPlan): Promise<{ pid: number | null; logTail: string }> {
  const { directories, address } = plan;
  const logStart = rotateLog(directories.log);
  const log = openSync(directories.log, 'a', 0o600);
  const child = spawnAs(plan.runAs, startCommand(plan), {
    // Its own session: Ctrl-C in the terminal is ours to answer, in our order.
    detached: true,
    cwd: '/',
    env: startEnvironment(directories.cluster),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let exit: Error | string | null = null;
  child.once('error', (error) => (exit = error));
  child.once('exit', (code, signal) => (exit = `exit ${code ?? signal}`));
  child.unref();
  const deadline = Date.now() + startTimeoutMs;
  while (exit === null && Date.now() < deadline) {
    const pidFile = readPidFile(directories.cluster);
    if (pidFile !== null && pidFile.pid === child.pid && isReady(pidFile.status) && (await answers(address, directories.cluster))) {
      return { pid: pidFile.pid, logTail: '' };
    }
    await sleep(pollMs);
  }
  return { pid: null, logTail: `${readFrom(directories.log, logStart)}${exit ?? 'It took too long.'}` };
}

function startCommand({ binaries, directories, settings, address }: PostmasterPlan): [string, ...string[]] {
  const isSocket = address.host.startsWith('/');
  const all: PostgresSettings = {
    ...settings,
    port: String(address.port),
    listen_addresses: isSocket ? '' : address.host,
    unix_socket_directories: isSocket ? directories.socket : '',
    unix_socket_permissions: '0700',
  };
  return [binaries.postgres, '-D', directories.cluster, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/**
 * When postmaster.pid names a process that is surely no server of this cluster, PostgreSQL would refuse to start ("is another postmaster
 * running?"), as after every crash in a container, where ids repeat. PG_GRANDPARENT_PID is how pg_ctl names a process that does not
 * count; PostgreSQL still checks the cluster's shared memory, so nothing is taken on trust.
 */
function startEnvironment(clusterDirectory: string): Record<string, string> {
  const pidFile = readPidFile(clusterDirectory);
  const isForeign = pidFile !== null && identifyPostmaster(pidFile.pid, clusterDirectory) === 'foreign';
  return isForeign ? { ...serverEnvironment(), PG_GRANDPARENT_PID: String(pidFile.pid) } : serverEnvironment();
}

/** Finds a server that outlived its Rookery: its process id if it answers, null after it was stopped or when there is none. */
export async function adoptPostmaster(plan: PostmasterPlan): Promise<number | null> {
  const { cluster } = plan.directories;
  const pidFile = readPidFile(cluster);
  if (pidFile === null) return null;
  const identity = identifyPostmaster(pidFile.pid, cluster);
  if (identity === 'gone' || identity === 'foreign') return null;
  if (await answersInTime(plan, pidFile.pid)) return pidFile.pid;
  if (identity === 'ours') await stopPostmaster(pidFile.pid);
  return null;
}

/** One that is still replaying its log gets the time it needs; one that is ready and silent does not. */
async function answersInTime(plan: PostmasterPlan, pid: number): Promise<boolean> {
  const { cluster, socket } = plan.directories;
  const deadline = Date.now() + startTimeoutMs;
  while (isAlive(pid) && Date.now() < deadline) {
    const pidFile = readPidFile(cluster);
    if (pidFile === null || pidFile.pid !== pid || pidFile.status === 'stopping') return false;
    if (isReady(pidFile.status)) {
      const isHere = pidFile.port === plan.address.port && (!plan.address.host.startsWith('/') || pidFile.socketDirectory === socket);
      return isHere && (await answers(plan.address, cluster));
    }
    await sleep(100);
  }
  return false;
}

/** Ends a server: SIGINT (close connections, write a checkpoint), later SIGQUIT. Throws when even that does not help. */
export async function stopPostmaster(pid: number, timeouts = { fastMs: fastStopTimeoutMs, immediateMs: immediateStopTimeoutMs }): Promise<void> {
  const steps = [
    ['SIGINT', timeouts.fastMs],
    ['SIGQUIT', timeouts.immediateMs],
  ] as const;
  for (const [signal, timeoutMs] of steps) {
    if (!isAlive(pid)) return;
    sendSignal(pid, signal);
    if (await hasEnded(pid, timeoutMs)) return;
  }
  throw new DatabaseStartError(`The database server (process ${pid}) does not stop. Look at it with "ps -p ${pid}", and stop it by hand.`);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime, which hasEnded sees.
  }
}

async function hasEnded(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (!isAlive(pid)) return true;
    await sleep(pollMs);
  }
  return !isAlive(pid);
}

/** Asks the server a question; the answer must name our cluster. */
async function answers(address: PostgresAddress, clusterDirectory: string): Promise<boolean> {
  const client = new pg.Client({
    ...address,
    user: superuserName,
    database: 'postgres',
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: connectTimeoutMs,
  });
  // Without a listener a connection that breaks later would end this process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const result = await client.query<{ directory: string }>(`select current_setting('data_directory') as directory`);
    return result.rows[0]?.directory === clusterDirectory;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function isReady(status: string): boolean {
  return status === 'ready' || status === 'standby';
}

/** Keeps the log at two files; answers where this start's part begins. */
function rotateLog(path: string): number {
  if (!existsSync(path)) return 0;
  const { size } = statSync(path);
  if (size < logBytesMax) return size;
  rmSync(`${path}.1`, { force: true });
  renameSync(path, `${path}.1`);
  return 0;
}

function readFrom(path: string, start: number): string {
  return readFileSync(path).subarray(start).toString('utf8').slice(-4000);
}
