import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkerParts } from './worker.ts';

const program = fileURLToPath(new URL('./worker.ts', import.meta.url));
const startWithinMs = 60_000;
// Dozens of processes load the same files: compiled once, they start in half the time.
const compileCache = join(tmpdir(), 'rookery-crash-compiled');

/** Worker processes, one at work and one started and waiting to take over. */
export interface Crew {
  /** Sets the clock of the process at work. */
  moveClock(to: Date): void;
  /** Ends the process at work with SIGKILL; nothing of ours runs in it any more. */
  kill(): Promise<void>;
  /** Lets the waiting process begin. */
  takeOver(now: Date): Promise<void>;
  end(): Promise<void>;
}

interface Worker {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
}

/** Starts the first worker, which begins at once. */
export async function startCrew(parts: Omit<WorkerParts, 'now'>, now: Date): Promise<Crew> {
  let atWork = start({ ...parts, now: now.toISOString() });
  let waiting = start({ ...parts, now: now.toISOString() });
  const tell = (worker: Worker, line: string): void => void worker.child.stdin?.write(`${line}\n`);
  await atWork.ready;
  tell(atWork, 'go');
  return {
    moveClock: (to) => tell(atWork, `at ${to.toISOString()}`),
    kill: () => end(atWork),
    takeOver: async (at) => {
      atWork = waiting;
      await atWork.ready;
      tell(atWork, `at ${at.toISOString()}`);
      tell(atWork, 'go');
      waiting = start({ ...parts, now: at.toISOString() });
    },
    end: async () => {
      await Promise.all([end(atWork), end(waiting)]);
    },
  };
}

function start(parts: WorkerParts): Worker {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ROOKERY_CRASH_WORKER: JSON.stringify(parts) }, stdio: ['pipe', 'pipe', 'inherit'],
  });
  // Writing to a process that has just been killed fails, which is no fault here.
  child.stdin.on('error', () => undefined);
  const ready = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('a worker process did not start in time')), startWithinMs);
    child.stdout.on('data', (chunk: Buffer) => {
      if (!chunk.toString().includes('ready')) return;
      clearTimeout(late);
      resolve();
    });
    child.once('exit', () => {
      clearTimeout(late);
      reject(new Error('a worker process ended instead of starting'));
    });
  });
  ready.catch(() => undefined);
  return { child, ready };
}

async function end({ child }: Worker): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  assert.ok(child.kill('SIGKILL'));
  await exit;
  assert.equal(child.signalCode, 'SIGKILL');
}
