// How long the browser takes to draw a month of 1,000 posts, from the last byte of their answer to the picture, on a processor slowed
// down four times. The product runs as it is, on a database of its own; posts are written through the API and then multiplied there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listAccounts, startConnect } from '@rookery/contract/accounts.ts';
import { signUp } from '@rookery/contract/auth.ts';
import { createPost } from '@rookery/contract/posts.ts';
import { Client } from 'pg';
import { chromium, type Page } from 'playwright-core';
import { startApp, type RunningApp } from '../server/src/app.ts';
import { loadConfig } from '../server/src/platform/config/config.ts';
import { findFreePort } from '../server/src/platform/free-port.ts';
import { openBrowser, type TestBrowser } from '../server/src/platform/http/testing.ts';
import { createLogger } from '../server/src/platform/observability/logger.ts';
import { startTemporaryPostgres } from '../server/src/platform/postgres/temporary.ts';
import { driveConsent } from '../server/src/providers/simulation/drive-consent.ts';

const promiseMs = 200;
const slowDown = 4;
const rounds = 5;
const settleMs = 1500;
const drawMs = 4000;
const postsWanted = 1000;
const postsWritten = 20;
/** Not among the days of the month that the view of the one before shows too. */
const firstDay = 8;
const person = { email: 'ada@example.org', password: 'herons at the weir at dawn' };
const chromiumPath = process.env['ROOKERY_TEST_CHROMIUM'] ?? '/usr/bin/chromium';

/** A month ahead of every day that this runs on, so that nothing of it goes out. */
function monthAhead(): string {
  const date = new Date();
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 2, 1)).toISOString().slice(0, 7);
}

async function connect(browser: TestBrowser, workspaceId: string, network: string): Promise<void> {
  const { authorizeUrl } = await browser.ok(startConnect, { params: { workspaceId }, body: { network } });
  const back = await driveConsent(authorizeUrl);
  await browser.send({ path: `${back.pathname}${back.search}` });
}

async function writePosts(browser: TestBrowser, workspaceId: string, month: string): Promise<void> {
  const { accounts } = await browser.ok(listAccounts, { params: { workspaceId } });
  const targets = accounts.map(({ id }) => ({ accountId: id, content: null }));
  for (let index = 0; index < postsWritten; index += 1) {
    const text = `Post ${index}: what is new at the harbour this week, and why https://example.org/harbour/${index} is worth a look #harbour`;
    const wallTime = `${month}-${String(index + firstDay).padStart(2, '0')}T09:${String(index).padStart(2, '0')}`;
    await browser.ok(createPost, {
      params: { workspaceId },
      body: { requestKey: crypto.randomUUID(), content: { parts: [{ text, media: [] }], firstComment: null }, targets, when: { kind: 'at', wallTime, zone: 'UTC' } },
    });
  }
}

/** Copies of what the API wrote, spread over the days and hours of the month. */
async function multiplyPosts(database: Client): Promise<number> {
  const copies = postsWanted / postsWritten - 1;
  await database.query(`create temporary table copy as
    select p.workspace_id, p.id as old_id, gen_random_uuid() as id, p.due_at + make_interval(mins => n * 13, days => 0) as due_at
    from post p cross join generate_series(1, ${copies}) n`);
  await database.query(`insert into post (workspace_id, id, request_key, request_hash, content, labels, wall_time, zone, due_at, author_name, created_at, updated_at)
    select c.workspace_id, c.id, gen_random_uuid(), p.request_hash, p.content, p.labels, to_char(c.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'), p.zone,
      c.due_at, p.author_name, p.created_at, p.updated_at
    from copy c join post p on p.workspace_id = c.workspace_id and p.id = c.old_id`);
  await database.query(`insert into post_target (workspace_id, id, post_id, account_id, state, text_hash, priority, work_at)
    select c.workspace_id, gen_random_uuid(), c.id, t.account_id, t.state, t.text_hash, t.priority, c.due_at
    from copy c join post_target t on t.workspace_id = c.workspace_id and t.post_id = c.old_id`);
  const { rows } = await database.query<{ count: number }>('select count(*)::int as count from post');
  return rows[0]?.count ?? 0;
}

interface Drawn {
  readonly milliseconds: number;
  readonly chips: number;
}

/** Notes when the first frame with posts has been handed over. */
const watch = `
  new MutationObserver((_, observer) => {
    if (document.querySelector('[data-post]') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { globalThis.drawnAt = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

const read = `({
  milliseconds: globalThis.drawnAt - Math.max(...performance.getEntriesByType('resource').filter(({ name }) => /\\/calendar\\?from=/.test(name)).map(({ responseEnd }) => responseEnd)),
  chips: document.querySelectorAll('[data-post]').length,
})`;

/** From the empty month before it to the full one, with the key for it. */
async function draw(page: Page, month: string): Promise<Drawn> {
  const before = new Date(Date.parse(`${month}-01`) - 10 * 86_400_000).toISOString().slice(0, 10);
  await page.goto(`/calendar?view=month&date=${before}`);
  await page.getByRole('button', { name: 'Today' }).waitFor();
  await page.waitForTimeout(settleMs);
  await page.evaluate(watch);
  await page.keyboard.press('ArrowRight');
  // Nothing is asked of the page while it draws: a question would be answered in the time that is measured.
  await page.waitForTimeout(drawMs);
  return page.evaluate<Drawn>(read);
}

async function measure(app: RunningApp, month: string): Promise<Drawn[]> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  try {
    const page = await browser.newPage({ baseURL: app.origin ?? '', viewport: { width: 1440, height: 900 } });
    await page.goto('/sign-in');
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowDown });
    const results: Drawn[] = [];
    for (let round = 0; round <= rounds; round += 1) results.push(await draw(page, month));
    // The first one fetches the code too.
    return results.slice(1);
  } finally {
    await browser.close();
  }
}

const dataDirectory = mkdtempSync(join(tmpdir(), 'rookery-calendar-'));
const postgres = await startTemporaryPostgres();
const { host, port, user, password, database } = postgres.connection;
// `host` is a socket directory, which stands in the query of an address.
const databaseUrl = `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
const webDirectory = join(dirname(import.meta.dirname), 'web/dist');
const config = loadConfig({
  PORT: String(await findFreePort()), ROOKERY_DATA_DIR: dataDirectory, DATABASE_URL: databaseUrl, LOG_LEVEL: 'error', ROOKERY_RATE_LIMITS: 'off',
});
const app = await startApp({ config, log: createLogger('error'), version: '0.0.0', webDirectory });
const admin = new Client({ host, port, user, password, database, options: '-c search_path=rookery' });
try {
  const month = monthAhead();
  const browser = openBrowser(app.origin ?? '');
  const setupToken = /setup=(.+)$/.exec(app.setupLink ?? '')?.[1] ?? '';
  const { workspaces } = await browser.ok(signUp, { body: { ...person, name: 'Ada Owner', setupToken } });
  const workspaceId = workspaces[0]?.workspaceId ?? '';
  for (const network of ['x', 'mastodon']) await connect(browser, workspaceId, network);
  await writePosts(browser, workspaceId, month);
  await admin.connect();
  const count = await multiplyPosts(admin);
  const drawn = (await measure(app, month)).toSorted((a, b) => a.milliseconds - b.milliseconds);
  for (const { milliseconds, chips } of drawn) console.log(`${milliseconds.toFixed(0).padStart(5)} ms  ${chips} chips of ${count} posts`);
  const median = drawn[Math.floor(drawn.length / 2)]?.milliseconds ?? Number.NaN;
  console.log(`median ${median.toFixed(0)} ms at ${slowDown}x slow-down: ${(median / promiseMs).toFixed(2)} of ${promiseMs} ms`);
  process.exitCode = count === postsWanted && median <= promiseMs ? 0 : 1;
} finally {
  await admin.end();
  await app.stop();
  await postgres.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
}
