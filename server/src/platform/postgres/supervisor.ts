import { isAlive } from './pid-file.ts';
import { startPostmaster, stopPostmaster, type PostmasterPlan } from './postmaster.ts';
import type { PostgresLog } from './embedded.ts';

/** Keeps one server running until it is told to stop. */
export interface Supervisor {
  pid(): number;
  stop(): Promise<void>;
}

const lookMs = 500;
const restartDelayMinMs = 500;
const restartDelayMaxMs = 30_000;

/** Looks after a running server: when it ends by itself it is started again, at the same address, at growing intervals if that fails. */
export function supervisePostmaster(plan: PostmasterPlan, firstPid: number, log: PostgresLog): Supervisor {
  let pid = firstPid;
  let isStopping = false;
  let delayMs = restartDelayMinMs;
  let timer: NodeJS.Timeout | undefined;
  let restarting: Promise<void> = Promise.resolve();

  // A look and not an exit event, because an adopted server is not our child.
  function lookAgain(afterMs: number): void {
    if (isStopping) return;
    timer = setTimeout(look, afterMs);
    timer.unref();
  }

  function look(): void {
    if (isAlive(pid)) {
      delayMs = restartDelayMinMs;
      lookAgain(lookMs);
      return;
    }
    restarting = restart();
  }

  async function restart(): Promise<void> {
    log.warn({ pid }, 'the database server ended unexpectedly: starting it again');
    try {
      pid = await startPostmaster(plan);
      log.info({ pid }, 'the database server runs again');
      lookAgain(lookMs);
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : String(error), delayMs }, 'the database server did not start, trying again later');
      lookAgain(delayMs);
      delayMs = Math.min(delayMs * 2, restartDelayMaxMs);
    }
  }

  async function stop(): Promise<void> {
    isStopping = true;
    clearTimeout(timer);
    await restarting;
    await stopPostmaster(pid);
  }

  lookAgain(lookMs);
  return { pid: () => pid, stop };
}
