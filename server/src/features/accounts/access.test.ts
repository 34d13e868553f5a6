// App passwords, and how access ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulatorAppPassword } from '../../providers/bluesky/simulator.ts';
import type { TokenSet } from '../../providers/provider.ts';
import { AppError } from '../../platform/errors.ts';
import { createHarness } from '../testing/harness.ts';
import { connectByPassword } from './connect.ts';
import { callNetwork } from './grants.ts';
import { disconnectFromNetwork } from './service.ts';

const harness = await createHarness({ networks: ['x', 'bluesky'] });
const { database, owner, stranger } = harness;
const bluesky = harness.simulator('bluesky');
const x = harness.simulator('x');
const [main, other] = bluesky.world.accounts;
assert.ok(main !== undefined && other !== undefined);
const signal = new AbortController().signal;

async function connectMain(accountId?: string): Promise<string> {
  const { account } = await connectByPassword(owner, {
    network: 'bluesky', handle: main?.handle ?? '', password: simulatorAppPassword, ...(accountId === undefined ? {} : { accountId }),
  });
  return account.id;
}

function tokensOf(accountId: string): Promise<TokenSet> {
  return callNetwork(owner, accountId, async (_provider, call) => call.tokens, signal);
}

async function lastEvent(accountId: string): Promise<Record<string, unknown> | undefined> {
  return (await database.admin('select action, metadata from audit_event where entity_id = $1 order by xid desc limit 1', [accountId]))[0];
}

test('the right app password connects the account; it is used once and kept nowhere', async () => {
  const accountId = await connectMain();
  const profile = await callNetwork(owner, accountId, (provider, call) => provider.readProfile(call), signal);
  assert.equal(profile.externalId, main.id);
  assert.equal((await lastEvent(accountId))?.['action'], 'oauth:connect');
  const tables = await database.admin(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('rookery', 'pgboss')`);
  for (const { name } of tables) {
    for (const { text } of await database.admin(`select t::text as text from ${String(name)} t`)) assert.ok(!String(text).includes(simulatorAppPassword), String(name));
  }
  const { accessToken } = await tokensOf(accountId);
  assert.ok(!accessToken.includes(simulatorAppPassword));
});

test('a wrong app password is refused at its field, without repeating it, and nothing is stored', async () => {
  const before = await database.admin('select count(*)::int as n from account');
  const refusal = await connectByPassword(owner, { network: 'bluesky', handle: other.handle, password: 'wren-wren-wren-wren' }).then(() => null, (error: unknown) => error);
  assert.ok(refusal instanceof AppError);
  assert.deepEqual([refusal.code, refusal.fields[0]?.pointer], ['invalid-input', '/password']);
  assert.ok(!JSON.stringify({ message: refusal.message, fields: refusal.fields }).includes('wren-wren'));
  assert.deepEqual(await database.admin('select count(*)::int as n from account'), before);
});

test('a network without app passwords says so, and who may not manage accounts is refused before the network is asked', async () => {
  await assert.rejects(connectByPassword(owner, { network: 'x', handle: 'a', password: 'b' }), { code: 'not-supported' });
  const before = JSON.stringify(bluesky.counts());
  await assert.rejects(connectByPassword({ ...owner, role: 'analyst' }, { network: 'bluesky', handle: main.handle, password: simulatorAppPassword }), { code: 'not-allowed' });
  assert.equal(JSON.stringify(bluesky.counts()), before);
});

test('reconnecting with the password of another account is refused and leaves the access alone', async () => {
  const accountId = await connectMain();
  const before = await database.admin('select token_enc from account_token where account_id = $1', [accountId]);
  await assert.rejects(
    connectByPassword(owner, { network: 'bluesky', handle: other.handle, password: simulatorAppPassword, accountId }), { code: 'conflict' },
  );
  assert.deepEqual(await database.admin('select token_enc from account_token where account_id = $1', [accountId]), before);
  assert.equal(await connectMain(accountId), accountId);
});

for (const [network, connect] of [['x', () => harness.connectX()], ['bluesky', () => connectMain()]] as const) {
  test(`disconnecting ends the access at the network (${network}), erases the tokens, stops the syncs and keeps the account`, async () => {
    const accountId = await connect();
    const tokens = await tokensOf(accountId);
    const { account } = await disconnectFromNetwork(owner, accountId);
    assert.deepEqual([account.state, account.nextSyncAt, account.tokenExpiresAt], ['disconnected', null, null]);
    assert.deepEqual(await database.admin('select * from account_token where account_id = $1', [accountId]), []);
    assert.deepEqual(await lastEvent(accountId), { action: 'account:disconnect', metadata: { revoked: true } });
    const provider = owner.providers.get(network);
    const [row] = await database.admin('select external_id from account where id = $1', [accountId]);
    const call = { tokens, externalId: String(row?.['external_id']), signal };
    await assert.rejects(async () => provider?.readProfile(call), { name: 'ProviderError' }, 'the network does not take the old token any more');
    await assert.rejects(async () => provider?.refresh?.(call), { name: 'ProviderError' });
    await assert.rejects(callNetwork(owner, accountId, (one, given) => one.readProfile(given), signal), { kind: 'revoked' });
    await assert.rejects(disconnectFromNetwork(owner, accountId), { code: 'conflict' });
  });
}

test('when the network cannot be reached, the tokens are erased all the same, and the event says that it was not told', async () => {
  const accountId = await harness.connectX();
  x.faults.failNext(20, 503, '/2/oauth2/revoke');
  await disconnectFromNetwork(owner, accountId);
  x.faults.reset();
  assert.deepEqual(await database.admin('select * from account_token where account_id = $1', [accountId]), []);
  assert.deepEqual(await lastEvent(accountId), { action: 'account:disconnect', metadata: { revoked: false } });
});

test('nobody disconnects an account of another workspace, nor without the role', async () => {
  const accountId = await harness.connectX();
  await assert.rejects(disconnectFromNetwork(stranger, accountId), { code: 'not-found' });
  await assert.rejects(disconnectFromNetwork({ ...owner, role: 'analyst' }, accountId), { code: 'not-allowed' });
  assert.equal((await callNetwork(owner, accountId, (provider, call) => provider.readProfile(call), signal)).handle.length > 0, true);
});
