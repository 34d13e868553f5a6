// A post that needs a second person: an editor asks, the owner comments and lets it go, a client agrees by a link without an account.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { connect, pressAt, tabTo } from './acts.ts';
import { judgeScreen, openStage, skipReason, type Stage } from './stage.ts';

const dayMs = 86_400_000;
const words = 'The winter market opens on Saturday';

/** The link in a dialog that shows it once. */
async function shownLink(dialog: Locator): Promise<string> {
  return (await dialog.locator('code').textContent()) ?? '';
}

async function inviteEditor(page: Page): Promise<string> {
  await page.goto('/team');
  await page.getByRole('button', { name: 'Invite someone' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Invite someone' });
  await dialog.getByLabel('E-mail address').fill('tomas@example.org');
  await dialog.getByRole('radio', { name: /^Editor/ }).check();
  await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
  return shownLink(page.getByRole('dialog', { name: 'Send this link' }));
}

async function joinAsEditor(stage: Stage, link: string): Promise<Page> {
  const page = await stage.openVisitor();
  await page.goto(link);
  await page.getByLabel('Your name').fill('Tomas Reed');
  await page.getByLabel('Password', { exact: true }).fill('amber kettle walks softly');
  await page.getByRole('button', { name: 'Create account and join' }).click();
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  return page;
}

async function sendForApproval(page: Page, day: string): Promise<void> {
  await page.goto('/posts/new');
  await page.getByRole('textbox', { name: 'Text' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type(words);
  await page.getByRole('group', { name: 'Accounts' }).getByRole('button').first().click();
  assert.equal(await page.getByRole('radio', { name: 'Now' }).count(), 0);
  await page.getByRole('radio', { name: 'At a time' }).check();
  await page.getByLabel('Day', { exact: true }).fill(day);
  await page.getByLabel('Time', { exact: true }).fill('09:30');
  await judgeScreen(page, 'the composer of an editor');
  await pressAt(page, page.getByRole('button', { name: 'Send for approval' }));
  await page.getByText('Sent for approval', { exact: true }).waitFor();
}

async function shareWithClient(page: Page): Promise<string> {
  await pressAt(page, page.getByRole('button', { name: 'Share for review' }));
  const dialog = page.getByRole('dialog', { name: 'Share for review' });
  await dialog.getByLabel('For whom').fill('Harbour Bakery');
  await judgeScreen(page, 'sharing');
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  const link = await shownLink(page.getByRole('dialog', { name: 'Send this link' }));
  await page.keyboard.press('Escape');
  return link;
}

test('an editor asks, the owner comments and approves, it is planned, and a client agrees by a link without an account', { skip: skipReason }, async () => {
  await using stage = await openStage();
  const { page: owner } = stage;
  const day = new Date(Date.now() + 3 * dayMs).toISOString().slice(0, 10);
  await connect(owner, 'x', 'X');
  await owner.goto('/settings/workspace');
  const saved = owner.waitForResponse((response) => response.request().method() === 'PATCH');
  await owner.getByRole('switch', { name: /need approval/ }).check();
  assert.equal((await saved).status(), 200);
  const editor = await joinAsEditor(stage, await inviteEditor(owner));
  await owner.goto('/approvals');
  await owner.getByText('Nothing waits for your approval.').waitFor();

  await sendForApproval(editor, day);
  await editor.goto('/approvals');
  await editor.getByText('Tomas Reed asks for').waitFor();
  await editor.getByRole('link', { name: words }).click();
  await editor.getByText('An owner or admin decides.').waitFor();
  assert.equal(await editor.getByRole('button', { name: 'Approve' }).count(), 0);

  await owner.goto('/');
  await owner.getByText('Posts that need approval: 1').waitFor();
  await pressAt(owner, owner.getByRole('link', { name: 'Review' }));
  await owner.getByRole('heading', { level: 1, name: 'Approvals' }).waitFor();
  await judgeScreen(owner, 'approvals');
  await pressAt(owner, owner.getByRole('link', { name: words }));
  await owner.getByText('Needs approval', { exact: true }).first().waitFor();
  await tabTo(owner, owner.getByRole('textbox', { name: 'Comment' }));
  await owner.keyboard.type('Is the date right?');
  await pressAt(owner, owner.getByRole('button', { name: 'Comment', exact: true }));
  await editor.getByRole('listitem').filter({ hasText: 'Is the date right?' }).waitFor();
  await judgeScreen(owner, 'a post that waits for approval');
  await pressAt(owner, owner.getByRole('button', { name: 'Approve', exact: true }));
  const question = owner.getByRole('dialog', { name: 'Approve this post?' });
  await question.getByText(/It goes out on .*9:30/).waitFor();
  await judgeScreen(owner, 'approving');
  await pressAt(owner, question.getByRole('button', { name: 'Approve', exact: true }));
  await owner.getByText(/^Scheduled for .*9:30/).waitFor();
  await editor.getByText('Approved by Mira Vale.').waitFor();

  await owner.goto(`/calendar?date=${day}`);
  await owner.locator('[data-post]').filter({ hasText: words }).filter({ hasText: 'Scheduled' }).getByRole('link').click();
  const client = await stage.openVisitor();
  await client.goto(await shareWithClient(owner));
  await client.getByRole('heading', { level: 1, name: 'A post by Heron & Pine, for your review' }).waitFor();
  await client.getByText(words).waitFor();
  await judgeScreen(client, 'the review page');
  await tabTo(client, client.getByLabel('Your name'));
  await client.keyboard.type('Ada Marsh');
  await pressAt(client, client.getByRole('button', { name: 'Approve' }));
  await client.getByText('Approved by Ada Marsh. Thank you.').waitFor();
  await judgeScreen(client, 'the review page, approved');
  const answer = owner.getByRole('listitem').filter({ hasText: 'Ada Marsh' });
  await answer.filter({ hasText: '(by link)' }).filter({ hasText: 'Approved' }).waitFor();
  await judgeScreen(owner, 'a planned post with the answer of a client');
  assert.deepEqual(stage.complaints, []);
});
