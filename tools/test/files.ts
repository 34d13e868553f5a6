import { globSync } from 'node:fs';
import { sep } from 'node:path';

const pattern = '{contract,server,web,tools,tests,bench}/**/*.test.ts';

/** The test files below `root`, as paths relative to it with forward slashes; with filters those whose path contains one of them. */
export function findTestFiles(root: string, filters: readonly string[] = []): string[] {
  return globSync(pattern, { cwd: root, exclude: (path) => /(^|[\\/])(node_modules|dist)$/.test(path) })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter.replace(/^\.\//, ''))))
    .sort();
}
