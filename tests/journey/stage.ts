// What every journey begins with: a fresh data folder, the product as `npm start` runs it, a real browser.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findFreePort } from '../../server/src/platform/free-port.ts';

const chromiumPath = process.env['ROOKERY_TEST_CHROMIUM'];
const startWithinMs = 120_000;
const actWithinMs = 30_000;
const browserArguments = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync',
];

/** Why a journey cannot run here; false when it can. */
export const skipReason: string | false = chromiumPath === undefined ? 'no Chromium: apt install chromium' : false;

interface Parts {
  readonly browser: Browser;
  readonly child: ChildProcess;
  readonly dataDirectory: string;
  readonly origin: string;
}

/** A running product with its owner signed in on the dashboard. Ends, and leaves nothing, with `await using`. */
export class Stage implements AsyncDisposable {
  readonly page: Page;
  /** The simulated networks listen from here on, in their order. */
  readonly networkPort: number;
  /** What the browser's console complained about, and errors that nothing caught. */
  readonly complaints: string[] = [];
  readonly #parts: Parts;

  constructor(page: Page, networkPort: number, parts: Parts) {
    this.page = page;
    this.networkPort = networkPort;
    this.#parts = parts;
    this.#listen(page);
  }

  /** A window of somebody else: nobody is signed in there. What it complains about counts too. */
  async openVisitor(): Promise<Page> {
    const { browser, origin } = this.#parts;
    const page = await openPage(browser, origin);
    this.#listen(page);
    return page;
  }

  #listen(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { browser, child, dataDirectory } = this.#parts;
    await browser.close();
    await stopProduct(child);
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

/** Starts everything and sets the product up as its first user. */
export async function openStage(): Promise<Stage> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'rookery-journey-'));
  const port = await findPort();
  const { child, setupLink } = await startProduct(dataDirectory, port);
  const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: browserArguments });
  const origin = `http://127.0.0.1:${port}`;
  const page = await openPage(browser, origin);
  const stage = new Stage(page, port + 1, { browser, child, dataDirectory, origin });
  try {
    await setUp(page, setupLink);
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
  return stage;
}

async function openPage(browser: Browser, origin: string): Promise<Page> {
  const page = await browser.newPage({ baseURL: origin, viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(actWithinMs);
  return page;
}

async function setUp(page: Page, setupLink: string): Promise<void> {
  await page.goto(setupLink);
  await page.getByLabel('Your name').fill('Mira Vale');
  await page.getByLabel('E-mail address').fill('mira@example.org');
  await page.getByLabel('Password', { exact: true }).fill('copper lantern drifts north');
  await page.getByLabel('Workspace').fill('Heron & Pine');
  await page.getByRole('button', { name: 'Set up and start' }).click();
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
}

/** Resolves when no colour is on its way from one theme to the other any more. */
const settled = `Promise.allSettled(document.getAnimations()
  .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity).map((animation) => animation.finished))
  .then(() => undefined)`;

const secondLookMs = 1000;

function findFaults(page: Page): Promise<unknown> {
  return page.evaluate('axe.run().then(({ violations }) => violations.map((fault) => `${fault.id}: ${fault.nodes[0].html}`))');
}

function hasFaults(faults: unknown): boolean {
  return Array.isArray(faults) && faults.length > 0;
}

/** The screen that is open has no accessibility fault that axe finds and nothing wider than the window: both themes, desk and phone. */
export async function judgeScreen(page: Page, where: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await page.locator('[aria-busy=true], [role=status][aria-label^=Loading]').first().waitFor({ state: 'detached' });
      await page.evaluate(settled);
      await page.evaluate(axe.source);
      let faults = await findFaults(page);
      // On a busy machine a colour may still be on its way; a fault that is one is there a moment later too.
      if (hasFaults(faults)) {
        await page.waitForTimeout(secondLookMs);
        await page.evaluate(settled);
        faults = await findFaults(page);
      }
      assert.deepEqual(faults, [], `${where} at ${width}, ${theme}`);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false, `${where} is too wide at ${width}`);
    }
  }
}

/** A port with free ones after it, for the simulated networks. */
async function findPort(): Promise<number> {
  const port = await findFreePort();
  return port > 60_000 ? port - 10_000 : port;
}

async function startProduct(dataDirectory: string, port: number): Promise<{ child: ChildProcess; setupLink: string }> {
  const main = new URL('../../server/src/main.ts', import.meta.url).pathname;
  const env = { ...process.env, ROOKERY_DATA_DIR: dataDirectory, PORT: String(port), ROOKERY_SIMULATOR_CONTROL: 'on', ROOKERY_RATE_LIMITS: 'off' };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const setupLink = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready in time:\n${output}`)), startWithinMs);
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const link = /is ready: (\S+)/.exec(output)?.[1];
      if (link === undefined) return;
      clearTimeout(late);
      resolve(link);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => reject(new Error(`ended instead of starting:\n${output}`)));
  });
  return { child, setupLink };
}

async function stopProduct(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit');
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  assert.deepEqual((await ended)[0], 0);
}
