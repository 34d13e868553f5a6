import { chromium, type Browser } from 'playwright-core';

/** Where Debian and the test runner put the browser. */
export const chromiumPath = process.env['ROOKERY_TEST_CHROMIUM'] ?? '/usr/bin/chromium';

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
}

export interface ConsentSteps {
  readonly authorizeUrl: string;
  readonly password: string;
  readonly answer: 'Authorize' | 'Deny access';
  /** Where the browser is sent back to; caught before it leaves, nobody listens there. */
  readonly redirectUri: string;
}

/** Signs in on the server's own page and agrees or declines, as a person would; answers the query of the callback. */
export async function answerConsent(browser: Browser, steps: ConsentSteps): Promise<URLSearchParams> {
  const { authorizeUrl, password, answer, redirectUri } = steps;
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const callback = new Promise<URL>((resolve) => {
      void page.route((url) => url.href.startsWith(redirectUri), async (route) => {
        resolve(new URL(route.request().url()));
        await route.fulfill({ status: 200, contentType: 'text/plain', body: 'back' });
      });
    });
    await page.goto(authorizeUrl);
    // The handle is filled in already: our request named it.
    await page.locator('input[type="password"]').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: answer, exact: true }).click();
    return (await callback).searchParams;
  } finally {
    await context.close();
  }
}
