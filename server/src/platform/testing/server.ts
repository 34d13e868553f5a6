import { after } from 'node:test';
import type { ConnectionSettings } from '../db/database.ts';
import { startTemporaryPostgres } from '../postgres/temporary.ts';

let started: Promise<ConnectionSettings> | null = null;
const dependents: (() => Promise<void>)[] = [];

/** The PostgreSQL server of this test run: the one that `npm test` started, or one of our own for a file run alone. */
export function testServer(): Promise<ConnectionSettings> {
  started ??= connectOrStart();
  return started;
}

/** Runs once: at the end of the test or file that asked for it, and in any case before the server stops. Latest first. */
export function beforeServerStops(work: () => Promise<void>): void {
  let done: Promise<void> | null = null;
  const once = (): Promise<void> => (done ??= work());
  dependents.push(once);
  after(once);
}

async function connectOrStart(): Promise<ConnectionSettings> {
  const shared = process.env['ROOKERY_TEST_PG'];
  // Guarantee: the test runner writes this variable in the form of ConnectionSettings.
  if (shared !== undefined) return JSON.parse(shared) as ConnectionSettings;
  const postgres = await startTemporaryPostgres();
  after(async () => {
    for (const dependent of dependents.toReversed()) await dependent();
    await postgres.stop();
  });
  return { ...postgres.connection, ssl: false, role: null };
}
