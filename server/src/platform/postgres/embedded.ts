import pg from 'pg';
import { findFreePort } from '../free-port.ts';
import { findPostgresBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { prepareDirectories, prepareSocketDirectory, type PostgresDirectories } from './directories.ts';
import { lockInstance } from './instance-lock.ts';
import { adoptPostmaster, startPostmaster, stopPostmaster, type PostgresAddress, type PostmasterPlan } from './postmaster.ts';
import { readPidFile } from './pid-file.ts';
import { chooseRunAs, giveTo, type RunAs } from './run-as.ts';
import { databaseName, productSettings, superuserName, type PostgresSettings } from './settings.ts';
import { supervisePostmaster } from './supervisor.ts';

/** The part of a logger that is used here. */
export interface PostgresLog {
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
}

/** How to open the database, as the superuser of its own cluster. On a unix socket `host` is the socket's folder. */
export interface PostgresConnection extends PostgresAddress {
  readonly database: string;
}

/** A running database server that belongs to this process. */
export interface EmbeddedPostgres {
  readonly connection: PostgresConnection;
  /** The server's version, such as `18.4`. */
  readonly version: string;
  /** The process id of the server now running; a restart after a crash changes it. */
  readonly pid: () => number;
  /** Ends the server and frees the data directory. Waits up to 30 s; safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly dataDirectory: string;
  readonly log: PostgresLog;
  /** Server settings over those of the product. */
  readonly settings?: PostgresSettings;
  /** Skips the syncs of the first start; for a database that nobody will miss. */
  readonly isThrowaway?: boolean;
}

/** A unix socket's port is but a part of its file name. */
const socketPort = 5432;

/**
 * Starts the packaged PostgreSQL on `dataDirectory`, making the cluster when there is none, and adopting a server that outlived its
 * Rookery. While it runs it is started again when it ends by itself. Throws DatabaseStartError with a message for the operator.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = findPostgresBinaries();
  const directories = prepareDirectories(options.dataDirectory);
  const runAs = chooseRunAs(directories.cluster, [binaries.postgres, directories.cluster, directories.socket]);
  prepareSocketFolder(directories, runAs);
  const lock = await lockInstance(directories.data, directories.socket);
  try {
    const password = await ensureCluster(binaries, directories, runAs, { isThrowaway: options.isThrowaway ?? false });
    const address = { ...(await chooseHostAndPort(directories)), user: superuserName, password };
    const plan: PostmasterPlan = { binaries, directories, runAs, address, settings: { ...productSettings, ...options.settings } };
    const adopted = await adoptPostmaster(plan);
    if (adopted !== null) options.log.info({ pid: adopted }, 'adopted the database server that was running already');
    const pid = adopted ?? (await startPostmaster(plan));
    return await open(plan, pid, options.log, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function open(plan: PostmasterPlan, firstPid: number, log: PostgresLog, release: () => Promise<void>): Promise<EmbeddedPostgres> {
  try {
    const version = await ensureDatabase(plan.address);
    const supervisor = supervisePostmaster(plan, firstPid, log);
    let stopping: Promise<void> | null = null;
    const stopAndRelease = async (): Promise<void> => {
      try {
        await supervisor.stop();
      } finally {
        await release();
      }
    };
    return {
      connection: { ...plan.address, database: databaseName },
      version,
      pid: supervisor.pid,
      stop: () => (stopping ??= stopAndRelease()),
    };
  } catch (error) {
    await stopPostmaster(firstPid);
    throw error;
  }
}

function prepareSocketFolder(directories: PostgresDirectories, runAs: RunAs): void {
  const own = process.getuid?.() ?? 0;
  prepareSocketDirectory(directories.socket, runAs.kind === 'self' ? [own] : [own, runAs.uid]);
  giveTo(runAs, directories.socket);
}

/** A unix socket where there are any; on Windows loopback, on the port that a running server has or on one that is free. */
export async function chooseHostAndPort(directories: PostgresDirectories): Promise<{ host: string; port: number }> {
  if (process.platform !== 'win32') return { host: directories.socket, port: socketPort };
  return { host: '127.0.0.1', port: readPidFile(directories.cluster)?.port ?? (await findFreePort()) };
}

/** Makes the product's database at the first start; answers the server's version. */
async function ensureDatabase(address: PostgresAddress): Promise<string> {
  const client = new pg.Client({ ...address, database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query(`select 1 from pg_database where datname = $1`, [databaseName]);
    if (found.rowCount === 0) await client.query(`create database ${databaseName}`);
    const result = await client.query<{ version: string }>(`select split_part(current_setting('server_version'), ' ', 1) as version`);
    return result.rows[0]?.version ?? 'unknown';
  } finally {
    await client.end();
  }
}
