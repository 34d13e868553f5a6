import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type ConnectionSettings, type Database } from '../db/database.ts';
import { allowSignIn, connectAdmin, migrate, type ServiceRole } from '../db/migrate.ts';
import { installJobs } from '../jobs/engine.ts';
import type { JobDefinition } from '../jobs/definition.ts';
import { silentLogger } from '../observability/logger.ts';
import { beforeServerStops, testServer } from './server.ts';

const migrationsDirectory = new URL('../../../migrations/', import.meta.url);
const templateLock = 7245911407;
const statementTimeoutMs = 60_000;
// One cluster serves all test files, and roles belong to the cluster: a fixed password is set once, with the template.
const servicePassword = 'only-for-tests-on-a-private-socket';

/** A migrated database of its own for one test file, on a real PostgreSQL; dropped at the end. */
export interface TestDatabase {
  /** As the web role, under row-level security. */
  readonly app: Database;
  /** As the worker role, under row-level security. */
  readonly worker: Database;
  /** As the administrator, who sees every row: for looking at what really is there, and for breaking things. */
  admin(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  connection(role: ServiceRole | 'admin'): ConnectionSettings;
  /** After the server was killed: waits until it runs again, for at most a minute. */
  reconnect(): Promise<void>;
  /** What uses the database and has to end before it does. Latest first. */
  beforeEnd(work: () => Promise<void>): void;
}

/** Clones the migrated template. `jobs` adds the job engine's tables and these queues. */
export async function createTestDatabase(options: { jobs?: readonly JobDefinition[] } = {}): Promise<TestDatabase> {
  const server = await testServer();
  const template = await ensureTemplate(server);
  const name = `test_${randomBytes(6).toString('hex')}`;
  const root = await connectAdmin(server);
  await root.query(`create database ${name} template ${template}`);
  const connection = (role: ServiceRole | 'admin'): ConnectionSettings =>
    role === 'admin' ? { ...server, database: name } : { ...server, database: name, user: role, password: servicePassword };
  let admin = await connectAdmin(connection('admin'));
  if (options.jobs !== undefined) await installJobs(admin, options.jobs);
  await admin.query('set search_path = rookery, public');
  const open = (role: ServiceRole): Database =>
    openDatabase({ connection: connection(role), connectionsMax: 8, statementTimeoutMs, log: silentLogger });
  const app = open('rookery_app');
  const worker = open('rookery_worker');
  const users: (() => Promise<void>)[] = [];
  beforeServerStops(async () => {
    for (const end of users.toReversed()) await end();
    await Promise.all([app.close(), worker.close(), admin.end()]);
    // Another connection than at the start: the server may have been killed in between.
    const last = await connectAdmin(server);
    await last.query(`drop database ${name} with (force)`);
    await Promise.all([last.end(), root.end().catch(() => undefined)]);
  });
  return {
    app, worker, connection,
    reconnect: async () => {
      void admin.end().catch(() => undefined);
      admin = await connectPatiently(connection('admin'));
      await admin.query('set search_path = rookery, public');
    },
    beforeEnd: (work) => void users.push(work),
    admin: async (text, values = []) => (await admin.query<Record<string, unknown>>(text, [...values])).rows,
  };
}

const connectTries = 120;
const connectPauseMs = 500;

async function connectPatiently(settings: ConnectionSettings): ReturnType<typeof connectAdmin> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await connectAdmin(settings);
    } catch (error) {
      if (tried >= connectTries) throw error;
      await sleep(connectPauseMs);
    }
  }
}

async function ensureTemplate(server: ConnectionSettings): Promise<string> {
  const name = `rookery_template_${await hashMigrations()}`;
  const root = await connectAdmin(server);
  try {
    await root.query('select pg_advisory_lock($1)', [templateLock]);
    const found = await root.query('select from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await createTemplate(server, root, name);
    return name;
  } finally {
    await root.end();
  }
}

async function createTemplate(server: ConnectionSettings, root: Awaited<ReturnType<typeof connectAdmin>>, name: string): Promise<void> {
  const building = `${name}_building`;
  await root.query(`drop database if exists ${building} with (force)`);
  await root.query(`create database ${building}`);
  await migrate({ ...server, database: building }, async (client) => {
    for (const role of ['rookery_app', 'rookery_worker'] as const) {
      await allowSignIn(client, role);
      await client.query(`alter role ${role} password '${servicePassword}'`);
    }
  });
  await root.query(`alter database ${building} rename to ${name}`);
}

async function hashMigrations(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(new URL('../db/migrate.ts', import.meta.url)));
  for (const name of (await readdir(migrationsDirectory)).sort()) hash.update(await readFile(new URL(name, migrationsDirectory)));
  return hash.digest('hex').slice(0, 12);
}
