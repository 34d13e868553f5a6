import { createHash, randomUUID } from 'node:crypto';
import { linkSync, renameSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseStartError, hasErrno } from './start-error.ts';

/** Held while one Rookery uses a data directory. */
export interface InstanceLock {
  release(): Promise<void>;
}

/**
 * Takes the data directory for this process. The lock is a listening socket in it: it is gone the moment its process is, however that
 * ends, and it is seen by another container that mounts the same directory. Throws DatabaseStartError when another process has it.
 */
export async function lockInstance(dataDirectory: string, socketDirectory: string): Promise<InstanceLock> {
  const address = lockAddress(dataDirectory, socketDirectory);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const server = await listen(address);
    if (server !== null) return { release: () => close(server) };
    if (await answers(address)) break;
    await removeStale(address);
  }
  throw new DatabaseStartError(
    `Another Rookery is running on ${dataDirectory}. Stop it first, or give this one its own directory with ROOKERY_DATA_DIR.`,
  );
}

function lockAddress(dataDirectory: string, socketDirectory: string): string {
  if (process.platform !== 'win32') return join(socketDirectory, 'rookery.lock');
  return `\\\\.\\pipe\\rookery-${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 24)}`;
}

function listen(address: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => (hasErrno(error, 'EADDRINUSE') ? resolve(null) : reject(error)));
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Whether somebody listens. A refusal is asked again: between binding and listening another process refuses for an instant. */
async function answers(address: string): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await connects(address)) return true;
    await sleep(30);
  }
  return false;
}

function connects(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Moves a dead socket away before deleting it, so that of two starters none deletes the socket that the other has just made. */
async function removeStale(address: string): Promise<void> {
  const aside = `${address}-${randomUUID().slice(0, 8)}`;
  try {
    renameSync(address, aside);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return;
    throw error;
  }
  try {
    if (await answers(aside)) linkSync(aside, address);
  } finally {
    rmSync(aside, { force: true });
  }
}
