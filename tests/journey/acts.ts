// What people do in more than one journey.
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

const tabsMax = 80;

/** Connects the first account of a simulated network by its consent page; ends on the page of the account. */
export async function connect(page: Page, network: string, name: string): Promise<void> {
  await page.goto(`/accounts/connect?network=${network}`);
  await page.getByRole('button', { name: `Continue to ${name}` }).click();
  await page.getByRole('button', { name: /Allow|Authorize/ }).click();
  await page.waitForURL(/\/accounts\/[0-9a-f-]{36}/);
}

/** Goes on with the Tab key until a control has focus: who has no pointer must get there too. */
export async function tabTo(page: Page, control: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await control.waitFor();
  for (let tabs = 0; tabs < tabsMax; tabs += 1) {
    if (await control.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${String(control)} is not reached with ${key}`);
}

/** Goes to a control by keyboard and presses Enter on it. */
export async function pressAt(page: Page, control: Locator): Promise<void> {
  await tabTo(page, control);
  await page.keyboard.press('Enter');
}

/** Moves a simulated network, or breaks it: see server/src/providers/simulation/control.ts. */
export async function control(origin: string, verb: string, command: object): Promise<void> {
  const answer = await fetch(`${origin}/_control/${verb}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(command),
  });
  assert.equal(answer.status, 200, await answer.text());
}
