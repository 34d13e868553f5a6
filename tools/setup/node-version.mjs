import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagedNodePath, stampPath as installedStampPath } from './packages.mjs';

/** Type stripping without a flag came earlier; argon2 in node:crypto came with 24.7. */
const versionMin = [24, 7];

const stampPath = (root) => join(root, 'node_modules', '.rookery-node');

/** The step that makes sure `node` in an npm script is new enough: the packaged one, else the machine's own. */
export const ensureNode = {
  isDone(root) {
    return readStamp(root) === stampOf(root);
  },

  run(root) {
    const packaged = packagedNodePath(root);
    if (existsSync(packaged) && isNewEnough(versionOf(packaged))) return writeStamp(root);
    const wasPackaged = existsSync(packaged);
    // One that does not run here (musl instead of glibc) would be in the way, first on the PATH as it is.
    rmSync(packaged, { force: true });
    const host = versionOf('node');
    if (isNewEnough(host)) return writeStamp(root);
    // Look at the packages again next time: a broken install is repaired so.
    rmSync(installedStampPath(root), { force: true });
    throw new Error(
      `Node ${versionMin.join('.')} or newer is needed, and this machine has ${host ?? 'none'}. ` +
        `${wasPackaged ? 'The packaged Node does not run here' : 'No packaged Node is installed'} (${process.platform}-${process.arch}): ` +
        'install Node 24 from https://nodejs.org (or with nvm, fnm, Homebrew, your distribution) and run the same command again.',
    );
  },
};

/** The installed packages and the Node that answered: when either changes, look again. */
function stampOf(root) {
  const packaged = existsSync(packagedNodePath(root)) ? 'packaged' : process.version;
  try {
    return `${packaged} ${readFileSync(installedStampPath(root), 'utf8')}`;
  } catch {
    return null;
  }
}

function readStamp(root) {
  try {
    return readFileSync(stampPath(root), 'utf8');
  } catch {
    return undefined;
  }
}

function writeStamp(root) {
  const stamp = stampOf(root);
  if (stamp !== null) writeFileSync(stampPath(root), stamp);
}

function versionOf(command) {
  const result = spawnSync(command, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  return result.status === 0 ? result.stdout.trim() : null;
}

function isNewEnough(version) {
  const match = /^v(\d+)\.(\d+)\./.exec(version ?? '');
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > versionMin[0] || (major === versionMin[0] && minor >= versionMin[1]);
}
