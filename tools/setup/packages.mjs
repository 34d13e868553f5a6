import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says which lock file node_modules was made from; without it the packages are looked at one by one. */
export const stampPath = (root) => join(root, 'node_modules', '.rookery-installed');
/** The packaged Node, first on the PATH of every npm script. */
export const packagedNodePath = (root) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const hiddenLockPath = (root) => join(root, 'node_modules', '.package-lock.json');

/** The step that brings node_modules in line with package-lock.json. */
export const ensurePackages = {
  isDone(root) {
    return readText(stampPath(root)) === stampOf(root) && existsSync(hiddenLockPath(root));
  },

  run(root) {
    // `npm install` by hand leaves no stamp but a full install: don't throw that away.
    if (!matchesLock(root)) {
      console.error('Installing the packages of package-lock.json (a minute or so, once) …');
      runNpmCi(root);
    }
    writeFileSync(stampPath(root), stampOf(root));
  },
};

/** A change of machine type is a change of packages too: many of them are compiled for one platform. */
function stampOf(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
}

/** npm writes its own copy of the lock last, so a half-finished install has none or an older one. */
function matchesLock(root) {
  const hidden = readText(hiddenLockPath(root));
  if (hidden === null) return false;
  let installed;
  try {
    installed = JSON.parse(hidden).packages;
  } catch {
    return false;
  }
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const nodePackage = `node_modules/node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  if (nodePackage in wanted && !existsSync(packagedNodePath(root))) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true && !isForThisMachine(entry);
    const isSame = found.version === entry.version && found.integrity === entry.integrity;
    return isSame && existsSync(join(root, path));
  });
}

/** Only packages that name this system and processor are surely expected; an optional one without either may belong to another's tree. */
function isForThisMachine(entry) {
  if (entry.os === undefined || entry.cpu === undefined || entry.libc !== undefined) return false;
  return [entry.os].flat().includes(process.platform) && [entry.cpu].flat().includes(process.arch);
}

function runNpmCi(root) {
  // Even with NODE_ENV=production: the web app is built here, and the right Node is an optional package.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npmScript = process.env.npm_execpath;
  const isNpm = npmScript !== undefined && /npm-cli\.c?js$/.test(npmScript);
  const result = isNpm
    ? spawnSync(process.execPath, [npmScript, ...args], { cwd: root, stdio: ['ignore', 'ignore', 2] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 2], shell: process.platform === 'win32' });
  if (result.error) throw new Error(`npm could not be run (${result.error.message}). Install npm 10 or newer and try again.`);
  if (result.status !== 0) throw new Error('"npm ci" failed, see its message above. Check the network connection and try again.');
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
