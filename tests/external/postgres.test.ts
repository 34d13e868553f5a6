import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { getAccount, startConnect, startSync } from '@rookery/contract/accounts.ts';
import { signIn, signUp } from '@rookery/contract/auth.ts';
import { startApp, type RunningApp } from '../../server/src/app.ts';
import { loadConfig } from '../../server/src/platform/config/config.ts';
import { openBrowser, type TestBrowser } from '../../server/src/platform/http/testing.ts';
import { createLogger } from '../../server/src/platform/observability/logger.ts';
import { driveConsent } from '../../server/src/providers/simulation/drive-consent.ts';
import { startOutsideServer } from './server.ts';

const postgres = process.env['ROOKERY_TEST_POSTGRES'];
const skip = postgres === undefined ? 'no PostgreSQL of the machine: apt install postgresql' : false;
const syncWithinMs = 60_000;
const person = { email: 'ada@example.org', password: 'herons at the weir at dawn' };

async function start(databaseUrl: string, dataDirectory: string): Promise<{ app: RunningApp; browser: TestBrowser }> {
  const config = loadConfig({ PORT: '0', BASE_URL: 'http://127.0.0.1:8390', ROOKERY_DATA_DIR: dataDirectory, DATABASE_URL: databaseUrl, LOG_LEVEL: 'error', ROOKERY_RATE_LIMITS: 'off' });
  const app = await startApp({ config, log: createLogger('error'), version: '0.0.0', webDirectory: join(dataDirectory, 'no-web') });
  if (app.origin === null) throw new Error('no web');
  return { app, browser: openBrowser(app.origin) };
}

async function connectAndSync(browser: TestBrowser, workspaceId: string): Promise<number> {
  const { authorizeUrl } = await browser.ok(startConnect, { params: { workspaceId }, body: { network: 'x' } });
  const back = await driveConsent(authorizeUrl, { account: 'tidewatercoop' });
  const reply = await browser.send({ path: `${back.pathname}${back.search}` });
  const accountId = /accounts\/([0-9a-f-]{36})/.exec(String(reply.headers.location))?.[1] ?? '';
  await browser.call(startSync, { params: { workspaceId, accountId }, body: { kind: 'full' } });
  const until = Date.now() + syncWithinMs;
  for (;;) {
    const { account } = await browser.ok(getAccount, { params: { workspaceId, accountId } });
    if (account.lastScan?.state === 'complete') return account.followers ?? 0;
    assert.ok(Date.now() < until, `the sync did not end: ${JSON.stringify(account.lastScan)}`);
    await sleep(100);
  }
}

test('on a PostgreSQL of the machine, as a role that is no superuser, the product migrates, works, and starts again', { skip }, async () => {
  assert.ok(postgres !== undefined);
  const server = await startOutsideServer(postgres);
  const dataDirectory = await mkdtemp(join(tmpdir(), 'rookery-outside-data-'));
  try {
    await server.admin('postgres', `create role rook login password 'rook-password' createrole nosuperuser`);
    await server.admin('postgres', 'create database rook owner rook');
    const databaseUrl = `postgres://rook:rook-password@127.0.0.1:${server.port}/rook`;
    const first = await start(databaseUrl, dataDirectory);
    const token = /setup=(.+)$/.exec(first.app.setupLink ?? '')?.[1] ?? '';
    const { workspaces } = await first.browser.ok(signUp, { body: { ...person, name: 'Ada Owner', setupToken: token } });
    const workspaceId = workspaces[0]?.workspaceId ?? '';
    assert.ok((await connectAndSync(first.browser, workspaceId)) > 50);
    await first.app.stop();

    const second = await start(databaseUrl, dataDirectory);
    assert.equal(second.app.setupLink, null);
    const again = await second.browser.ok(signIn, { body: person });
    assert.deepEqual(again.workspaces.map((one) => one.workspaceId), [workspaceId]);
    await second.app.stop();

    const rows = await server.admin('rook', `select rolname, rolsuper, rolbypassrls from pg_roles where rolname in ('rookery_app', 'rookery_worker', 'rookery_owner') order by 1`);
    assert.deepEqual(rows, ['rookery_app', 'rookery_owner', 'rookery_worker'].map((rolname) => ({ rolname, rolsuper: false, rolbypassrls: false })));
    const left = await server.admin('rook', `select count(*)::int as count from pg_stat_activity where usename = 'rook'`);
    assert.deepEqual(left, [{ count: 0 }], 'connections are left open after the stop');
  } finally {
    await server.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  }
});
