// What did not go out, and what nobody can tell of: a network that refuses, one that loses its answer, and what a person does then by keyboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { connect, control, pressAt, tabTo } from './acts.ts';
import { judgeScreen, openStage, skipReason } from './stage.ts';

/** The look at X waits until a request that may still be on its way has ended and its post would be seen. */
const looksWithinMs = 150_000;

async function publishNow(page: Page, words: string): Promise<void> {
  await page.goto('/posts/new');
  await page.getByRole('textbox', { name: 'Text' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type(words);
  const accounts = page.getByRole('group', { name: 'Accounts' }).getByRole('button');
  for (const account of await accounts.all()) await account.click();
  await page.getByRole('radio', { name: 'Now' }).check();
  await page.keyboard.press('Control+Enter');
  await pressAt(page, page.getByRole('dialog', { name: 'Publish now?' }).getByRole('button', { name: 'Publish now' }));
}

function chipOf(page: Page, words: string): Locator {
  return page.locator('[data-post]').filter({ hasText: words });
}

/** The first reading comes minutes after a post went out: the networks' figures are put into the answer on its way to the browser. */
async function showFigures(page: Page): Promise<void> {
  const figures = [
    { metric: 'views', value: 1204, source: 'measured' }, { metric: 'likes', value: 37, source: 'measured' }, { metric: 'reposts', value: 0, source: 'measured' },
    { metric: 'bookmarks', value: null, source: 'unsupported' },
  ];
  await page.route(/\/posts\/[^/]+\/metrics$/, async (route) => {
    const response = await route.fetch();
    const { targets } = await response.json();
    await route.fulfill({ response, json: { targets: targets.map((target: object) => ({ ...target, figures, readAt: new Date().toISOString() })) } });
  });
}

async function choose(page: Page, choice: string): Promise<Locator> {
  await pressAt(page, page.getByRole('button', { name: choice, exact: true }));
  return page.getByRole('dialog');
}

test('a refused post says why and is tried again; of a lost answer a person says what became of it', { skip: skipReason }, async () => {
  await using stage = await openStage();
  const { page } = stage;
  const x = `http://127.0.0.1:${stage.networkPort + 1}`;
  await connect(page, 'x', 'X');
  await connect(page, 'bluesky', 'Bluesky');

  // One network takes it, the other refuses: the post is both.
  await control(x, 'faults', { fault: 'failNext', n: 1, status: 403, path: '/2/tweets' });
  await publishNow(page, 'The ferry leaves at nine');
  await page.getByRole('heading', { name: 'A post that failed' }).waitFor();
  await page.getByRole('link', { name: 'See it on Bluesky' }).waitFor();
  await page.getByText(/^X does not allow this\./).first().waitFor();
  await judgeScreen(page, 'a post that failed on one of two');
  const failed = page.url();
  await page.goto('/');
  await page.getByText(/“The ferry leaves at nine” did not go out on .* on X\./).first().waitFor();
  await pressAt(page, page.getByRole('link', { name: /^See why/ }));
  await page.waitForURL(failed);
  await pressAt(page, page.getByRole('button', { name: /^Retry/ }));
  await page.getByRole('heading', { name: 'Published post' }).waitFor();
  await page.getByRole('link', { name: 'See it on X' }).waitFor();
  await showFigures(page);
  await page.reload();
  await page.getByText('1,204').first().waitFor();
  await judgeScreen(page, 'a published post with its figures');

  // The answer never comes, and something that is almost the same is there: which of them it is, only a person can tell.
  for (const words of ['The ferry leaves at nine!', 'The ferry leaves at nine …']) {
    await control(x, 'faults', { fault: 'dropNext', n: 1, path: '/2/tweets' });
    await publishNow(page, words);
    await page.getByText(/the answer of the network was lost/i).first().waitFor();
  }
  await page.getByRole('heading', { name: 'This post needs you' }).waitFor({ timeout: looksWithinMs });
  await judgeScreen(page, 'a post that needs a person');
  await page.goto('/calendar?view=list');
  for (const words of ['nine!', 'nine …']) await chipOf(page, words).filter({ hasText: 'Needs you' }).waitFor({ timeout: looksWithinMs });
  await page.goto('/calendar');
  // Three at one time do not fit beside each other: what is behind the number is said.
  const others = page.getByRole('button', { name: /^\+ 2 more.* of them failed or needs? you/ });
  await others.scrollIntoViewIfNeeded();
  await judgeScreen(page, 'the week with posts in doubt');
  await page.goto('/');
  await page.getByText(/nine!”: we can't tell whether it went out/).first().waitFor();
  await judgeScreen(page, 'the dashboard with posts in doubt');

  await pressAt(page, page.getByRole('link', { name: /^Decide.*nine!/ }));
  const seen = await choose(page, 'It is published');
  await tabTo(page, seen.getByLabel('Its address'));
  await page.keyboard.type('https://x.com/i/web/status/1');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Published post' }).waitFor();

  await page.goto('/');
  await pressAt(page, page.getByRole('link', { name: /^Decide.*nine …/ }));
  const left = await choose(page, 'Leave it');
  await left.getByText(/It counts as failed here/).waitFor();
  await page.keyboard.press('Escape');
  const again = await choose(page, 'Send again');
  await again.getByText(/it will be there twice/).waitFor();
  await pressAt(page, again.getByRole('button', { name: 'Send again' }));
  await page.getByRole('heading', { name: 'Published post' }).waitFor();
  await page.goto('/');
  await page.getByText('Nothing needs you').waitFor();
  assert.deepEqual(stage.complaints, []);
});
