import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { AppError } from '../errors.ts';
import type { ConnectionSettings } from './database.ts';

const migrationsDirectory = new URL('../../../migrations/', import.meta.url);
/** Any number will do; it must only never change. Guards against two processes migrating at once. */
const migrationLock = 7245911406;
const roles = ['rookery_owner', 'rookery_app', 'rookery_worker'] as const;
export type ServiceRole = 'rookery_app' | 'rookery_worker';

export interface MigrationReport {
  readonly applied: readonly string[];
}

/**
 * Brings the database to this version: roles, schema, numbered migrations, each in a transaction of its own as
 * `rookery_owner`. Safe to run from many processes at once. Throws when an applied file was changed afterwards.
 */
export async function migrate(admin: ConnectionSettings, afterwards: (client: Client) => Promise<void> = async () => {}): Promise<MigrationReport> {
  const client = await connectAdmin(admin);
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await requireVersion(client);
    await createRoles(client);
    const applied = await applyFiles(client);
    await afterwards(client);
    return { applied };
  } finally {
    await client.end();
  }
}

/** Opens a connection with the administrator's rights. The caller ends it. */
export async function connectAdmin(admin: ConnectionSettings): Promise<Client> {
  const client = new Client({
    host: admin.host, port: admin.port, user: admin.user, password: admin.password, database: admin.database, ssl: admin.ssl,
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function requireVersion(client: Client): Promise<void> {
  const answer = await client.query<{ version: number }>("select current_setting('server_version_num')::int as version");
  const version = answer.rows[0]?.version ?? 0;
  if (version < 150_000) throw new AppError('unavailable', `PostgreSQL 15 or newer is needed; this server reports ${version}.`);
}

async function createRoles(client: Client): Promise<void> {
  for (const role of roles) {
    // Roles belong to the whole cluster: another database's migration may create them at this very moment.
    await client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
    exception when duplicate_object or unique_violation then null; end $$`);
    await client.query(`do $$ begin
      if not pg_has_role(current_user, '${role}', 'member') then execute format('grant ${role} to %I', current_user); end if;
    exception when unique_violation then null; end $$`);
  }
  await client.query('create schema if not exists rookery authorization rookery_owner');
  await client.query('grant usage on schema rookery to rookery_app, rookery_worker');
  await client.query(`create table if not exists rookery.migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())`);
}

async function applyFiles(client: Client): Promise<string[]> {
  const known = await client.query<{ name: string; sha256: string }>('select name, sha256 from rookery.migration');
  const hashes = new Map(known.rows.map((row) => [row.name, row.sha256]));
  const applied: string[] = [];
  const names = (await readdir(migrationsDirectory)).filter((name) => name.endsWith('.sql')).sort();
  for (const name of names) {
    const text = await readFile(new URL(name, migrationsDirectory), 'utf8');
    const sha256 = createHash('sha256').update(text).digest('hex');
    const before = hashes.get(name);
    if (before === sha256) continue;
    if (before !== undefined) throw new Error(`migration ${name} was changed after it was applied here`);
    await applyFile(client, { name, text, sha256 });
    applied.push(name);
  }
  return applied;
}

async function applyFile(client: Client, file: { name: string; text: string; sha256: string }): Promise<void> {
  try {
    await client.query('begin');
    await client.query('set local role rookery_owner');
    await client.query('set local search_path = rookery');
    await client.query("set local lock_timeout = '10s'");
    await client.query(file.text);
    await client.query('reset role');
    await client.query('insert into rookery.migration (name, sha256) values ($1, $2)', [file.name, file.sha256]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${file.name} failed`, { cause: error });
  }
}

/** Lets a service role sign in with a fresh random password, and answers it. For databases that we run ourselves. */
export async function allowSignIn(client: Client, role: ServiceRole): Promise<string> {
  const password = randomBytes(24).toString('hex');
  await client.query(`alter role ${role} login password '${password}'`);
  return password;
}
