import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FaultWorkerParts } from './worker.ts';

const program = fileURLToPath(new URL('./worker.ts', import.meta.url));

const restartAfterMs = 500;
const readyPollMs = 20;

/** Publishing workers that come and go. */
export interface FaultCrew {
  readonly size: number;
  /** SIGKILL to one; another is started in its place. Answers false when that one is still starting. */
  kill(index: number): boolean;
  /** SIGSTOP to one, SIGCONT after so long. Answers false when it is frozen already, or still starting. */
  freeze(index: number, milliseconds: number): boolean;
  /** Lets all of them run, and waits until those that have just been started do. */
  ready(): Promise<void>;
  /** Processes that ended without being killed by the test: there should be none. */
  readonly crashes: readonly string[];
  end(): Promise<void>;
}

export async function startFaultCrew(parts: FaultWorkerParts, size: number): Promise<FaultCrew> {
  const crashes: string[] = [];
  const members: ChildProcess[] = [];
  const starting = new WeakSet<ChildProcess>();
  const frozen = new Map<ChildProcess, NodeJS.Timeout>();
  let isEnding = false;
  const start = (place: number): ChildProcess => {
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, NODE_COMPILE_CACHE: join(parts.dataDirectory, 'compiled'), ROOKERY_FAULT_WORKER: JSON.stringify(parts) }, stdio: ['pipe', 'pipe', 'pipe'],
    });
    let words = '';
    child.stdin?.on('error', () => undefined);
    child.stderr?.on('data', (chunk: Buffer) => (words = `${words}${chunk.toString()}`.slice(-2000)));
    starting.add(child);
    child.stdout?.once('data', () => starting.delete(child));
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL' || isEnding) return;
      if (!starting.has(child)) crashes.push(`code ${code}, signal ${signal}: ${words}`);
      // It was started while the database was away: whoever runs it starts it again.
      else setTimeout(() => {
        if (members[place] === child && !isEnding) members[place] = start(place);
      }, restartAfterMs);
    });
    return child;
  };
  for (let index = 0; index < size; index += 1) members.push(start(index));
  // A frozen process would outlive us: nothing wakes it when its input ends.
  process.once('exit', () => members.forEach((child) => child.kill('SIGKILL')));
  const ready = async (): Promise<void> => {
    while (members.some((child) => starting.has(child))) await sleep(readyPollMs);
  };
  await ready();
  const member = (index: number): ChildProcess => {
    const found = members[index % members.length];
    if (found === undefined) throw new Error('the crew is empty');
    return found;
  };
  const thaw = (child: ChildProcess): void => {
    clearTimeout(frozen.get(child));
    if (frozen.delete(child)) child.kill('SIGCONT');
  };
  return {
    size, crashes,
    kill: (index) => {
      const child = member(index);
      if (starting.has(child)) return false;
      thaw(child);
      child.kill('SIGKILL');
      members[index % members.length] = start(index % members.length);
      return true;
    },
    freeze: (index, milliseconds) => {
      const child = member(index);
      if (frozen.has(child) || starting.has(child)) return false;
      child.kill('SIGSTOP');
      frozen.set(child, setTimeout(() => thaw(child), milliseconds));
      return true;
    },
    ready: async () => {
      members.forEach(thaw);
      await ready();
    },
    end: async () => {
      isEnding = true;
      await Promise.all(members.map(async (child) => {
        thaw(child);
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }));
    },
  };
}
