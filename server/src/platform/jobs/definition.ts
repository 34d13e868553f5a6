import type { Static, TSchema } from '@rookery/contract/schema.ts';
import type { Db } from '../db/database.ts';

/** What a job is: declared once by the feature that handles it. */
export interface JobDefinition<Payload extends TSchema = TSchema> {
  readonly name: string;
  /** Checked before the job is stored and again before it runs. Ids only: never a token, never personal data. */
  readonly payload: Payload;
  /** 0 to 9, higher first among the jobs of one name. Jobs of different names never wait for each other. */
  readonly priority: number;
  readonly retriesMax: number;
  readonly retryDelaySeconds: number;
  /** After this long the job's signal is aborted; it should save what it has and end. */
  readonly softLimitSeconds: number;
  /** After this long the job counts as failed and is retried elsewhere. */
  readonly hardLimitSeconds: number;
  /** How many run at once in one worker process. */
  readonly concurrency: number;
  /** `one-per-key`: of the jobs with one key, at most one waits and at most one runs. */
  readonly queueing: 'all' | 'one-per-key';
}

const guideDefaults = {
  retriesMax: 3, retryDelaySeconds: 60, softLimitSeconds: 1500, hardLimitSeconds: 1800, concurrency: 2, queueing: 'all',
} as const;

/** Declares a job; what is left out has the usual values (3 retries 60 s apart, soft limit 25 min, hard limit 30 min). */
export function defineJob<Payload extends TSchema>(
  job: Pick<JobDefinition<Payload>, 'name' | 'payload' | 'priority'> & Partial<JobDefinition<Payload>>,
): JobDefinition<Payload> {
  return { ...guideDefaults, ...job };
}

/** One run of a job. */
export interface JobRun<Payload> {
  readonly id: string;
  readonly payload: Payload;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly isLastAttempt: boolean;
  /** Aborted at the soft limit and when the worker shuts down. */
  readonly signal: AbortSignal;
}

export interface JobHandler {
  readonly definition: JobDefinition;
  readonly run: (run: JobRun<unknown>) => Promise<void>;
}

/** Binds a definition to the function that does the job. */
export function handleJob<Payload extends TSchema>(
  definition: JobDefinition<Payload>,
  run: (run: JobRun<Static<Payload>>) => Promise<void>,
): JobHandler {
  // Guarantee: the engine checks the payload against the definition's schema before it calls.
  return { definition: definition as unknown as JobDefinition, run: run as (run: JobRun<unknown>) => Promise<void> };
}

export interface EnqueueOptions {
  /** Not before this time. */
  readonly startAfter?: Date;
  /** For `one-per-key` jobs. */
  readonly key?: string;
  /** Instead of the definition's: what a person waits for goes before what the clock asked for. */
  readonly priority?: number;
}

/** Puts jobs into the queue, inside the caller's transaction: the job exists if and only if the transaction commits. */
export interface Jobs {
  /** Answers the job's id, or null when one with the same key waits already. */
  enqueue<Payload extends TSchema>(db: Db, definition: JobDefinition<Payload>, payload: Static<Payload>, options?: EnqueueOptions): Promise<string | null>;
}
