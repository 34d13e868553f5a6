// Renewing a grant: one at a time, with no database connection held, and what happens when it goes wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError, type Provider, type ProviderCall, type TokenSet } from '../../providers/provider.ts';
import { hasUsers } from '../auth/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { readDashboard } from '../dashboard/service.ts';
import { connectByConsent, createHarness } from '../testing/harness.ts';
import { callNetwork, storeGrant } from './grants.ts';
import { createProviderMemory } from './memory.ts';

const harness = await createHarness();
const { clock, database, owner, services } = harness;
const { world, faults } = harness.simulator('x');
const signal = new AbortController().signal;
const readProfile = (provider: Provider, call: ProviderCall) => provider.readProfile(call);
const required = owner.providers.get('x');
assert.ok(required?.refresh !== undefined);
const original: Provider = required;
const refreshAtX: NonNullable<Provider['refresh']> = required.refresh;

/** The owner's context with something else in place of parts of the network's provider. */
function withProvider(change: Partial<Provider>): WorkspaceContext {
  const provider: Provider = { ...original, ...change };
  return { ...owner, providers: { ...owner.providers, get: (id) => (id === 'x' ? provider : owner.providers.get(id)) } };
}

async function stateOf(accountId: string): Promise<unknown> {
  return (await database.admin('select state from account where id = $1', [accountId]))[0]?.['state'];
}

function createGate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const accountId = await harness.connectX(world.accounts[0]?.handle);
const neighbour = await harness.connectX(world.accounts[1]?.handle);

test('thirty calls wait for one refresh and hold no connection: the provider reaches its memory, and others are served', async () => {
  clock.advance(3 * 3600_000);
  const memory = createProviderMemory('x', { database: database.app, keyring: services.keyring, clock });
  const [asked, answered] = [createGate(), createGate()];
  let refreshes = 0;
  const ctx = withProvider({ refresh: async (call) => {
    refreshes += 1;
    asked.open();
    await answered.opened;
    await memory.set('client', 'kept');
    assert.equal(await memory.get('client'), 'kept');
    return refreshAtX(call);
  } });
  const calls = Promise.all(Array.from({ length: 30 }, () => callNetwork(ctx, accountId, readProfile, signal)));
  await asked.opened;
  assert.equal(await database.app.withScope({}, hasUsers), true);
  const [held] = await database.admin(`select count(*)::int as n from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`);
  assert.ok(Number(held?.['n']) < 8, 'the pool is not used up by those who wait');
  answered.open();
  for (const profile of await calls) assert.equal(profile.externalId, world.accounts[0]?.id);
  assert.equal(refreshes, 1);
  const [row] = await database.admin('select refreshing_until from account_token where account_id = $1', [accountId]);
  assert.equal(row?.['refreshing_until'], null);
});

test('while another process has the turn, nobody else refreshes; when it gives the turn back, somebody does', async () => {
  clock.advance(3 * 3600_000);
  await database.admin(`update account_token set refreshing_by = gen_random_uuid(), refreshing_until = now() + interval '1 hour' where account_id = $1`, [accountId]);
  const before = harness.simulator('x').counts()['token.refresh_token'] ?? 0;
  const aborted = new AbortController();
  aborted.abort();
  await assert.rejects(callNetwork(owner, accountId, readProfile, aborted.signal), { kind: 'retryable' });
  const call = callNetwork(owner, accountId, readProfile, signal);
  await callNetwork(owner, neighbour, readProfile, signal);
  assert.equal((harness.simulator('x').counts()['token.refresh_token'] ?? 0) - before, 1, 'the neighbour\'s alone');
  await database.admin(`update account_token set refreshing_until = null where account_id = $1`, [accountId]);
  assert.equal((await call).externalId, world.accounts[0]?.id);
  assert.equal((harness.simulator('x').counts()['token.refresh_token'] ?? 0) - before, 2);
});

test('a process that died in the middle of a refresh holds nobody up for longer than its lease', async () => {
  clock.advance(3 * 3600_000);
  await database.admin(`update account_token set refreshing_by = gen_random_uuid(), refreshing_until = now() - interval '1 ms' where account_id = $1`, [accountId]);
  assert.equal((await callNetwork(owner, accountId, readProfile, signal)).externalId, world.accounts[0]?.id);
});

test('a refresh that failed for now gives its turn back at once', async () => {
  clock.advance(3 * 3600_000);
  const ctx = withProvider({ refresh: () => Promise.reject(new ProviderError('retryable', 'later')) });
  await assert.rejects(callNetwork(ctx, accountId, readProfile, signal), { kind: 'retryable' });
  assert.equal(await stateOf(accountId), 'connected');
  assert.equal((await callNetwork(owner, accountId, readProfile, signal)).externalId, world.accounts[0]?.id);
});

test('when a person connects anew during a refresh, what they brought stays', async () => {
  clock.advance(3 * 3600_000);
  let fresh: TokenSet | null = null;
  const ctx = withProvider({ refresh: async (call) => {
    fresh = { ...(await refreshAtX(call)), scopes: call.tokens.scopes };
    const brought = fresh;
    await owner.transaction((db) => storeGrant(db, owner, accountId, brought));
    return { ...brought, accessToken: 'older-than-what-is-stored' };
  } });
  const used = await callNetwork(ctx, accountId, async (_provider, call) => call.tokens.accessToken, signal);
  assert.notEqual(fresh, null);
  assert.notEqual(used, 'older-than-what-is-stored');
  assert.equal(await callNetwork(owner, accountId, async (_provider, call) => call.tokens.accessToken, signal), used);
});

test('a refresh that is refused because another was faster is no loss of access', async () => {
  clock.advance(3 * 3600_000);
  const ctx = withProvider({ refresh: async (call) => {
    const tokens = await refreshAtX(call);
    await owner.transaction((db) => storeGrant(db, owner, accountId, tokens));
    throw new ProviderError('revoked', 'this refresh token was used already');
  } });
  assert.equal((await callNetwork(ctx, accountId, readProfile, signal)).externalId, world.accounts[0]?.id);
  assert.equal(await stateOf(accountId), 'connected');
});

test('access that is revoked between a refresh and the repeated call turns the account to "reconnect"', async () => {
  clock.advance(3 * 3600_000);
  const kinds: ('expired' | 'revoked')[] = ['expired', 'revoked'];
  await assert.rejects(
    callNetwork(owner, accountId, () => Promise.reject(new ProviderError(kinds.shift() ?? 'garbled', 'from the network')), signal), { kind: 'revoked' },
  );
  assert.deepEqual(kinds, []);
  assert.equal(await stateOf(accountId), 'reconnect');
});

test('the dashboard says since when an account has to be reconnected', async () => {
  const lostAt = clock.now().toISOString();
  clock.advance(5 * 86_400_000);
  const { attention } = await readDashboard(owner, {});
  assert.deepEqual(attention.filter(({ kind }) => kind === 'reconnect').map(({ accountId: id, at }) => [id, at]), [[accountId, lostAt]]);
  await database.admin(`update account set scopes_granted = '{users.read}' where id = $1`, [neighbour]);
  const [account] = await database.admin('select state_at, connected_at from account where id = $1', [neighbour]);
  const missing = (await readDashboard(owner, {})).attention.filter(({ kind }) => kind === 'scopes-missing');
  assert.deepEqual(missing.map(({ accountId: id, at }) => [id, at]), [[neighbour, account?.['state_at'] instanceof Date ? account['state_at'].toISOString() : '']]);
  await connectByConsent(owner, { network: 'x', account: world.accounts[1]?.handle ?? '', accountId: neighbour });
  const [again] = await database.admin('select state_at, connected_at from account where id = $1', [neighbour]);
  assert.deepEqual(again, { state_at: clock.now(), connected_at: account?.['connected_at'] });
});

test('a grant that cannot be decrypted when a waiting call takes it over asks for a reconnection of that account alone', async () => {
  await connectByConsent(owner, { network: 'x', account: world.accounts[0]?.handle ?? '', accountId });
  faults.expireTokens();
  let isFirst = true;
  const call = callNetwork(owner, accountId, async (provider, given) => {
    if (isFirst) {
      isFirst = false;
      // Another process has stored something that this one cannot read.
      await database.admin(`update account_token set version = version + 1, token_enc = 'gAAAAA' || token_enc where account_id = $1`, [accountId]);
    }
    return provider.readProfile(given);
  }, signal);
  await assert.rejects(call, { kind: 'revoked', message: 'The stored access could not be decrypted.' });
  assert.equal(await stateOf(accountId), 'reconnect');
  assert.equal(await stateOf(neighbour), 'connected');
  assert.equal((await callNetwork(owner, neighbour, readProfile, signal)).externalId, world.accounts[1]?.id);
});
