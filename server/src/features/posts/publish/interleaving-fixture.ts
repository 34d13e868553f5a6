import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../../platform/db/database.ts';
import type { TestDatabase } from '../../../platform/testing/database.ts';
import type { WorkspaceContext } from '../../context.ts';

/** Somebody whose work stops at gates and goes on only when it is told to. */
export interface Actor {
  /** Lets it run to its next gate, to its end, or until it waits for a lock that another actor holds. */
  step(): Promise<void>;
  /** Opens every gate from here on and waits for the end. */
  finish(): Promise<void>;
  isEnded(): boolean;
}

export type Gate = () => Promise<void>;

const pollMs = 3;

/** Begins at a gate. What the work throws, `finish` throws. */
export function createActor(database: TestDatabase, work: (gate: Gate) => Promise<void>): Actor {
  let open: (() => void) | null = null;
  let isFree = false;
  let isEnded = false;
  const gate: Gate = async () => {
    if (isFree) return;
    await new Promise<void>((resolve) => {
      open = resolve;
    });
  };
  const done = gate().then(() => work(gate)).finally(() => {
    isEnded = true;
  });
  done.catch(() => undefined);
  const pass = (): void => {
    const now = open;
    open = null;
    now?.();
  };
  return {
    step: async () => {
      pass();
      while (open === null && !isEnded && !(await isWaitingForLock(database))) await sleep(pollMs);
    },
    finish: async () => {
      isFree = true;
      pass();
      await done;
    },
    isEnded: () => isEnded,
  };
}

async function isWaitingForLock(database: TestDatabase): Promise<boolean> {
  const rows = await database.admin(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
  return rows.length > 0;
}

/** The same context, with a gate before each transaction begins and one before it commits. */
export function gated(ctx: WorkspaceContext, gate: Gate): WorkspaceContext {
  return {
    ...ctx,
    transaction: async <Result>(work: (db: Db) => Promise<Result>): Promise<Result> => {
      await gate();
      return ctx.transaction(async (db) => {
        const result = await work(db);
        await gate();
        return result;
      });
    },
  };
}
