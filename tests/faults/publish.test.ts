import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { allNetworks } from './plan.ts';

// The database server is killed as well: it must not be the one that other test files use.
delete process.env['ROOKERY_TEST_PG'];
const { runPublishFaults } = await import('./publish.ts');
const { listBroken, tableOf } = await import('./report.ts');

test('no post is lost or doubled while workers are killed and frozen, answers are lost and the database is killed', { timeout: 900_000 }, async () => {
  const report = await runPublishFaults({ seed: randomInt(1_000_000), posts: 8, workers: 3, networks: allNetworks });
  console.log(tableOf(report));
  assert.deepEqual(listBroken(report), [], `to repeat it: npm run faults -- publish --posts 8 --seed ${report.seed}`);
});
