// Posts in and out as files: a CSV file is looked at, mended and imported, comes out again, and a calendar program reads along.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { connect } from './acts.ts';
import { judgeScreen, openStage, skipReason } from './stage.ts';

const dayMs = 86_400_000;

/** The handle of the account that is connected. */
async function readHandle(page: Page): Promise<string> {
  const bootstrap = await (await page.request.get('/api/bootstrap')).text();
  const workspaceId = /"workspaceId":"([0-9a-f-]{36})"/.exec(bootstrap)?.[1] ?? assert.fail(bootstrap);
  const accounts = await (await page.request.get(`/api/workspaces/${workspaceId}/accounts`)).text();
  return /"handle":"([^"]+)"/.exec(accounts)?.[1] ?? assert.fail(accounts);
}

async function openMenu(page: Page): Promise<void> {
  await page.goto('/calendar?view=list');
  await page.getByRole('button', { name: 'Import and export' }).click();
}

test('a file of posts is looked at, its columns are chosen, and the good rows are imported once; a calendar program reads them', { skip: skipReason }, async () => {
  await using stage = await openStage();
  const { page } = stage;
  await connect(page, 'x', 'X');
  const handle = await readHandle(page);
  const day = new Date(Date.now() + 2 * dayMs).toISOString().slice(0, 10);
  const file = [
    'When,Accounts,What we say,Labels',
    `${day} 09:00,x:${handle},The herons are back,birds; pond`,
    `${day} 10:00,x:${handle},"One\n---\nTwo",`,
    `${day} 11:00,nobody,For nobody at all,`,
    `2020-01-01 09:00,x:${handle},Long ago,`,
    ',,Some day,',
  ].join('\n');

  await openMenu(page);
  await page.getByRole('menuitem', { name: 'Import posts' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Import posts' }).waitFor();
  await judgeScreen(page, 'choosing a file');
  const input = page.getByLabel('CSV file');
  await input.setInputFiles({ name: 'plan.csv', mimeType: 'text/csv', buffer: Buffer.from(file, 'utf16le') });
  await page.getByRole('alert').getByText(/UTF-16|text file/).waitFor();
  await page.getByRole('button', { name: 'Choose another file' }).click();
  await input.setInputFiles({ name: 'plan.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
  await page.getByText('Choose the column that holds the text of the posts.').waitFor();
  await page.getByLabel('What we say').selectOption({ label: 'Text' });
  const rows = page.getByRole('list', { name: 'Rows of the file' }).locator('> li');
  await rows.first().waitFor();
  const words = (await rows.allInnerTexts()).map((text) => /Ready|Left out|Draft/.exec(text)?.[0]);
  assert.deepEqual(words, ['Ready', 'Ready', 'Left out', 'Left out', 'Draft']);
  await page.getByText('There is no account “nobody” here.').waitFor();
  await judgeScreen(page, 'what becomes of each row');
  await page.getByRole('button', { name: 'Import 3 posts' }).click();
  await page.getByText('3 posts imported; 2 rows left out.').waitFor();
  await judgeScreen(page, 'what was imported');
  await page.getByRole('button', { name: 'Import another file' }).click();
  await input.setInputFiles({ name: 'plan.csv', mimeType: 'text/csv', buffer: Buffer.from(file.replace('What we say', 'Text')) });
  await page.getByRole('button', { name: 'Nothing to import' }).waitFor();

  await openMenu(page);
  const exported = await page.request.get(String(await page.getByRole('menuitem', { name: 'Export all posts as CSV' }).getAttribute('href')));
  const text = await exported.text();
  assert.match(text, new RegExp(`x:${handle},The herons are back,.*birds; pond,scheduled`));
  assert.match(text, /Some day,/);
  await page.getByRole('menuitem', { name: 'Calendar feed' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('A new address for').fill('My phone');
  await dialog.getByRole('button', { name: 'Make an address' }).click();
  const address = new URL(await dialog.locator('code').innerText());
  await judgeScreen(page, 'the address of a calendar');
  const origin = new URL(page.url()).origin;
  const read = (): Promise<Response> => fetch(origin + address.pathname);
  const calendar = await read();
  assert.equal(calendar.headers.get('content-type'), 'text/calendar; charset=utf-8');
  assert.equal((await calendar.text()).match(/BEGIN:VEVENT/g)?.length, 2);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await openMenu(page);
  await page.getByRole('menuitem', { name: 'Calendar feed' }).press('Enter');
  await judgeScreen(page, 'calendar addresses');
  await dialog.getByRole('button', { name: 'End the address My phone' }).click();
  await dialog.getByRole('button', { name: 'Yes, end it' }).click();
  await dialog.getByText('My phone', { exact: true }).waitFor({ state: 'detached' });
  assert.equal((await read()).status, 404);
  assert.deepEqual(stage.complaints.filter((complaint) => !complaint.includes('422')), []);
});

test('a row that is imported as a draft keeps its time, and goes on the calendar with one press in the editor', { skip: skipReason }, async () => {
  await using stage = await openStage();
  const { page } = stage;
  await connect(page, 'x', 'X');
  const handle = await readHandle(page);
  const day = new Date(Date.now() + 2 * dayMs).toISOString().slice(0, 10);
  await page.goto('/calendar/import');
  await page.getByLabel('CSV file').setInputFiles({ name: 'plan.csv', mimeType: 'text/csv', buffer: Buffer.from(`When,Accounts,Text\n${day} 09:00,x:${handle},The geese are back\n`) });
  await page.getByText('Drafts', { exact: true }).click();
  const row = page.getByRole('list', { name: 'Rows of the file' }).locator('> li').first();
  await row.getByText('Draft', { exact: true }).waitFor();
  await row.getByText(/9:00/).waitFor();
  await page.getByRole('button', { name: 'Import 1 post' }).click();
  await page.getByText('1 post imported').waitFor();
  await page.goto('/calendar?view=list&state=draft');
  await page.getByText('The geese are back').click();
  await page.getByRole('button', { name: /^Schedule for .*9:00/ }).click();
  await page.getByText(/^Scheduled for .*9:00/).waitFor();
  assert.deepEqual(stage.complaints, []);
});
