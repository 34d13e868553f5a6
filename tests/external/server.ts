import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findFreePort } from '../../server/src/platform/free-port.ts';

/** A PostgreSQL of the machine's own, over TCP with a password, as an operator would run it. */
export interface OutsideServer {
  readonly port: number;
  readonly version: string;
  /** Runs one statement as the superuser. */
  admin(database: string, text: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const superuser = { user: 'postgres', password: 'outside-password' };
const startTries = 100;
const startPauseMs = 100;

/** `postgres` is the server's program; its siblings lie beside it. */
export async function startOutsideServer(postgres: string): Promise<OutsideServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-outside-'));
  const runAs = chooseUser(folder);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, superuser.password);
  chmodSync(passwordFile, 0o644);
  const data = join(folder, 'data');
  const made = spawnSync(join(dirname(postgres), 'initdb'), ['-D', data, '-U', superuser.user, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync', '-E', 'UTF8', '--locale=C'], {
    ...runAs, encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await findFreePort();
  const child = spawn(postgres, ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'], {
    ...runAs, stdio: 'ignore',
  });
  const admin = async (database: string, text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ host: '127.0.0.1', port, ...superuser, database });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const version = await waitUntilReady(admin);
  return { port, version, admin, stop: () => stop(child, folder) };
}

/** The server refuses root. */
function chooseUser(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const read = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [read('-u'), read('-g')];
  chownSync(folder, uid, gid);
  return { uid, gid };
}

async function waitUntilReady(admin: OutsideServer['admin']): Promise<string> {
  for (let tried = 1; ; tried += 1) {
    try {
      const [row] = await admin('postgres', 'show server_version');
      return String(row?.['server_version']);
    } catch (error) {
      if (tried >= startTries) throw error;
      await sleep(startPauseMs);
    }
  }
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
