import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrno } from './start-error.ts';

/** What postmaster.pid says, see PostgreSQL's src/include/utils/pidfile.h. It is PostgreSQL's: we read it and never delete it. */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly socketDirectory: string;
  /** `starting`, `stopping`, `ready` or `standby`; empty until the server has written it. */
  readonly status: string;
}

/** Reads a cluster's postmaster.pid; null when there is none or it is not complete yet. */
export function readPidFile(clusterDirectory: string): PidFile | null {
  const path = join(clusterDirectory, 'postmaster.pid');
  if (!existsSync(path)) return null;
  const [pid, , , port, socketDirectory, , , status] = readPidText(path).split('\n');
  if (pid === undefined || !/^-?\d+$/.test(pid)) return null;
  return { pid: Math.abs(Number(pid)), port: Number(port ?? 0), socketDirectory: socketDirectory ?? '', status: (status ?? '').trim() };
}

function readPidText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return '';
    throw error;
  }
}

/** Whether a process with this id exists and runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasErrno(error, 'EPERM')) return false;
  }
  return !isZombie(pid);
}

/** Dead, but its parent has not asked: lasting where a container's first process does not collect orphans. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    // The state follows the name, which stands in brackets and may hold anything.
    return /^.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Whose the process is that postmaster.pid names: `ours` runs on this cluster, `foreign` surely does not (the id was given to another
 * process after a crash or in a new container), `unknown` could not be found out.
 */
export function identifyPostmaster(pid: number, clusterDirectory: string): 'gone' | 'ours' | 'foreign' | 'unknown' {
  if (!isAlive(pid)) return 'gone';
  if (process.platform !== 'linux') return 'unknown';
  try {
    // A postmaster's working directory is its cluster, which tells it from the server of another cluster.
    return readlinkSync(`/proc/${pid}/cwd`) === clusterDirectory ? 'ours' : 'foreign';
  } catch {
    return identifyByName(pid);
  }
}

/** The name of a process can be read even where its working directory cannot. */
function identifyByName(pid: number): 'gone' | 'foreign' | 'unknown' {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres' ? 'unknown' : 'foreign';
  } catch {
    return isAlive(pid) ? 'unknown' : 'gone';
  }
}
