import { after } from 'node:test';
import type { ConnectionSettings } from '../db/database.ts';
import { startTemporaryPostgres } from '../postgres/temporary.ts';

let started: Promise<ConnectionSettings> | null = null;
const dependents: (() => Promise<void>)[] = [];
let stopServer: (() => Promise<void>) | null = null;

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

/** For programs that are no test files: ends what tests leave to the end of their file. */
export async function endTestServer(): Promise<void> {
  for (const dependent of dependents.toReversed()) await dependent();
  await stopServer?.();
}

async function connectOrStart(): Promise<ConnectionSettings> {
  const shared = process.env['ROOKERY_TEST_PG'];
  // Guarantee: the test runner writes this variable in the form of ConnectionSettings.
  if (shared !== undefined) return JSON.parse(shared) as ConnectionSettings;
  const postgres = await startTemporaryPostgres();
  let stopped: Promise<void> | null = null;
  stopServer = () => (stopped ??= postgres.stop());
  after(endTestServer);
  return { ...postgres.connection, ssl: false, role: null };
}
