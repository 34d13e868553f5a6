import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type RunningApp } from '../app.ts';
import { loadConfig } from '../platform/config/config.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/database.ts';

/** The product as `main.ts` starts it, on a database of its own, with every network simulated. */
export interface WalkedApp {
  readonly app: RunningApp;
  readonly origin: string;
  readonly dataDirectory: string;
  readonly admin: TestDatabase['admin'];
  /** What was logged as an error. */
  readonly errors: readonly string[];
}

/** Starts web and worker, stopped with the test file. Without the scheduler: nothing changes but by what a test asks for. */
export async function startWalkedApp(): Promise<WalkedApp> {
  const database = await createTestDatabase();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'rookery-walk-'));
  const errors: string[] = [];
  const config = loadConfig({
    PORT: '0', BASE_URL: 'http://127.0.0.1:8390', ROOKERY_DATA_DIR: dataDirectory, ROOKERY_ROLES: 'web,worker', ROOKERY_SIGN_UP: 'open',
    DATABASE_URL: databaseUrl(database), ROOKERY_RATE_LIMITS: 'off',
  });
  const app = await startApp({ config, log: errorLog(errors), version: '0.0.0', webDirectory: join(dataDirectory, 'no-web') });
  database.beforeEnd(async () => {
    await app.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  if (app.origin === null) throw new Error('The app under test serves no web.');
  return { app, origin: app.origin, dataDirectory, admin: database.admin, errors };
}

function databaseUrl(database: TestDatabase): string {
  const { host, port, user, password, database: name } = database.connection('admin');
  const url = new URL(`postgres://localhost:${port}/${name}`);
  url.username = user;
  url.password = password;
  url.searchParams.set('host', host);
  return url.toString();
}

function errorLog(errors: string[]): Logger {
  const ignore = (): void => {};
  const log: Logger = {
    debug: ignore, info: ignore, warn: ignore, child: () => log,
    error: (facts, sentence) => void errors.push(`${sentence} ${describe(facts)}`),
  };
  return log;
}

function describe(facts: object): string {
  return Object.entries(facts).map(([name, value]) => `${name}=${value instanceof Error ? value.stack : String(value)}`).join(' ');
}
