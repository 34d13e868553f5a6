// The product as a newcomer meets it: a fresh data folder, a real browser, a simulated network that changes.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import axe from 'axe-core';
import { chromium, type Page } from 'playwright-core';

const chromiumPath = process.env['ROOKERY_TEST_CHROMIUM'];
const startWithinMs = 120_000;
const actWithinMs = 30_000;
const browserArguments = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** A port with free ones after it, for the simulated networks. */
async function findPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  assert.ok(address !== null && typeof address === 'object');
  return address.port > 60_000 ? address.port - 10_000 : address.port;
}

async function startProduct(dataDirectory: string, port: number): Promise<{ child: ChildProcess; setupLink: string }> {
  const main = new URL('../../server/src/main.ts', import.meta.url).pathname;
  const env = { ...process.env, ROOKERY_DATA_DIR: dataDirectory, PORT: String(port), ROOKERY_SIMULATOR_CONTROL: 'on' };
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

async function control(origin: string, verb: string, command: object): Promise<void> {
  const answer = await fetch(`${origin}/_control/${verb}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(command),
  });
  assert.equal(answer.status, 200, await answer.text());
}

async function shownFollowers(page: Page, account: string): Promise<string[]> {
  await page.goto(`/audience?account=${account}&view=followers`);
  const handle = page.getByText(/^@[a-z0-9_]+$/i);
  await page.getByText(/followers, in the order of the network/).waitFor();
  return (await handle.allTextContents()).map((text) => text.slice(1));
}

test('sign up, connect, sync, and after the network has changed see exactly who came and who left', {
  skip: chromiumPath === undefined ? 'no Chromium: apt install chromium' : false,
}, async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'rookery-journey-'));
  const port = await findPort();
  const base = `http://127.0.0.1:${port}`;
  const network = `http://127.0.0.1:${port + 2}`;
  const { child, setupLink } = await startProduct(dataDirectory, port);
  const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: browserArguments });
  try {
    const page = await browser.newPage({ baseURL: base, viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(actWithinMs);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));

    await page.goto(setupLink);
    await page.getByLabel('Your name').fill('Mira Vale');
    await page.getByLabel('E-mail address').fill('mira@example.org');
    await page.getByLabel('Password', { exact: true }).fill('copper lantern drifts north');
    await page.getByLabel('Workspace').fill('Heron & Pine');
    await page.getByRole('button', { name: 'Set up and start' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();

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
    for (const theme of ['light', 'dark'] as const) await judgeScreens(page, { account, theme });
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    child.removeAllListeners('exit');
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    assert.deepEqual((await ended)[0], 0);
    await rm(dataDirectory, { recursive: true, force: true });
  }
});

/** No screen has an accessibility fault that axe finds, or content wider than the window. */
async function judgeScreens(page: Page, { account, theme }: { account: string; theme: 'light' | 'dark' }): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of ['/', '/audience', '/accounts', `/accounts/${account}`, '/accounts/connect', '/import', '/team', '/audit', '/settings/workspace']) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('load');
      await page.locator('[aria-busy=true], [role=status][aria-label^=Loading]').first().waitFor({ state: 'detached' });
      await page.evaluate(axe.source);
      const faults = await page.evaluate('axe.run().then(({ violations }) => violations.map((fault) => `${fault.id}: ${fault.nodes[0].html}`))');
      assert.deepEqual(faults, [], `${path} at ${width}, ${theme}`);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false, `${path} is too wide at ${width}`);
    }
  }
}

async function changesPath(page: Page, account: string): Promise<string> {
  const bootstrap = await (await page.request.get('/api/bootstrap')).json();
  return `/api/workspaces/${bootstrap.workspaces[0].workspaceId}/audience/changes?account=${account}`;
}
