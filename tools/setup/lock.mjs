import { createHash } from 'node:crypto';
import { createConnection, createServer } from 'node:net';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs `work` while no other set-up of the same checkout runs; a second one waits for the first.
 * The lock is a listening socket, since the kernel releases it however its process ends, and `npm ci` deletes any file in node_modules.
 */
export async function withSetupLock(root, work) {
  const address = lockAddress(root);
  let server = await listen(address);
  if (server === null) console.error('Another set-up of this folder is running: waiting for it …');
  while (server === null) {
    const wasAlive = await waitUntilReleased(address);
    // Only macOS leaves a file behind when its process was killed; the other addresses vanish with their process.
    if (!wasAlive && process.platform === 'darwin') rmSync(address, { force: true });
    server = await listen(address);
  }
  try {
    return await work();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

function lockAddress(root) {
  const name = `rookery-setup-${createHash('sha256').update(root).digest('hex').slice(0, 24)}`;
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

function listen(address) {
  return new Promise((resolve, reject) => {
    const waiters = new Set();
    const server = createServer((socket) => {
      waiters.add(socket);
      socket.on('error', () => waiters.delete(socket));
      socket.on('close', () => waiters.delete(socket));
    });
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(address, () => {
      const close = server.close.bind(server);
      // close() waits for open connections, and each waiter holds one: end them so that they move on.
      server.close = (done) => {
        for (const socket of waiters) socket.destroy();
        return close(done);
      };
      resolve(server);
    });
  });
}

/** Resolves when the holder has gone; answers whether there was one. */
function waitUntilReleased(address) {
  return new Promise((resolve) => {
    let isConnected = false;
    const socket = createConnection(address, () => {
      isConnected = true;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => setTimeout(() => resolve(isConnected), 50));
  });
}
