import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { Client } from 'pg';
import { createTestDatabase } from '../testing/database.ts';
import { poolSettings } from './database.ts';
import type { ServiceRole } from './migrate.ts';
import { allStatements } from './statement.ts';

const source = new URL('../../', import.meta.url);
const database = await createTestDatabase();

/** Loads every module that declares statements, so that a new feature is covered without being named here. */
async function loadQueries(): Promise<readonly string[]> {
  const names = (await readdir(source, { recursive: true })).filter((name) => /(^|\/)([a-z-]+-)?queries\.ts$/.test(name));
  for (const name of names) await import(new URL(name, source).href);
  await import('../events.ts');
  return names;
}

/** What PostgreSQL says to each statement: null when it can be prepared and run by the role. */
async function tryAll(role: ServiceRole): Promise<Map<string, string | null>> {
  const client = new Client(poolSettings(database.connection(role), 10_000));
  await client.connect();
  const answers = new Map<string, string | null>();
  try {
    for (const { name, text } of allStatements()) answers.set(name, await tryOne(client, text));
  } finally {
    await client.end();
  }
  return answers;
}

async function tryOne(client: Client, text: string): Promise<string | null> {
  try {
    await client.query('begin');
    await client.query(`prepare attempt as ${text}`);
    const count = await client.query<{ n: number }>(`select cardinality(parameter_types) as n from pg_prepared_statements where name = 'attempt'`);
    const n = count.rows[0]?.n ?? 0;
    // Explaining is where privileges are checked; nulls are as good as any value for that.
    await client.query(`explain execute attempt${n === 0 ? '' : `(${Array.from({ length: n }, () => 'null').join(', ')})`}`);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  } finally {
    await client.query('rollback');
    await client.query('deallocate all');
  }
}

const loaded = await loadQueries();
/** Only workers run these: to publish, to read figures of posts, and to look over the files of images. */
const ofWorkers = /^(publish|room)\.|^audit\.(find-last-seal|list-seals|list-unsealed|insert-seal)$|^spending\.save-cost$|^metrics\.(insert|thin|save-cost|delete-cost)$|^media\.(note|forget|list-old)-orphans$/;

test('the statements of every feature are looked at', () => {
  assert.ok(loaded.length >= 6, loaded.join(', '));
  for (const file of loaded.filter((name) => name.startsWith('features/'))) {
    const feature = file.split('/')[1] ?? '';
    assert.ok(allStatements().some(({ name }) => name.startsWith(`${feature}.`)), `nothing of ${file} is registered`);
  }
});

test('the web role can prepare and run every statement but those of workers', async () => {
  const faults = [...(await tryAll('rookery_app'))].filter(([name, fault]) => fault !== null && !(ofWorkers.test(name) && fault.startsWith('permission denied')));
  assert.deepEqual(faults, []);
});

test('what the worker role cannot run, it is not granted: nothing else is wrong with any statement', async () => {
  const faults = [...(await tryAll('rookery_worker'))].filter(([, fault]) => fault !== null && !fault.startsWith('permission denied'));
  assert.deepEqual(faults, []);
});

test('the worker role has what jobs need', async () => {
  const answers = await tryAll('rookery_worker');
  const needed = [...answers.keys()].filter((name) => /^(audience|publish|room|metrics|spending\.save-cost|accounts\.(due|find|lock|save-token|read|write|update|set|lose)|audit\.(insert|lock-sealing|find-last-seal|list-unsealed)|events)/.test(name));
  assert.ok(needed.length > 30, String(needed.length));
  assert.deepEqual(needed.filter((name) => answers.get(name) !== null), []);
});

test('names fit into the 63 bytes that PostgreSQL keeps', () => {
  assert.deepEqual(allStatements().filter(({ name }) => Buffer.byteLength(name) > 63), []);
});
