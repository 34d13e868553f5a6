import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems hand out to outgoing connections (from 32768 on Linux, 49152 elsewhere), so that none takes it a moment later. */
const portMin = 20_000;
const portMax = 32_000;
const triesMax = 50;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => void server.close(() => resolve(true)));
  });
}

/** A port of 127.0.0.1 that nobody listens on right now; another process that looks for one may still take it before you do. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = randomInt(portMin, portMax);
    if (await isFree(port)) return port;
  }
  throw new Error(`${triesMax} ports between ${portMin} and ${portMax} were all taken.`);
}
