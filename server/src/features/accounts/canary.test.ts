// Every token, code, state and app password of a whole life of two accounts is looked for everywhere that one could leak to:
// each table, job payloads and audit rows among them, each line logged at the most verbose level and without the net of
// redaction, each answer and each error.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { simulatorAppPassword } from '../../providers/bluesky/simulator.ts';
import { driveConsent } from '../../providers/simulation/drive-consent.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { readScans, requestSync } from '../audience/service.ts';
import { syncAccount } from '../audience/index.ts';
import { readAudit } from '../audit/service.ts';
import { readDashboard } from '../dashboard/service.ts';
import { createHarness } from '../testing/harness.ts';
import { beginConnect, completeConnect, connectByPassword } from './connect.ts';
import { callNetwork } from './grants.ts';
import { disconnectFromNetwork, readAccounts, readNetworks } from './service.ts';

const shown: string[] = [];
const show = (...things: unknown[]): void => void shown.push(...things.map((thing) => inspect(thing, { depth: 12, maxStringLength: null, maxArrayLength: null })));
let isLogging = false;
const log: Logger = { debug: note, info: note, warn: note, error: note, child: () => log };

function note(facts: object, sentence: string): void {
  isLogging = true;
  show(facts, sentence);
}

const secrets = new Map<string, string>();
const harness = await createHarness({ networks: ['x', 'bluesky'], log });
const { clock, database, owner, worker } = harness;
const workspaceId = owner.workspace.id;
const x = harness.simulator('x');
const bluesky = harness.simulator('bluesky');
x.world.freeze(true);
bluesky.world.freeze(true);
const signal = new AbortController().signal;

function keep(name: string, secret: string | null): void {
  // Short ones would be found by chance.
  if (secret !== null && secret.length >= 12) secrets.set(secret, name);
}

async function keepTokens(accountId: string, when: string): Promise<void> {
  const tokens = await callNetwork(owner, accountId, async (_provider, call) => call.tokens, signal);
  keep(`access token ${when}`, tokens.accessToken);
  keep(`refresh token ${when}`, tokens.refreshToken);
}

/** What is asked for and answered, and what goes wrong, is all shown to the search. */
async function ask(work: () => Promise<unknown>): Promise<void> {
  try {
    show(await work());
  } catch (error) {
    show(error);
  }
}

async function lookAround(accountId: string): Promise<void> {
  await ask(() => readAccounts(owner));
  await ask(() => readNetworks(owner));
  await ask(() => readDashboard(owner, {}));
  await ask(() => readScans(owner, { params: { workspaceId, accountId }, query: {} }));
  await ask(() => readAudit(owner, { limit: 200 }));
}

async function sync(accountId: string): Promise<void> {
  await ask(() => syncAccount(worker, { accountId, kind: 'full', signal, isLastAttempt: true }));
}

async function connectX(decision: 'allow' | 'deny' = 'allow'): Promise<string> {
  const { authorizeUrl } = await beginConnect(owner, { network: 'x' });
  keep('state', new URL(authorizeUrl).searchParams.get('state'));
  const back = await driveConsent(authorizeUrl, { account: x.world.accounts[2]?.handle ?? '', decision });
  keep('code', back.searchParams.get('code'));
  const answer = await completeConnect(owner, { params: { network: 'x' }, query: Object.fromEntries(back.searchParams) });
  show(answer);
  return /^\/accounts\/(.{36})\?/.exec(answer.redirectTo)?.[1] ?? '';
}

async function connectBluesky(): Promise<string> {
  keep('app password', simulatorAppPassword);
  const { account } = await connectByPassword(owner, { network: 'bluesky', handle: bluesky.world.accounts[0]?.handle ?? '', password: simulatorAppPassword });
  show(account);
  return account.id;
}

async function live(accountId: string, simulator: typeof x): Promise<void> {
  await keepTokens(accountId, 'as connected');
  await sync(accountId);
  await lookAround(accountId);
  for (const round of ['first', 'second']) {
    clock.advance(3 * 3600_000);
    await keepTokens(accountId, `after the ${round} refresh`);
  }
  for (const fail of [
    () => simulator.faults.failNext(3, 500), () => simulator.faults.failNext(3, 403), () => simulator.faults.garbleNext(3),
    () => simulator.faults.dropNext(3), () => simulator.faults.loseNext(3), () => simulator.faults.rateLimitNext(3),
  ]) {
    clock.advance(20 * 60_000);
    fail();
    await sync(accountId);
    simulator.faults.reset();
  }
  simulator.faults.expireTokens();
  await keepTokens(accountId, 'before they expired early');
  await sync(accountId);
  await ask(() => keepTokens(accountId, 'after they expired early'));
  await ask(() => requestSync(owner, { params: { workspaceId, accountId }, body: { kind: 'full' } }));
  await lookAround(accountId);
}

test('no token, code, state or app password is in any table, log line, answer or error, also not a refreshed one', async () => {
  await connectX('deny');
  await ask(async () => completeConnect(owner, { params: { network: 'x' }, query: { state: 'none', code: 'none' } }));
  const { authorizeUrl } = await beginConnect(owner, { network: 'x' });
  const state = new URL(authorizeUrl).searchParams.get('state') ?? '';
  keep('code that X refuses', 'a-code-that-x-never-gave-to-anybody');
  await ask(() => completeConnect(owner, { params: { network: 'x' }, query: { state, code: 'a-code-that-x-never-gave-to-anybody' } }));
  const atX = await connectX();
  await live(atX, x);
  x.faults.failNext(20, 503, '/2/oauth2');
  await ask(() => disconnectFromNetwork(owner, atX));
  x.faults.reset();
  const again = await connectX();
  await keepTokens(again, 'as connected again');
  x.faults.revokeGrants();
  await sync(again);
  const broken = await connectX();
  await keepTokens(broken, 'before its row broke');
  await database.admin(`update account_token set token_enc = 'gAAAAA' || token_enc where account_id = $1`, [broken]);
  await sync(broken);
  const atBluesky = await connectBluesky();
  await live(atBluesky, bluesky);
  await lookAround(atBluesky);

  const names = [...secrets.values()];
  for (const kind of ['state', 'code', 'app password', 'access token after the second refresh', 'refresh token after the second refresh']) {
    assert.ok(names.includes(kind), `the life had no ${kind}`);
  }
  assert.ok(secrets.size >= 14, String(secrets.size));
  assert.ok(isLogging && shown.length > 30, `what is logged and answered is seen: ${shown.length}`);
  const tables = await database.admin(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('rookery', 'pgboss')`);
  const places = new Map<string, string>([['what is logged, answered and thrown', shown.join('\n')]]);
  for (const { name } of tables) {
    const rows = await database.admin(`select t::text as text from ${String(name)} t`);
    places.set(String(name), rows.map(({ text }) => String(text)).join('\n'));
  }
  for (const table of ['rookery.audit_event', 'rookery.account_token', 'rookery.account']) assert.ok((places.get(table) ?? '').length > 100, table);
  assert.ok([...places].some(([name, text]) => name.startsWith('pgboss.job') && text.includes(atX)), 'job payloads are seen');
  for (const [secret, name] of secrets) {
    const forms = [secret, Buffer.from(secret).toString('base64').replace(/=+$/, ''), Buffer.from(secret).toString('hex'), encodeURIComponent(secret)];
    for (const [place, text] of places) {
      for (const form of forms) assert.ok(!text.includes(form), `${place} holds ${name}`);
    }
  }
});
