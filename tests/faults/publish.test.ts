import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';

// The database server is killed as well: it must not be the one that other test files use.
delete process.env['ROOKERY_TEST_PG'];
const { runPublishFaults, tableOf } = await import('./publish.ts');

const isLong = process.env['ROOKERY_FAULTS'] === 'long';
const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

test('no post is lost or doubled while workers are killed and frozen, answers are lost and the database is killed', { timeout: 1_800_000 }, async () => {
  const seed = number('ROOKERY_FAULTS_SEED', randomInt(1_000_000));
  const report = await runPublishFaults({ seed, posts: number('ROOKERY_FAULTS_POSTS', isLong ? 400 : 48), workers: number('ROOKERY_FAULTS_WORKERS', isLong ? 4 : 3) });
  console.log(tableOf(report));
  const { networks, crashes } = report;
  assert.ok(report.kills > 0 && report.freezes > 0 && report.databaseKills > 0, 'too few faults: the run proves nothing');
  for (const row of networks) {
    assert.deepEqual(
      { network: row.network, doubled: row.doubled, lost: row.lost, open: row.open, silent: row.silent, failed: row.failed },
      { network: row.network, doubled: [], lost: [], open: [], silent: [], failed: [] }, `seed ${seed}`,
    );
    if (row.policy !== 'once') assert.equal(row.review, 0, `seed ${seed}: ${row.network} asked a person`);
  }
  assert.deepEqual(crashes, [], `seed ${seed}`);
});
