import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres, type PostgresConnection } from './embedded.ts';
import { isAlive } from './pid-file.ts';

const isRoot = process.getuid?.() === 0;
const needsRoot = isRoot ? false : 'only root can change the user: run the tests as root to check this too';
const options = { log: { info: () => undefined, warn: () => undefined }, isThrowaway: true };
const nobody = 65534;

let scratch = '';
before(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rookery-embedded-'));
  chmodSync(scratch, 0o711);
});
after(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

function folder(name: string): string {
  return join(scratch, name);
}

async function query(connection: PostgresConnection, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function setting(connection: PostgresConnection, name: string): Promise<unknown> {
  return (await query(connection, `select current_setting('${name}') as value`))[0]?.['value'];
}

/** A Rookery of its own process, which is killed without warning: its database server lives on. */
async function startAndKill(dataDirectory: string): Promise<number> {
  const { child, line } = await startElsewhere(dataDirectory, {});
  child.kill('SIGKILL');
  await once(child, 'exit');
  return Number(line);
}

async function startElsewhere(dataDirectory: string, spawnOptions: object): Promise<{ child: ChildProcess; line: string }> {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)});
    const log = { info() {}, warn() {} };
    const postgres = await startEmbeddedPostgres({ dataDirectory: ${JSON.stringify(dataDirectory)}, log, isThrowaway: true });
    process.on('SIGTERM', async () => { await postgres.stop(); process.exit(0); });
    console.log(postgres.pid());
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'], ...spawnOptions });
  assert.ok(child.stdout);
  child.stdout.setEncoding('utf8');
  const [line]: unknown[] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  return { child, line: String(line).trim() };
}

async function untilAnswered(postgres: EmbeddedPostgres, text: string): Promise<Record<string, unknown>[]> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await query(postgres.connection, text);
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(100);
    }
  }
}

describe('an embedded database', () => {
  const dataDirectory = (): string => folder('first');
  let postgres: EmbeddedPostgres;
  before(async () => {
    postgres = await startEmbeddedPostgres({ dataDirectory: dataDirectory(), ...options });
  });
  after(() => postgres.stop());

  test('is durable, checked, UTF-8 and sorts the same on every machine', async () => {
    const { connection } = postgres;
    assert.equal(await setting(connection, 'fsync'), 'on');
    assert.equal(await setting(connection, 'data_checksums'), 'on');
    assert.equal(await setting(connection, 'server_encoding'), 'UTF8');
    const [row] = await query(connection, `select datlocprovider, datlocale from pg_database where datname = current_database()`);
    assert.deepEqual(row, { datlocprovider: 'b', datlocale: 'C.UTF-8' });
    assert.match(postgres.version, /^18\.\d+$/);
  });

  test('listens on no network port, and nobody else can reach its socket', async () => {
    assert.equal(await setting(postgres.connection, 'listen_addresses'), '');
    assert.equal(statSync(postgres.connection.host).mode & 0o777, 0o700);
  });

  test('keeps its password from others, and refuses a wrong one', async () => {
    assert.equal(statSync(join(dataDirectory(), 'postgres-password')).mode & 0o777, 0o600);
    await assert.rejects(query({ ...postgres.connection, password: 'wrong' }, 'select 1'), { code: '28P01' });
  });

  test('gets nothing of our environment', { skip: process.platform === 'linux' ? false : 'needs /proc' }, () => {
    const names = readFileSync(`/proc/${postgres.pid()}/environ`, 'utf8').split('\0').map((entry) => entry.split('=')[0]);
    assert.ok(names.includes('TZ'));
    assert.ok(!names.includes('HOME'));
  });

  test('refuses a second Rookery on the same directory and says so', async () => {
    await assert.rejects(startEmbeddedPostgres({ dataDirectory: dataDirectory(), ...options }), /Another Rookery is running on .*first/);
    assert.equal((await query(postgres.connection, 'select 1 as one'))[0]?.['one'], 1);
  });
});

test('what was written is there after a restart, and stopping leaves no process', async () => {
  const dataDirectory = folder('restart');
  const first = await startEmbeddedPostgres({ dataDirectory, ...options });
  await query(first.connection, 'create table kept as select 42 as answer');
  await Promise.all([first.stop(), first.stop()]);
  assert.equal(isAlive(first.pid()), false);
  const second = await startEmbeddedPostgres({ dataDirectory, ...options });
  try {
    assert.deepEqual(await query(second.connection, 'select answer from kept'), [{ answer: 42 }]);
    assert.deepEqual(second.connection, first.connection);
  } finally {
    await second.stop();
  }
  assert.equal(isAlive(second.pid()), false);
});

test('a server that outlived a killed Rookery is adopted and can be stopped', async () => {
  const dataDirectory = folder('adopt');
  const orphan = await startAndKill(dataDirectory);
  assert.equal(isAlive(orphan), true);
  const postgres = await startEmbeddedPostgres({ dataDirectory, ...options });
  assert.equal(postgres.pid(), orphan);
  assert.deepEqual(await query(postgres.connection, 'select 1 as one'), [{ one: 1 }]);
  await postgres.stop();
  assert.equal(isAlive(orphan), false);
});

test('an orphaned server that cannot be reached is stopped, and another one takes its place', async () => {
  const dataDirectory = folder('unreachable');
  const orphan = await startAndKill(dataDirectory);
  rmSync(join(dataDirectory, 'run', '.s.PGSQL.5432'));
  const postgres = await startEmbeddedPostgres({ dataDirectory, ...options });
  try {
    assert.notEqual(postgres.pid(), orphan);
    assert.equal(isAlive(orphan), false);
    assert.deepEqual(await query(postgres.connection, 'select 1 as one'), [{ one: 1 }]);
  } finally {
    await postgres.stop();
  }
});

test('a server that is killed comes back at the same address with what was committed', async () => {
  const postgres = await startEmbeddedPostgres({ dataDirectory: folder('killed'), ...options });
  try {
    await query(postgres.connection, 'create table kept as select 7 as answer');
    const killed = postgres.pid();
    process.kill(killed, 'SIGKILL');
    assert.deepEqual(await untilAnswered(postgres, 'select answer from kept'), [{ answer: 7 }]);
    // It answers a moment before the one who started it has noticed.
    for (let attempt = 0; postgres.pid() === killed && attempt < 100; attempt += 1) await sleep(100);
    assert.notEqual(postgres.pid(), killed);
  } finally {
    await postgres.stop();
  }
});

test('after a crash another process that was given the server’s old id is not in the way', async () => {
  const dataDirectory = folder('reused-id');
  await (await startEmbeddedPostgres({ dataDirectory, ...options })).stop();
  const { uid, gid } = statSync(join(dataDirectory, 'postgres'));
  const other = spawn('sleep', ['120'], isRoot ? { uid, gid } : {});
  const pidFile = join(dataDirectory, 'postgres', 'postmaster.pid');
  writeFileSync(pidFile, `${other.pid}\n${join(dataDirectory, 'postgres')}\n1\n5432\n\n\n\nready\n`, { mode: 0o600 });
  if (isRoot) chownSync(pidFile, uid, gid);
  try {
    const postgres = await startEmbeddedPostgres({ dataDirectory, ...options });
    assert.notEqual(postgres.pid(), other.pid);
    await postgres.stop();
    assert.equal(other.exitCode, null);
  } finally {
    other.kill();
  }
});

test('a data directory with a long path works', async () => {
  const postgres = await startEmbeddedPostgres({ dataDirectory: folder('long/'.repeat(30)), ...options });
  try {
    assert.deepEqual(await query(postgres.connection, 'select 1 as one'), [{ one: 1 }]);
    assert.equal(statSync(postgres.connection.host).mode & 0o777, 0o700);
  } finally {
    await postgres.stop();
    rmSync(postgres.connection.host, { recursive: true });
  }
});

test('a folder that is no database is left alone, with a message that says what to do', async () => {
  const dataDirectory = folder('damaged');
  mkdirSync(join(dataDirectory, 'postgres'), { recursive: true });
  writeFileSync(join(dataDirectory, 'postgres', 'note'), 'mine');
  await assert.rejects(startEmbeddedPostgres({ dataDirectory, ...options }), /holds no database .* Restore it from a backup/);
  assert.equal(readFileSync(join(dataDirectory, 'postgres', 'note'), 'utf8'), 'mine');
});

test('a wrong setting is reported with the server’s own words', async () => {
  const started = startEmbeddedPostgres({ dataDirectory: folder('wrong'), ...options, settings: { shared_buffers: 'many' } });
  await assert.rejects(started, /did not start[^]*invalid value for parameter "shared_buffers": "many"/);
});

test('root hands the server to a user who is not root', { skip: needsRoot }, async () => {
  const postgres = await startEmbeddedPostgres({ dataDirectory: folder('as-user'), ...options });
  try {
    assert.notEqual(statSync(`/proc/${postgres.pid()}`).uid, 0);
    assert.equal(statSync(folder('as-user')).uid, 0);
  } finally {
    await postgres.stop();
  }
});

test('root can keep its data where no other user can enter', { skip: needsRoot }, async () => {
  const closed = folder('closed');
  mkdirSync(closed, { mode: 0o700 });
  const dataDirectory = join(closed, 'data');
  for (const _start of ['first', 'second']) {
    const postgres = await startEmbeddedPostgres({ dataDirectory, ...options });
    assert.equal(statSync(join(dataDirectory, 'postgres')).uid, 0);
    assert.deepEqual(await query(postgres.connection, 'select 1 as one'), [{ one: 1 }]);
    await postgres.stop();
    assert.equal(isAlive(postgres.pid()), false);
  }
});

test('a data directory moves from a closed place to an open one and back', { skip: needsRoot }, async () => {
  const closed = folder('moving');
  mkdirSync(closed, { mode: 0o700 });
  const dataDirectory = join(closed, 'data');
  for (const mode of [0o711, 0o700, 0o711]) {
    chmodSync(closed, mode);
    const postgres = await startEmbeddedPostgres({ dataDirectory, ...options });
    await query(postgres.connection, 'create table if not exists kept ()');
    await postgres.stop();
  }
});

test('a plain user starts and stops it without help', { skip: needsRoot }, async () => {
  const home = folder('plain');
  mkdirSync(home, { mode: 0o700 });
  chownSync(home, nobody, nobody);
  const { child, line } = await startElsewhere(join(home, 'data'), { uid: nobody, gid: nobody });
  assert.match(line, /^\d+$/);
  assert.equal(statSync(join(home, 'data', 'postgres')).uid, nobody);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.equal(isAlive(Number(line)), false);
});
