import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { chownSync, existsSync, lstatSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseStartError } from './start-error.ts';

/**
 * As whom PostgreSQL runs. It refuses to be root, so root hands it to an unprivileged user (`user`), or, where that user cannot reach
 * the files, to a user namespace in which root's files stay root's but the effective user id is not 0 (`namespace`).
 */
export type RunAs =
  | { readonly kind: 'self' }
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'namespace'; readonly uid: number; readonly gid: number };

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Best first: a user made for us, the customary one, the one that every system has. */
const accountNames = ['rookery', 'postgres', 'nobody'];

/** Decides as whom PostgreSQL runs, given every path that it must reach. Throws DatabaseStartError when root has no way. */
export function chooseRunAs(clusterDirectory: string, paths: readonly string[]): RunAs {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return { kind: 'self' };
  const account = chooseAccount(clusterDirectory);
  if (account === null) {
    throw new DatabaseStartError(
      `PostgreSQL refuses to run as root, and this system has none of the users ${accountNames.join(', ')}. Create one: useradd --system rookery`,
    );
  }
  const obstacle = paths.map((path) => findObstacle(path, account)).find((path) => path !== null);
  if (obstacle === undefined) return { kind: 'user', uid: account.uid, gid: account.gid };
  if (canUseNamespace(account)) return { kind: 'namespace', uid: account.uid, gid: account.gid };
  throw new DatabaseStartError(
    `PostgreSQL refuses to run as root, and the user ${account.name} cannot enter ${obstacle}. Do one of these: run Rookery as a plain user; ` +
      `set ROOKERY_DATA_DIR (and the project's folder) to a place others may enter, such as /var/lib/rookery; or chmod o+x ${obstacle}`,
  );
}

/** Starts a program as decided; the environment is what is given and nothing else, so no secret of ours reaches it. */
export function spawnAs(runAs: RunAs, command: readonly [string, ...string[]], options: SpawnOptions): ChildProcess {
  const [file, ...args] = command;
  if (runAs.kind === 'self') return spawn(file, args, options);
  if (runAs.kind === 'user') return spawn(file, args, { ...options, uid: runAs.uid, gid: runAs.gid });
  return spawn('unshare', [...namespaceArguments(runAs), file, ...args], options);
}

/** Gives a folder with all it holds to the user that PostgreSQL runs as, where it is not theirs yet. */
export function giveTo(runAs: RunAs, path: string): void {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return;
  const [uid, gid] = runAs.kind === 'user' ? [runAs.uid, runAs.gid] : [0, 0];
  if (lstatSync(path).uid === uid) return;
  giveTree(path, uid, gid);
}

// The folder itself comes last: if this is interrupted, its owner still says that there is work left.
function giveTree(path: string, uid: number, gid: number): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) giveTree(child, uid, gid);
    else if (!entry.isSymbolicLink()) chownSync(child, uid, gid);
  }
  chownSync(path, uid, gid);
}

/** An existing cluster keeps its owner, so that a user who was chosen once is chosen again. */
function chooseAccount(clusterDirectory: string): Account | null {
  const accounts = readAccounts();
  if (existsSync(clusterDirectory)) {
    const owner = statSync(clusterDirectory).uid;
    const known = accounts.find((account) => account.uid === owner);
    if (owner !== 0 && known !== undefined) return known;
  }
  for (const name of accountNames) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid !== 0);
    if (account !== undefined) return account;
  }
  return null;
}

function readAccounts(): Account[] {
  if (!existsSync('/etc/passwd')) return [];
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .flatMap(([name, , uid, gid]) => (name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []));
}

/** The first folder on the way to `path` that the account may not enter. Access lists are not looked at: they would only add rights. */
function findObstacle(path: string, account: Account): string | null {
  let current = existsSync(path) ? realpathSync(path) : path;
  // The path itself is made ours (a folder) or is readable by all (a program): its parents matter.
  while (dirname(current) !== current) {
    current = dirname(current);
    if (existsSync(current) && !canEnter(current, account)) return current;
  }
  return null;
}

function canEnter(directory: string, account: Account): boolean {
  const stat = statSync(directory);
  if (stat.uid === account.uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === account.gid) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
}

function namespaceArguments({ uid, gid }: { uid: number; gid: number }): string[] {
  return ['--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
}

function canUseNamespace(account: Account): boolean {
  return spawnSync('unshare', [...namespaceArguments(account), 'true'], { stdio: 'ignore' }).status === 0;
}
