import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

/** A clone with one package of its own, which needs no registry; npm is replaced by a script that notes its calls. */
function makeClone(t: TestContext, npm: string): string {
  const root = mkdtempSync(join(tmpdir(), 'rookery-setup-'));
  t.after(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  cpSync(join(import.meta.dirname, 'setup'), join(root, 'tools/setup'), { recursive: true });
  cpSync(join(import.meta.dirname, 'setup.mjs'), join(root, 'tools/setup.mjs'));
  writeFileSync(join(root, 'package-lock.json'), lockOf('1.0.0'));
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin/npm'), `#!/bin/sh\necho "$@" >> calls\n${npm}\n`, { mode: 0o755 });
  return root;
}

function lockOf(version: string): string {
  return JSON.stringify({ packages: { '': {}, 'node_modules/one': { version, integrity: `sha512-${version}` } } });
}

const install = 'rm -rf node_modules; mkdir -p node_modules/one; sleep 0.3; cp package-lock.json node_modules/.package-lock.json';

function setUp(root: string): Promise<{ code: number | null; output: string }> {
  const env = { PATH: `${join(root, 'bin')}:${join(process.execPath, '..')}:/usr/bin:/bin` };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'tools/setup.mjs')], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

function calls(root: string): string[] {
  return existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [];
}

test('a fresh clone is installed by npm ci, once, with a word to the person', async (t) => {
  const root = makeClone(t, install);
  const first = await setUp(root);
  assert.equal(first.code, 0, first.output);
  assert.match(first.output, /Installing the packages/);
  assert.match(calls(root).join(), /^ci .*--include=dev/);
  assert.deepEqual(await setUp(root), { code: 0, output: '' });
  assert.equal(calls(root).length, 1);
});

test('two at once install once, and both end well', async (t) => {
  const root = makeClone(t, install);
  const results = await Promise.all([setUp(root), setUp(root)]);
  assert.deepEqual(results.map(({ code }) => code), [0, 0], JSON.stringify(results));
  assert.equal(calls(root).length, 1);
});

test('another lock file means another install', async (t) => {
  const root = makeClone(t, install);
  await setUp(root);
  writeFileSync(join(root, 'package-lock.json'), lockOf('2.0.0'));
  assert.equal((await setUp(root)).code, 0);
  assert.equal(calls(root).length, 2);
});

test('an install by hand that matches the lock file is kept', async (t) => {
  const root = makeClone(t, install);
  mkdirSync(join(root, 'node_modules/one'), { recursive: true });
  writeFileSync(join(root, 'node_modules/.package-lock.json'), lockOf('1.0.0'));
  assert.equal((await setUp(root)).code, 0);
  assert.deepEqual(calls(root), []);
});

test('a half-finished install is done again', async (t) => {
  const root = makeClone(t, install);
  mkdirSync(join(root, 'node_modules/one'), { recursive: true });
  assert.equal((await setUp(root)).code, 0);
  assert.equal(calls(root).length, 1);
});

test('a failed install says so, ends with an error, and is tried again', async (t) => {
  const root = makeClone(t, 'echo "no network" >&2; exit 1');
  const { code, output } = await setUp(root);
  assert.equal(code, 1);
  assert.match(output, /no network[^]*could not be set up: "npm ci" failed.*try again/);
  await setUp(root);
  assert.equal(calls(root).length, 2);
});

test('an older file time alone changes nothing', async (t) => {
  const root = makeClone(t, install);
  await setUp(root);
  const { atime } = statSync(join(root, 'package-lock.json'));
  utimesSync(join(root, 'package-lock.json'), atime, new Date(0));
  assert.deepEqual(await setUp(root), { code: 0, output: '' });
});
