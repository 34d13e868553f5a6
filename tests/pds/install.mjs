// Installs the real Bluesky server into a cache folder, outside the product's own dependencies: 370 MB, about a minute.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const files = ['package.json', 'package-lock.json'];
const digest = createHash('sha256');
for (const file of files) digest.update(readFileSync(join(here, file)));

/** One folder per content of package.json and lockfile, so that a changed version never meets an old install. */
export const installFolder = join(here, '../../node_modules/.cache/rookery-pds', digest.digest('hex').slice(0, 16));
const mark = join(installFolder, 'complete');

export const isInstalled = () => existsSync(mark);

/** Installs unless it is there; throws with npm's own words when it cannot. */
export function install() {
  if (isInstalled()) return;
  mkdirSync(installFolder, { recursive: true });
  for (const file of files) copyFileSync(join(here, file), join(installFolder, file));
  // No install scripts: better-sqlite3 13 brings its binaries in the package.
  const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: installFolder, encoding: 'utf8', shell: process.platform === 'win32', timeout: 10 * 60_000,
  });
  const words = `${done.error?.message ?? ''}${done.stdout}${done.stderr}`;
  if (done.status !== 0) throw new Error(`The Bluesky server could not be installed:\n${words}`);
  writeFileSync(mark, '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  install();
  console.log(`The Bluesky server is in ${installFolder}`);
}
