// What `npm test` runs: one throwaway PostgreSQL for all test files, then `node --test`, then one line of counts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startTemporaryPostgres } from '../server/src/platform/postgres/temporary.ts';
import { findTestFiles } from './test/files.ts';
import { checkPrograms } from './test/programs.ts';
import { readCounts, type Counts } from './test/counts.ts';

const root = dirname(import.meta.dirname);
const usage = 'npm test [-- part-of-a-path … --test-name-pattern=words]';
/** Of one test and of one file: the longest file drives a browser. */
const testTimeoutMs = 300_000;
const concurrency = 2;

let running: ReturnType<typeof spawn> | null = null;

async function main(): Promise<number> {
  const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
  const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
  const files = findTestFiles(root, filters);
  if (files.length === 0) {
    console.error(`No test file matches ${filters.length === 0 ? 'at all' : filters.join(' ')}. Usage: ${usage}`);
    return 1;
  }
  const programs = checkPrograms(process.env);
  for (const line of programs.messages) console.error(line);
  if (!programs.isComplete) return 1;
  if (files.some((file) => file.startsWith('tests/')) && (await buildWeb()) !== 0) return 1;
  return runWithDatabase(files, options, programs.env);
}

function buildWeb(): Promise<number> {
  return run([join(root, 'tools/setup.mjs'), '--web'], {});
}

async function runWithDatabase(files: readonly string[], options: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const given = process.env['ROOKERY_TEST_PG'];
  const postgres = given === undefined ? await startTemporaryPostgres() : null;
  const scratch = mkdtempSync(join(tmpdir(), 'rookery-test-'));
  const countsFile = join(scratch, 'counts.json');
  try {
    const connection = postgres === null ? given : JSON.stringify({ ...postgres.connection, ssl: false, role: null });
    const code = await run([...testArguments(countsFile), ...options, ...files], { ...env, ROOKERY_TEST_PG: connection });
    return report(readCounts(readOptional(countsFile)), code);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    await postgres?.stop();
  }
}

function testArguments(countsFile: string): string[] {
  return [
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${testTimeoutMs}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'tools/test/count-reporter.ts')}`,
    `--test-reporter-destination=${countsFile}`,
  ];
}

/** Prints what was skipped and the counts; answers the exit code, which is bad when nothing ran at all. */
function report(counts: Counts | null, code: number): number {
  if (counts === null) {
    console.error('The test runner ended without a summary.');
    return code === 0 ? 1 : code;
  }
  for (const { name, reason } of counts.skipped) console.log(`skipped: ${name}${reason === '' ? '' : ` (${reason})`}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`);
  if (code !== 0) return code;
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

function run(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
    running = child;
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => running?.kill(signal));
process.exit(await main());
