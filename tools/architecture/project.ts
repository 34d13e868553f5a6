import { globSync, readFileSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { parseSource, type SourceFile } from './source-file.ts';

/** Everything that the rules look at. */
export interface Project {
  /** TypeScript of the three workspaces, tools, tests and bench. */
  readonly sources: readonly SourceFile[];
  /** Every other text file of the repository, for the rules on words. */
  readonly texts: readonly { readonly path: string; readonly text: string }[];
}

const skippedFolders = new Set(['node_modules', '.git', 'dist', 'coverage', 'data', 'tmp']);
const textEndings = /\.(ts|tsx|mjs|js|json|md|sql|css|html|ya?ml|sh|toml|service|conf)$|\/(Dockerfile|run|Caddyfile)$/;
const sourcePattern = /^(contract|server|web|tools|tests|bench)\/.*\.tsx?$/;
const textBytesMax = 1_000_000;

/** Reads the project at `root`. Throws when a file cannot be parsed. */
export function readProject(root: string): Project {
  const paths = globSync('**/*', { cwd: root, exclude: (path) => skippedFolders.has(posix.basename(path.split(sep).join('/'))) })
    .concat(globSync('.ci/*', { cwd: root }), globSync('.github/**/*', { cwd: root }))
    .map((path) => path.split(sep).join('/'))
    .filter((path) => textEndings.test(`/${path}`) && path !== 'package-lock.json')
    .filter((path) => isSmallFile(join(root, path)))
    .sort();
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  return {
    sources: paths.filter((path) => sourcePattern.test(path)).map((path) => parseSource(path, read(path))),
    texts: paths.map((path) => ({ path, text: read(path) })),
  };
}

function isSmallFile(path: string): boolean {
  const stat = statSync(path);
  return stat.isFile() && stat.size <= textBytesMax;
}

/** Where an import leads, as a path in the project; null for a package. */
export function resolveImport(from: string, specifier: string): string | null {
  if (specifier.startsWith('@rookery/contract/')) return `contract/src/${specifier.slice('@rookery/contract/'.length)}`;
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  return null;
}

/** Whether a file only serves tests: the tests themselves, their fixtures, and the server's folder of test machinery. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.startsWith('tests/') || /^server\/src\/(platform|features)\/testing\//.test(path) || /-fixture\.ts$/.test(path);
}
