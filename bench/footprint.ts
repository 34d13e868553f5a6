// What the product holds in memory at rest: starts it on an empty data directory, lets it settle, and sums the proportional set size
// of the server and of every process of its database. Prints a table and the ratio to the promise. Linux only.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../server/src/platform/free-port.ts';

const promiseMegabytes = 300;
const restSeconds = Number(process.env['REST_SECONDS'] ?? 20);
const readyTimeoutMs = 60_000;
const root = dirname(import.meta.dirname);

interface ProcessOf {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly megabytes: number;
}

/** Every process of this machine that can be looked into. */
function readProcesses(): ProcessOf[] {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).flatMap((entry) => {
    try {
      const status = readFileSync(`/proc/${entry}/status`, 'utf8');
      const rollup = readFileSync(`/proc/${entry}/smaps_rollup`, 'utf8');
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return [{
        pid: Number(entry),
        parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]),
        name: command.startsWith('postgres:') ? command : (command.split(' ')[0] ?? ''),
        megabytes: Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) / 1000,
      }];
    } catch {
      // It ended in the meantime.
      return [];
    }
  });
}

function descendantsOf(pid: number, all: readonly ProcessOf[]): ProcessOf[] {
  return all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...descendantsOf(child.pid, all)]);
}

async function untilReady(product: ChildProcess, origin: string): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline && product.exitCode === null) {
    const reply = await fetch(`${origin}/api/ready`).catch(() => null);
    if (reply?.ok === true) return;
    await sleep(100);
  }
  throw new Error('The product did not become ready.');
}

async function measure(product: ChildProcess, origin: string): Promise<boolean> {
  await untilReady(product, origin);
  await sleep(restSeconds * 1000);
  const all = readProcesses();
  const found = all.filter(({ pid }) => pid === product.pid).concat(descendantsOf(product.pid ?? -1, all));
  const total = found.reduce((sum, { megabytes }) => sum + megabytes, 0);
  if (!found.some(({ name }) => name.startsWith('postgres:'))) throw new Error('The database is not among the processes: nothing was measured.');
  for (const { name, megabytes } of found) console.log(`${megabytes.toFixed(1).padStart(7)} MB  ${name.split('/').at(-1)}`);
  console.log(`${total.toFixed(1).padStart(7)} MB  in ${found.length} processes after ${restSeconds} s at rest: ${(total / promiseMegabytes).toFixed(2)} of ${promiseMegabytes} MB`);
  return total <= promiseMegabytes;
}

const dataDirectory = mkdtempSync(join(tmpdir(), 'rookery-footprint-'));
chmodSync(dataDirectory, 0o711);
const port = await findFreePort();
const product = spawn(process.execPath, [join(root, 'server/src/main.ts')], {
  env: { PATH: process.env['PATH'], PORT: String(port), ROOKERY_DATA_DIR: dataDirectory },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const hasEnded = new Promise((resolve) => product.once('exit', resolve));
try {
  process.exitCode = (await measure(product, `http://127.0.0.1:${port}`)) ? 0 : 1;
} finally {
  product.kill('SIGTERM');
  await hasEnded;
  rmSync(dataDirectory, { recursive: true, force: true });
}
