import { isTest, type Project } from './project.ts';
import type { Problem, SourceFile } from './source-file.ts';

const linesMax = 400;
const depthMax = 4;
const drawers = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager', 'managers']);
/** Put together from pieces, so that this file does not break its own rule. */
const outsidePaths = [['/wo', 'rk/'].join(''), ['../sha', 'red'].join('')] as const;
const environmentReaders = /^(server\/src\/platform\/(config|testing)\/|tools\/|tests\/|bench\/)/;

/** The habits that have a hard limit: sizes, names, depth, where the environment is read, what is not mentioned. */
export function checkHabits({ sources, texts }: Project): Problem[] {
  return [...sources.flatMap((file) => [...checkShape(file), ...checkEnvironment(file), ...checkAssertions(file)]), ...texts.flatMap(checkMentions)];
}

function checkShape({ path, lineCount }: SourceFile): Problem[] {
  const problems: Problem[] = [];
  const problem = (rule: string, message: string): void => void problems.push({ file: path, line: 1, rule, message });
  const folders = path.split('/').slice(0, -1);
  const name = path.split('/').at(-1) ?? '';
  const stem = name.replace(/((?:\.[a-z]+)?\.test|\.d|\.config)?\.tsx?$/, '');
  if (lineCount > linesMax) problem('file-length', `${lineCount} lines, ${linesMax} at most: split it by what its parts are about`);
  const depth = folders.length - folders.indexOf('src') - 1;
  if (folders.includes('src') && depth > depthMax) problem('folder-depth', `${depth} folders below src, ${depthMax} at most`);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)) problem('file-name', `"${name}" is not in kebab-case`);
  const drawer = [...folders, ...stem.split('-')].find((word) => drawers.has(word));
  if (drawer !== undefined) problem('file-name', `"${drawer}" says nothing about what is in it: name it after its content`);
  return problems;
}

function checkEnvironment({ path, code }: SourceFile): Problem[] {
  if (environmentReaders.test(path) || /\.test\.tsx?$/.test(path) || path === 'web/vite.config.ts') return [];
  return linesWith(code, /\bprocess\s*\.\s*env\b|\bprocess\[['"]env/).map((line) => ({
    file: path, line, rule: 'environment', message: 'process.env is read in platform/config only: add a setting there',
  }));
}

function checkAssertions({ path, assertions }: SourceFile): Problem[] {
  if (isTest(path)) return [];
  return assertions
    .filter(({ isExplained }) => !isExplained)
    .map(({ line }) => ({ file: path, line, rule: 'assertion', message: '`as` belongs in a small named function with its guarantee in a comment above it' }));
}

function checkMentions({ path, text }: { path: string; text: string }): Problem[] {
  return outsidePaths.flatMap((mention) =>
    linesWith(text, new RegExp(mention.replaceAll('.', '\\.'))).flatMap((line) => {
      const words = text.split('\n')[line - 1] ?? '';
      const isTestData = isTest(path) && !words.replaceAll(`${outsidePaths[1]}/data`, '').includes(mention);
      return isTestData ? [] : [{ file: path, line, rule: 'stands-alone', message: `mentions ${mention}: the project stands alone` }];
    }),
  );
}

function linesWith(text: string, pattern: RegExp): number[] {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}
