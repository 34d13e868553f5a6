import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const stampPath = (root) => join(root, 'web', 'dist', '.rookery-built');
const sources = ['web/src', 'web/public', 'web/index.html', 'web/vite.config.ts', 'contract/src', 'package-lock.json'];

/** The step that builds the web app when its sources are newer than its build. */
export const ensureWebBuild = {
  isDone(root) {
    return readText(stampPath(root)) === fingerprint(root);
  },

  run(root) {
    console.error('Building the web app …');
    const bin = join(root, 'node_modules', '.bin');
    const separator = process.platform === 'win32' ? ';' : ':';
    const before = fingerprint(root);
    const result = spawnSync(join(bin, process.platform === 'win32' ? 'vite.cmd' : 'vite'), ['build', '--logLevel', 'warn'], {
      cwd: join(root, 'web'),
      // npm's NODE_ENV may be anything; a development build of React would be shipped with it.
      env: { ...process.env, NODE_ENV: 'production', PATH: `${bin}${separator}${process.env.PATH}` },
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    if (result.error) throw new Error(`the web build could not be started: ${result.error.message}`);
    if (result.status !== 0) throw new Error('the web build failed, see its message above.');
    writeFileSync(stampPath(root), before);
  },
};

/** Names, sizes and times instead of contents: it has to be quick, and a needless build harms nobody. */
function fingerprint(root) {
  const hash = createHash('sha256');
  for (const source of sources) addTo(hash, join(root, source));
  return hash.digest('hex');
}

function addTo(hash, path) {
  if (!existsSync(path)) return;
  const stat = statSync(path);
  if (stat.isDirectory()) {
    for (const name of readdirSync(path).sort()) addTo(hash, join(path, name));
  } else {
    hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
  }
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
