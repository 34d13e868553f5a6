// Checks package-lock.json: `npm ci` must work on every platform, every package is hashed, and its licence lets us ship it.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Shipping and changing are allowed by all of these; the second list is for packages that only build or test. */
const licences = ['MIT', 'MIT-0', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'OFL-1.1', 'CC0-1.0', 'Unlicense', 'Python-2.0'];
const licencesForBuilding = ['MPL-2.0', 'CC-BY-4.0'];

/** What a person has read and found to be fine, name by name, although the lists above do not say so. */
const exceptions: readonly { readonly name: RegExp; readonly license: string }[] = [
  // The package states none; its LICENSE file is Apache-2.0. Only a test uses it.
  { name: /^twitter-text$/, license: 'none stated' },
  // libvips, as a shared library that sharp (Apache-2.0) loads: anybody can put their own build in its place, which is what the LGPL asks.
  { name: /^@img\/sharp-/, license: 'LGPL-3.0-or-later' },
];

/** Every flaw of a lock file's packages, as sentences. Throws when there are no packages. */
export function checkLock(packages: Readonly<Record<string, LockEntry>>): string[] {
  const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);
  if (installed.length === 0) throw new Error('package-lock.json lists no packages: nothing was checked.');
  return [
    ...Object.entries(packages).flatMap(([path, entry]) => findMissing(path, entry, packages)),
    ...installed.flatMap(([path, entry]) => checkEntry(path, entry)),
  ];
}

/** npm leaves out a platform package that the registry does not have, and `npm ci` then refuses the lock everywhere. */
function findMissing(path: string, entry: LockEntry, packages: Readonly<Record<string, LockEntry>>): string[] {
  return Object.entries({ ...entry.dependencies, ...entry.optionalDependencies })
    .filter(([name]) => !isResolved(path, name, packages))
    .map(([name, version]) => `${path === '' ? 'package.json' : path} needs ${name}@${version}, which is not in the lock: choose a version that is complete`);
}

function isResolved(path: string, name: string, packages: Readonly<Record<string, LockEntry>>): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (folder === '') return false;
  }
}

function checkEntry(path: string, { integrity, license, dev }: LockEntry): string[] {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const flaws: string[] = [];
  if (integrity === undefined) flaws.push(`${name} has no integrity hash`);
  const excepted = exceptions.filter((exception) => exception.name.test(name)).map((exception) => exception.license);
  const allowed = [...licences, ...(dev === true ? licencesForBuilding : []), ...excepted];
  // "(A OR B)" is a choice, "A AND B" is both.
  const isAllowed = (license ?? 'none stated').replace(/[()]/g, '').split(' OR ').some((choice) => choice.split(' AND ').every((part) => allowed.includes(part)));
  if (!isAllowed) flaws.push(`${name} is under ${license ?? 'no stated licence'}, which is not on the list in tools/check-lock.ts`);
  return flaws;
}

function readPackages(root: string): Record<string, LockEntry> {
  const lock: unknown = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  if (typeof lock !== 'object' || lock === null || !('packages' in lock)) throw new Error('package-lock.json has no packages.');
  return asPackages(lock.packages);
}

// Guarantee: npm wrote it, in lock file version 3; a member of another type would be reported as a flaw, not used.
function asPackages(packages: unknown): Record<string, LockEntry> {
  return packages as Record<string, LockEntry>;
}

if (import.meta.main) {
  const packages = readPackages(dirname(import.meta.dirname));
  const flaws = checkLock(packages);
  for (const flaw of flaws) console.log(flaw);
  console.log(flaws.length === 0 ? `${Object.keys(packages).length} locked packages are complete and permissively licensed` : `${flaws.length} flaws in package-lock.json`);
  process.exitCode = flaws.length === 0 ? 0 : 1;
}
