import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { ConnectionSettings } from '../db/database.ts';
import { silentLogger } from '../observability/logger.ts';
import { startEmbeddedPostgres } from '../postgres/embedded.ts';

let started: Promise<ConnectionSettings> | null = null;

/** The PostgreSQL server of this test run: the one that `npm test` started, or one of our own for a file run alone. */
export function testServer(): Promise<ConnectionSettings> {
  started ??= connectOrStart();
  return started;
}

async function connectOrStart(): Promise<ConnectionSettings> {
  const shared = process.env['ROOKERY_TEST_PG'];
  // Guarantee: the test runner writes this variable in the form of ConnectionSettings.
  if (shared !== undefined) return JSON.parse(shared) as ConnectionSettings;
  const dataDirectory = await mkdtemp(join(tmpdir(), 'rookery-test-'));
  const postgres = await startEmbeddedPostgres({ dataDirectory, log: silentLogger });
  after(async () => {
    await postgres.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  return { ...postgres.connection, ssl: false, role: null };
}
