import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PostgresBinaries } from './binaries.ts';
import type { PostgresDirectories } from './directories.ts';
import { giveTo, spawnAs, type RunAs } from './run-as.ts';
import { superuserName } from './settings.ts';
import { DatabaseStartError, hasErrno } from './start-error.ts';

/** Makes the cluster unless there is one, and answers the superuser's password. */
export async function ensureCluster(
  binaries: PostgresBinaries,
  directories: PostgresDirectories,
  runAs: RunAs,
  options: { isThrowaway: boolean },
): Promise<string> {
  if (existsSync(join(directories.cluster, 'PG_VERSION'))) {
    giveTo(runAs, directories.cluster);
    return readPassword(directories);
  }
  if (existsSync(directories.cluster)) {
    throw new DatabaseStartError(
      `${directories.cluster} exists but holds no database (no PG_VERSION). Restore it from a backup, or move it away to begin anew.`,
    );
  }
  return createCluster(binaries, directories, runAs, options);
}

function readPassword(directories: PostgresDirectories): string {
  try {
    return readFileSync(directories.password, 'utf8').trim();
  } catch (error) {
    const reason = hasErrno(error, 'ENOENT') ? 'is missing' : 'cannot be read';
    throw new DatabaseStartError(
      `${directories.password} ${reason}, and the database in ${directories.cluster} cannot be opened without it. ` +
        'Restore it from the backup that the database came from.',
      { cause: error },
    );
  }
}

/** initdb works beside the final place and the rename comes last: a cluster that exists is a whole one. */
async function createCluster(
  binaries: PostgresBinaries,
  directories: PostgresDirectories,
  runAs: RunAs,
  options: { isThrowaway: boolean },
): Promise<string> {
  const draft = join(directories.data, 'postgres.new');
  const password = randomBytes(24).toString('base64url');
  // initdb reads the password as PostgreSQL's user, who may look into the socket folder only.
  const passwordCopy = join(directories.socket, 'initdb-password');
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordCopy, { force: true });
  mkdirSync(draft, { mode: 0o700 });
  giveTo(runAs, draft);
  writeFileSync(passwordCopy, `${password}\n`, { mode: runAs.kind === 'user' ? 0o644 : 0o600 });
  try {
    await runInitdb(initdbCommand(binaries, draft, passwordCopy, options), runAs);
  } finally {
    rmSync(passwordCopy, { force: true });
  }
  writeFileSync(directories.password, `${password}\n`, { mode: 0o600, flush: true });
  renameSync(draft, directories.cluster);
  return password;
}

function initdbCommand(binaries: PostgresBinaries, draft: string, passwordFile: string, options: { isThrowaway: boolean }): [string, ...string[]] {
  return [
    binaries.initdb,
    `--pgdata=${draft}`,
    `--username=${superuserName}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Built in: its sort order does not change with the machine's libraries, which would silently damage indexes.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
    ...(options.isThrowaway ? ['--no-sync'] : []),
  ];
}

async function runInitdb(command: readonly [string, ...string[]], runAs: RunAs): Promise<void> {
  const child = spawnAs(runAs, command, { cwd: '/', env: serverEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [stdout, stderr, code] = await Promise.all([child.stdout ? text(child.stdout) : '', child.stderr ? text(child.stderr) : '', exit]);
  if (code === 0) return;
  throw new DatabaseStartError(`The database could not be created: ${command.join(' ')} failed.\n${stdout}${stderr}`.trim());
}

/** All that PostgreSQL's programs get of our environment; messages in English, for they end in our log. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}
