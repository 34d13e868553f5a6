import { PgBoss } from 'pg-boss';
import { Check } from 'typebox/value';
import type { Client } from 'pg';
import { poolSettings, type ConnectionSettings, type Db } from '../db/database.ts';
import type { Logger } from '../observability/logger.ts';
import type { EnqueueOptions, JobDefinition, JobHandler, Jobs } from './definition.ts';

const schema = 'pgboss';
const heartbeatSeconds = 30;
const stopTimeoutMs = 25_000;
/** How often a worker looks for jobs whose process is gone. */
const superviseSecondsUsual = 5;

export interface JobEngine extends Jobs {
  /** Starts to take and run jobs. */
  work(handlers: readonly JobHandler[]): Promise<void>;
  /** Takes no more, lets running ones finish within 25 s, then aborts them. */
  stop(): Promise<void>;
}

/** Installs the engine's tables and the queues, with an administrator's connection, and grants the service roles their part. */
export async function installJobs(client: Client, definitions: readonly JobDefinition[]): Promise<void> {
  await client.query(`create schema if not exists ${schema} authorization rookery_owner`);
  await client.query('set role rookery_owner');
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => ({ rows: rowsOf(await client.query(text, values)) }) },
    schema, supervise: false, schedule: false, createSchema: false,
  });
  boss.on('error', () => {});
  await boss.start();
  for (const definition of definitions) await declareQueue(boss, definition);
  await boss.stop({ graceful: false, close: false });
  await client.query('reset role');
  await client.query(`grant usage on schema ${schema} to rookery_app, rookery_worker`);
  await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to rookery_worker`);
  await client.query(`grant usage on all sequences in schema ${schema} to rookery_worker, rookery_app`);
  await client.query(`grant execute on all functions in schema ${schema} to rookery_worker, rookery_app`);
  // The web role can put jobs in and cannot change or remove them.
  await client.query(`grant select, insert on all tables in schema ${schema} to rookery_app`);
}

// The engine sends several statements at once; the driver then answers one result for each.
function rowsOf(result: { rows: unknown[] } | readonly { rows: unknown[] }[]): unknown[] {
  return 'rows' in result ? result.rows : result.flatMap(({ rows }) => rows);
}

async function declareQueue(boss: PgBoss, definition: JobDefinition): Promise<void> {
  const options = {
    retryLimit: definition.retriesMax, retryDelay: definition.retryDelaySeconds, expireInSeconds: definition.hardLimitSeconds,
    heartbeatSeconds, notify: true,
  };
  const policy = definition.queueing === 'one-per-key' ? ('stately' as const) : ('standard' as const);
  await boss.createQueue(definition.name, { ...options, policy });
  await boss.updateQueue(definition.name, options);
}

export interface JobEngineOptions {
  readonly connection: ConnectionSettings;
  readonly log: Logger;
  /** A process without workers only enqueues. */
  readonly isWorker: boolean;
  /** How often lost jobs are looked for, in whole seconds; 5 by default. */
  readonly superviseSeconds?: number;
}

/** Connects to the job tables. Call `stop` at the end. */
export async function createJobEngine(options: JobEngineOptions): Promise<JobEngine> {
  const pool = poolSettings(options.connection, 60_000);
  const boss = new PgBoss({
    host: pool.host, port: pool.port, user: pool.user, password: pool.password, database: pool.database, ssl: pool.ssl,
    options: pool.options, application_name: 'rookery jobs',
    schema, max: options.isWorker ? 4 : 1, migrate: false, createSchema: false, schedule: false,
    supervise: options.isWorker, superviseIntervalSeconds: options.superviseSeconds ?? superviseSecondsUsual, maintenanceIntervalSeconds: 300, monitorIntervalSeconds: 10,
    useListenNotify: options.isWorker,
    reindex: false,
  });
  boss.on('error', (error) => options.log.warn({ error: error.message }, 'job engine'));
  await boss.start();
  return {
    enqueue: (db, definition, payload, enqueueOptions = {}) => enqueue(boss, db, { definition, payload, options: enqueueOptions }),
    work: async (handlers) => {
      for (const handler of handlers) await startWorker(boss, handler, options.log);
    },
    stop: () => boss.stop({ graceful: true, timeout: stopTimeoutMs }),
  };
}

interface Enqueuing {
  readonly definition: JobDefinition;
  readonly payload: unknown;
  readonly options: EnqueueOptions;
}

async function enqueue(boss: PgBoss, db: Db, { definition, payload, options }: Enqueuing): Promise<string | null> {
  if (!Check(definition.payload, payload)) throw new Error(`payload of ${definition.name} does not fit its schema`);
  return boss.send(definition.name, asObject(payload), {
    db: { executeSql: async (text, values) => db.executeSql(text, values ?? []) },
    priority: options.priority ?? definition.priority,
    ...(options.startAfter === undefined ? {} : { startAfter: options.startAfter }),
    ...(options.key === undefined ? {} : { singletonKey: options.key }),
  });
}

// Guarantee: payload schemas are objects; the check above has passed.
function asObject(payload: unknown): object {
  return payload as object;
}

async function startWorker(boss: PgBoss, handler: JobHandler, log: Logger): Promise<void> {
  const { definition } = handler;
  const options = { includeMetadata: true, batchSize: 1, localConcurrency: definition.concurrency, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5 } as const;
  let workId: string | null = null;
  workId = await boss.work<object, void, typeof options>(definition.name, options, async (jobs) => {
    for (const job of jobs) {
      if (!Check(definition.payload, job.data)) throw new Error(`payload of ${definition.name} does not fit its schema`);
      const soft = AbortSignal.timeout(definition.softLimitSeconds * 1000);
      const signal = AbortSignal.any([soft, job.signal]);
      const startedMs = performance.now();
      try {
        await handler.run({ id: job.id, payload: job.data, attempt: job.retryCount + 1, isLastAttempt: job.retryCount >= job.retryLimit, signal });
        log.info({ job: definition.name, id: job.id, attempt: job.retryCount + 1, durationMs: Math.round(performance.now() - startedMs) }, 'job done');
      } catch (error) {
        log.warn({ job: definition.name, id: job.id, attempt: job.retryCount + 1, error: error instanceof Error ? error.message : 'unknown' }, 'job failed');
        throw error;
      } finally {
        // Who has done one looks for the next at once: else a long queue of short jobs moves by one job per look.
        if (workId !== null) boss.notifyWorker(workId);
      }
    }
  });
}
