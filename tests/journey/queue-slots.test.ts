// Two posting slots set by keyboard, a post that takes the first of them, the other one free in the calendar, and a copy of the post.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { connect, pressAt, tabTo } from './acts.ts';
import { judgeScreen, openStage, skipReason } from './stage.ts';

test('slots are set by keyboard, a post takes the next free one, the rest is free in the calendar, and the post is duplicated', { skip: skipReason }, async () => {
  await using stage = await openStage();
  const { page } = stage;
  await connect(page, 'x', 'X');

  await page.goto('/calendar');
  await pressAt(page, page.getByRole('link', { name: 'Queue slots' }));
  await page.getByRole('heading', { level: 1, name: 'Queue slots' }).waitFor();
  await judgeScreen(page, 'no slots yet');
  await pressAt(page, page.getByRole('button', { name: /^Add slots to/ }));
  const form = page.getByRole('form', { name: 'Add slots' });
  await form.getByLabel('Time').and(page.locator(':focus')).waitFor();
  for (const day of ['Saturday', 'Sunday']) {
    await tabTo(page, form.getByRole('button', { name: day }));
    await page.keyboard.press('Space');
  }
  await pressAt(page, form.getByRole('button', { name: 'Add', exact: true }));
  await form.getByText('7 slots added').waitFor();
  await pressAt(page, form.getByRole('button', { name: 'Done' }));
  await page.getByText(/^7 slots a week · next free: .*9:00/).waitFor();
  const removals = page.getByRole('button', { name: /^Remove \w+day 9:00/ });
  await pressAt(page, removals.first());
  await page.getByText(/^6 slots a week/).waitFor();
  await page.getByRole('listitem').filter({ hasText: '9:00 AM removed' }).getByRole('button', { name: 'Undo' }).click();
  await page.getByText(/^7 slots a week/).waitFor();
  await judgeScreen(page, 'a week of slots');

  await page.goto('/posts/new');
  await page.getByRole('textbox', { name: 'Text' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type('For the queue');
  await page.getByRole('group', { name: 'Accounts' }).getByRole('button').first().click();
  await page.getByRole('radio', { name: 'Next free slot' }).check();
  const schedule = page.getByRole('button', { name: /^Schedule for .*9:00/ });
  await schedule.waitFor();
  await judgeScreen(page, 'the next free slot');
  await schedule.click();
  await page.getByText(/^Scheduled for .*9:00/).waitFor();
  const day = await nextDay(page, 1);
  await page.goto(`/calendar?date=${day}`);
  await page.locator('[data-post]').filter({ hasText: 'For the queue' }).filter({ hasText: '9:00' }).waitFor();
  await page.goto(`/calendar?date=${await nextDay(page, 7)}`);
  const free = page.getByRole('button', { name: /^Free slot/ });
  await free.first().waitFor();
  await judgeScreen(page, 'a week with free slots');
  await free.first().click();
  await page.getByRole('radio', { name: 'At a time' }).and(page.locator(':checked')).waitFor();
  assert.equal(await page.getByLabel('Time', { exact: true }).inputValue(), '09:00');

  await page.goto(`/calendar?view=list&date=${day}`);
  await page.getByRole('button', { name: 'Actions for For the queue' }).click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  const copy = page.getByRole('dialog', { name: 'New post' });
  await copy.getByRole('radio', { name: 'Draft' }).and(page.locator(':checked')).waitFor();
  assert.equal(await copy.getByRole('textbox', { name: 'Text' }).inputValue(), 'For the queue');
  assert.equal(await copy.getByRole('group', { name: 'Accounts' }).getByRole('button', { pressed: true }).count(), 1);
  assert.deepEqual(stage.complaints, []);
});

/** A day ahead in the workspace's zone, which is the browser's. */
async function nextDay(page: Page, ahead: number): Promise<string> {
  const day = await page.evaluate((days) => {
    const date = new Date(Date.now() + days * 86_400_000);
    return new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' }).format(date);
  }, ahead);
  return day;
}
