// A series from the composer into the calendar and away again: started, one left out, changed by its rule, ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './acts.ts';
import { judgeScreen, openStage, skipReason } from './stage.ts';

const dayMs = 86_400_000;

test('a post is made to repeat; one occurrence is skipped, the series is paused, goes on and ends', { skip: skipReason }, async () => {
  await using stage = await openStage();
  const { page } = stage;
  const day = new Date(Date.now() + 2 * dayMs).toISOString().slice(0, 10);
  const words = 'The market is open today';
  await connect(page, 'bluesky', 'Bluesky');

  await page.goto('/posts/new');
  await page.getByRole('textbox', { name: 'Text' }).fill(words);
  await page.getByRole('group', { name: 'Accounts' }).getByRole('button').first().click();
  await page.getByText('At a time', { exact: true }).click();
  await page.getByLabel('Day', { exact: true }).fill(day);
  await page.getByLabel('Time', { exact: true }).fill('10:30');
  await page.getByRole('button', { name: 'Repeat…' }).click();
  const repeat = page.getByRole('dialog', { name: 'Repeat this post' });
  await repeat.getByText(/^Every \w+day at .*10:30/).waitFor();
  await repeat.getByLabel('Ends').selectOption('after');
  await repeat.getByLabel('Number of posts').fill('4');
  await repeat.getByText(/, 4 times$/).waitFor();
  await judgeScreen(page, 'the rule');
  await repeat.getByRole('button', { name: 'Start the series' }).click();

  const chips = page.locator('[data-post]').filter({ hasText: words });
  await chips.filter({ hasText: '10:30 AM' }).filter({ hasText: 'Scheduled' }).first().waitFor();
  await page.goto(`/calendar?view=list&date=${day}`);
  await chips.first().waitFor();
  await page.goto(`/calendar?date=${day}`);
  await chips.getByRole('img', { name: 'Part of a series' }).waitFor();
  await judgeScreen(page, 'the week with an occurrence');
  await chips.getByRole('link').click();
  await page.getByText('Part of a series').waitFor();
  await judgeScreen(page, 'an occurrence');
  await page.getByRole('button', { name: 'Skip this one' }).click();
  await page.getByRole('dialog', { name: 'Delete this post?' }).getByRole('button', { name: 'Delete', exact: true }).click();
  await page.goto(`/calendar?date=${day}`);
  await page.getByRole('link', { name: 'Series' }).waitFor();
  await chips.first().waitFor({ state: 'detached' });

  await page.getByRole('link', { name: 'Series' }).click();
  await page.getByRole('heading', { level: 1, name: 'Series' }).waitFor();
  await page.getByText('Active', { exact: true }).waitFor();
  await judgeScreen(page, 'the list of series');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Active', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Change…' }).click();
  const change = page.getByRole('dialog', { name: 'Change the series' });
  await change.getByRole('textbox', { name: 'Text' }).fill(`${words}, until noon`);
  await judgeScreen(page, 'changing a series');
  await change.getByRole('button', { name: 'Change', exact: true }).click();
  await change.waitFor({ state: 'detached' });
  const next = new Date(Date.parse(day) + 7 * dayMs).toISOString().slice(0, 10);
  await page.goto(`/calendar?date=${next}`);
  await chips.filter({ hasText: 'until noon' }).waitFor();

  await page.goto('/series');
  await page.getByRole('button', { name: 'End…' }).click();
  await page.getByRole('dialog', { name: 'End this series?' }).getByRole('button', { name: 'End the series' }).click();
  await page.getByText('Ended', { exact: true }).waitFor();
  await page.goto(`/calendar?date=${next}`);
  await page.getByRole('link', { name: 'Series' }).waitFor();
  await chips.first().waitFor({ state: 'detached' });
  // Two posts end here while they are open: the draft that becomes the series, and the occurrence that is skipped. On a slow machine
  // word of that comes before the page is left, which then asks for the post once more.
  assert.deepEqual(stage.complaints.filter((line) => !/status of 404 .*\/posts\/[0-9a-f-]{36}(\/comments)?$/.test(line)), []);
});
