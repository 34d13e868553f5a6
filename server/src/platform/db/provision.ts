import type { Config } from '../config/config.ts';
import { installJobs } from '../jobs/engine.ts';
import type { JobDefinition } from '../jobs/definition.ts';
import type { Logger } from '../observability/logger.ts';
import type { EmbeddedPostgres } from '../postgres/embedded.ts';
import type { ConnectionSettings } from './database.ts';
import { allowSignIn, migrate, type ServiceRole } from './migrate.ts';

/** A migrated database with a way in for each service role. */
export interface ProvisionedDatabase {
  readonly app: ConnectionSettings;
  readonly worker: ConnectionSettings;
  /** Stops the server, when it is ours. */
  stop(): Promise<void>;
}

export interface ProvisionParts {
  readonly config: Config;
  readonly log: Logger;
  readonly jobs: readonly JobDefinition[];
  /** The packaged server, begun by the caller, where no other database is configured. Stopped here if the rest fails. */
  readonly embedded: Promise<EmbeddedPostgres> | null;
}

/** Takes the configured server or the packaged one, and brings it to this version. */
export async function provisionDatabase(parts: ProvisionParts): Promise<ProvisionedDatabase> {
  return parts.config.databaseUrl === null ? provisionEmbedded(parts) : connectExternal(parts, parts.config.databaseUrl);
}

async function provisionEmbedded({ log, jobs, embedded }: ProvisionParts): Promise<ProvisionedDatabase> {
  if (embedded === null) throw new Error('Neither DATABASE_URL nor a packaged server was given.');
  const postgres = await embedded;
  try {
    const admin: ConnectionSettings = { ...postgres.connection, ssl: false, role: null };
    const passwords = new Map<ServiceRole, string>();
    const report = await migrate(admin, async (client) => {
      await installJobs(client, jobs);
      for (const role of ['rookery_app', 'rookery_worker'] as const) passwords.set(role, await allowSignIn(client, role));
    });
    log.info({ applied: report.applied, postgres: postgres.version }, 'database ready');
    const as = (role: ServiceRole): ConnectionSettings => ({ ...admin, user: role, password: passwords.get(role) ?? '' });
    return { app: as('rookery_app'), worker: as('rookery_worker'), stop: () => postgres.stop() };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function connectExternal({ config, log, jobs }: ProvisionParts, url: string): Promise<ProvisionedDatabase> {
  const admin = parseUrl(url, null);
  const report = await migrate(admin, (client) => installJobs(client, jobs));
  log.info({ applied: report.applied }, 'database ready');
  return {
    app: config.databaseAppUrl === null ? { ...admin, role: 'rookery_app' } : parseUrl(config.databaseAppUrl, 'rookery_app'),
    worker: config.databaseWorkerUrl === null ? { ...admin, role: 'rookery_worker' } : parseUrl(config.databaseWorkerUrl, 'rookery_worker'),
    stop: async () => {},
  };
}

/** Reads a `postgres://` address. `sslmode=require` and stricter mean TLS with a checked certificate. */
export function parseUrl(text: string, role: ConnectionSettings['role']): ConnectionSettings {
  const url = new URL(text);
  const sslMode = url.searchParams.get('sslmode') ?? 'prefer';
  return {
    host: url.searchParams.get('host') ?? decodeURIComponent(url.hostname), port: url.port === '' ? 5432 : Number(url.port),
    user: decodeURIComponent(url.username), password: decodeURIComponent(url.password), database: decodeURIComponent(url.pathname.slice(1)),
    ssl: ['require', 'verify-ca', 'verify-full'].includes(sslMode), role,
  };
}
