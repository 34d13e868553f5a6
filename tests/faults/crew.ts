import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultWorkerParts } from './worker.ts';

const program = fileURLToPath(new URL('./worker.ts', import.meta.url));
// Dozens of processes load the same files: compiled once, they start in half the time.
const compileCache = join(tmpdir(), 'rookery-faults-compiled');

const restartAfterMs = 500;

/** Publishing workers that come and go. */
export interface FaultCrew {
  readonly size: number;
  /** SIGKILL to one; another is started in its place. */
  kill(index: number): void;
  /** SIGSTOP to one, SIGCONT after so long. */
  freeze(index: number, milliseconds: number): void;
  /** Processes that ended without being killed by the test: there should be none. */
  readonly crashes: readonly string[];
  end(): Promise<void>;
}

export async function startFaultCrew(parts: FaultWorkerParts, size: number): Promise<FaultCrew> {
  const crashes: string[] = [];
  const members: ChildProcess[] = [];
  const frozen = new Map<ChildProcess, NodeJS.Timeout>();
  let isEnding = false;
  const start = (place: number): ChildProcess => {
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ROOKERY_FAULT_WORKER: JSON.stringify(parts) }, stdio: ['pipe', 'pipe', 'pipe'],
    });
    let words = '';
    child.stdin?.on('error', () => undefined);
    child.stderr?.on('data', (chunk: Buffer) => (words = `${words}${chunk.toString()}`.slice(-2000)));
    let isReady = false;
    child.stdout?.once('data', () => (isReady = true));
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL' || isEnding) return;
      if (isReady) crashes.push(`code ${code}, signal ${signal}: ${words}`);
      // It was started while the database was away: whoever runs it starts it again.
      else setTimeout(() => {
        if (members[place] === child && !isEnding) members[place] = start(place);
      }, restartAfterMs);
    });
    return child;
  };
  for (let index = 0; index < size; index += 1) members.push(start(index));
  await Promise.all(members.map(async (child) => (child.stdout === null ? undefined : once(child.stdout, 'data'))));
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
      thaw(child);
      child.kill('SIGKILL');
      members[index % members.length] = start(index % members.length);
    },
    freeze: (index, milliseconds) => {
      const child = member(index);
      if (frozen.has(child)) return;
      child.kill('SIGSTOP');
      frozen.set(child, setTimeout(() => thaw(child), milliseconds));
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
