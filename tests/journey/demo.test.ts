// Somebody who only wants to look: the demo opens with one press and fills while they watch.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStage, skipReason } from './stage.ts';

const fillingMs = 280_000;

test('the demo opens with one press, says how far it has come, and ends with 90 days of history', { skip: skipReason, timeout: 300_000 }, async () => {
  await using stage = await openStage();
  const { page } = stage;
  await page.getByRole('button', { name: 'Open a demo' }).click();
  await page.getByText('Demo workspace.').waitFor();
  const progress = page.getByRole('progressbar', { name: 'History made' });
  await progress.waitFor();
  // The first figure comes with another page, on which the progress goes on.
  await page.getByRole('button', { name: /^Followers.*\d,\d{3}/s }).waitFor({ timeout: fillingMs });
  await progress.waitFor({ state: 'detached', timeout: fillingMs });
  assert.equal(await page.getByText('Not measured yet').count(), 0, 'every account has its trend');
  await page.getByRole('link', { name: 'Calendar' }).click();
  await page.getByRole('heading', { level: 1, name: 'Calendar' }).waitFor();
  assert.deepEqual(stage.complaints, []);
});
