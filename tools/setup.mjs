// Makes a fresh clone ready: `npm start` and `npm test` run this first, on whatever Node the machine has (>= 18).
// Plain JavaScript without dependencies, because neither Node 24 nor node_modules may be there yet.
import { fileURLToPath } from 'node:url';
import { dirname } from 'node:path';
import { ensurePackages } from './setup/packages.mjs';
import { ensureNode } from './setup/node-version.mjs';
import { ensureWebBuild } from './setup/web-build.mjs';
import { withSetupLock } from './setup/lock.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs every step that is out of date; throws an Error whose message says what to do. */
async function setUp() {
  const steps = [ensurePackages, ensureNode];
  if (process.argv.includes('--web')) steps.push(ensureWebBuild);
  if (steps.every((step) => step.isDone(root))) return;
  await withSetupLock(root, () => {
    for (const step of steps) {
      if (!step.isDone(root)) step.run(root);
    }
  });
}

try {
  await setUp();
} catch (error) {
  console.error(`\nRookery could not be set up: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
