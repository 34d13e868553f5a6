// How many calls of the API a page costs: with 1,000 an hour per user, a page may not be a chatterbox, nor a tab that is left open.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page, Request } from 'playwright-core';
import { openStage, skipReason } from './stage.ts';

const callsMax = 5;
const paths = ['/', '/audience', '/calendar', '/accounts', '/accounts/connect', '/import', '/team', '/audit', '/settings'];

function isCounted(request: Request): boolean {
  return new URL(request.url()).pathname.startsWith('/api/') && !/event-stream/.test(request.headers()['accept'] ?? '') && request.resourceType() !== 'image';
}

/** The first sync has to end: what changes while a page is open is fetched again. */
async function untilQuiet(page: Page, count: () => number): Promise<void> {
  for (let tried = 0, seen = -1; seen !== count(); tried += 1) {
    assert.ok(tried < 20, 'the page never comes to rest');
    seen = count();
    await page.waitForTimeout(4_000);
  }
}

test(`loading any page costs at most ${callsMax} calls of the API, and an open tab is silent`, { skip: skipReason }, async () => {
  await using stage = await openStage();
  const { page } = stage;
  await page.goto('/accounts/connect?network=x');
  await page.getByRole('button', { name: 'Continue to X' }).click();
  await page.getByRole('button', { name: /Allow|Authorize/ }).click();
  await page.waitForURL(/\/accounts\/[0-9a-f-]{36}/);
  const account = new URL(page.url()).pathname;
  let calls: string[] = [];
  page.on('request', (request) => {
    if (isCounted(request)) calls.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  await untilQuiet(page, () => calls.length);
  for (const path of [...paths, account]) {
    calls = [];
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.locator('[aria-busy=true], [role=status][aria-label^=Loading]').first().waitFor({ state: 'detached' });
    await page.waitForTimeout(700);
    assert.ok(calls.length >= 1 && calls.length <= callsMax, `${path}: ${calls.join(', ')}`);
  }
  calls = [];
  await page.waitForTimeout(10_000);
  assert.ok(calls.length <= 2, `an open tab made ${calls.length} calls in 10 s: ${calls.join(', ')}`);
});
