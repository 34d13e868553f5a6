// The product as a newcomer meets it: a fresh data folder, a real browser, a simulated network that changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { control } from './acts.ts';
import { judgeScreen, openStage, skipReason } from './stage.ts';

async function shownFollowers(page: Page, account: string): Promise<string[]> {
  await page.goto(`/audience?account=${account}&view=followers`);
  const handle = page.getByText(/^@[a-z0-9_]+$/i);
  await page.getByText(/followers, in the order of the network/).waitFor();
  return (await handle.allTextContents()).map((text) => text.slice(1));
}

test('sign up, connect, sync, and after the network has changed see exactly who came and who left', { skip: skipReason }, async () => {
  await using stage = await openStage();
  const { page } = stage;
  const network = `http://127.0.0.1:${stage.networkPort + 1}`;

  await control(network, 'freeze', { frozen: true });
  await page.goto('/accounts/connect?network=x');
  await page.getByRole('button', { name: /Continue to X/ }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(/\/accounts\/[0-9a-f-]{36}/);
  const account = /accounts\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
  await page.getByRole('cell', { name: 'Complete' }).first().waitFor();

  const [leaver] = (await shownFollowers(page, account)).slice(1);
  assert.ok(leaver !== undefined);
  await control(network, 'unfollow', { person: leaver });
  await control(network, 'follow', {});

  await page.goto(`/accounts/${account}`);
  await page.getByRole('button', { name: 'Sync now' }).click();
  await page.getByRole('cell', { name: 'Complete' }).nth(1).waitFor();

  await page.goto(`/audience?account=${account}&change=lost`);
  await page.getByText(`@${leaver}`, { exact: true }).first().waitFor();
  const changes = await (await page.request.get(await changesPath(page, account))).json();
  assert.deepEqual(changes.changes.map((change: { kind: string }) => change.kind).sort(), ['gained', 'lost']);
  assert.equal(changes.total, 2);
  assert.equal(changes.changes.find((change: { kind: string }) => change.kind === 'lost').person.handle, leaver);

  await page.goto('/audit');
  for (const words of ['connected', 'finished a sync of']) await page.getByRole('table').getByText(words).first().waitFor();
  const screens = [
    '/', '/audience', '/accounts', `/accounts/${account}`, '/accounts/connect', '/accounts/connect?network=x', '/team', '/audit',
    '/settings/workspace',
  ];
  for (const path of screens) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await judgeScreen(page, path);
  }
  assert.deepEqual(stage.complaints, []);
});

async function changesPath(page: Page, account: string): Promise<string> {
  const bootstrap = await (await page.request.get('/api/bootstrap')).json();
  return `/api/workspaces/${bootstrap.workspaces[0].workspaceId}/audience/changes?account=${account}`;
}
