import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimulatedPerson } from '../../providers/simulation/world.ts';
import { callNetwork } from '../accounts/index.ts';
import { createHarness } from '../testing/harness.ts';
import { readChanges, readFollowers, readPerson } from './lists.ts';
import { readScans } from './service.ts';
import { syncAccount } from './sync.ts';

const dayMs = 86_400_000;
const harness = await createHarness();
const { clock, owner, stranger, worker, database } = harness;
const simulator = harness.simulator('x');
const { world } = simulator;
world.freeze(true);
const account = at(world.accounts, 2);
const accountId = await harness.connectX(account.handle);
const signal = new AbortController().signal;

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items.at(index);
  if (item === undefined) throw new Error(`there is no item ${index}`);
  return item;
}

function sync(id = accountId): Promise<void> {
  return syncAccount(worker, { accountId: id, kind: 'full', signal, isLastAttempt: true });
}

async function lastScan() {
  return at((await readScans(owner, { params: { workspaceId: owner.workspace.id, accountId }, query: {} })).scans, 0);
}

async function newChanges(): Promise<string[]> {
  const { changes } = await readChanges(owner, { account: accountId, limit: 100 });
  const newest = at(changes, 0).at;
  return changes.filter((change) => change.at === newest).map((change) => `${change.kind} ${change.person.key}`).sort();
}

async function auditActions(): Promise<string[]> {
  const rows = await database.admin(`select action from audit_event where workspace_id = $1 order by xid, id`, [owner.workspace.id]);
  return rows.map((row) => String(row['action']));
}

let leaver: SimulatedPerson;
let hidden: SimulatedPerson;

test('the first list is where we begin: everybody is listed and nobody came', async () => {
  await sync();
  const scan = await lastScan();
  assert.deepEqual([scan.state, scan.gained, scan.lost, scan.followers], ['complete', 0, 0, world.followersOf(account.id).length]);
  assert.deepEqual((await readChanges(owner, { account: accountId })).changes, []);
  const listed = await readFollowers(owner, { account: accountId, limit: 500 });
  assert.deepEqual(listed.followers.map(({ person }) => person.key), world.followersOf(account.id).map(({ id }) => id));
  assert.equal(listed.total, world.followersOf(account.id).length);
});

test('connecting and syncing leave their audit events', async () => {
  assert.deepEqual((await auditActions()).filter((action) => action !== 'workspace:create'), [
    'oauth:start', 'oauth:connect', 'metrics:record', 'sync:start', 'sync:complete',
  ]);
});

test('the next list tells exactly who came and who left, and suspended and deactivated people apart', async () => {
  const people = world.followersOf(account.id);
  leaver = at(people, 3);
  hidden = at(people, 5);
  const gone = at(people, 7);
  clock.advance(dayMs);
  const comer = world.follow(account.id);
  world.unfollow(account.id, leaver.id);
  world.setState(hidden.id, 'suspended');
  world.setState(gone.id, 'deactivated');
  await sync();
  // X answers for a deactivated person as for one who never was: "not found".
  const status = (await newChanges()).find((line) => line.endsWith(gone.id))?.split(' ')[0] ?? '';
  assert.ok(['deactivated', 'lost'].includes(status), status);
  assert.deepEqual(await newChanges(), [`gained ${comer.id}`, `lost ${leaver.id}`, `suspended ${hidden.id}`, `${status} ${gone.id}`].sort());
  const scan = await lastScan();
  assert.deepEqual([scan.state, scan.gained, scan.lost, scan.followers], ['complete', 1, 3, world.followersOf(account.id).length]);
});

test('a change is dated between the two lists that show it', async () => {
  const { changes } = await readChanges(owner, { account: accountId });
  for (const change of changes) assert.deepEqual([change.at, change.since], [clock.now().toISOString(), new Date(clock.now().getTime() - dayMs).toISOString()]);
});

test('who comes back is "returned", not "gained"', async () => {
  clock.advance(dayMs);
  world.follow(account.id, leaver.id);
  world.setState(hidden.id, 'active');
  await sync();
  assert.deepEqual(await newChanges(), [`returned ${leaver.id}`, `returned ${hidden.id}`].sort());
  const person = await readPerson(owner, { workspaceId: owner.workspace.id, accountId, personKey: leaver.id });
  assert.deepEqual(person.history.map(({ kind }) => kind), ['returned', 'lost']);
  assert.equal(person.following, true);
});

test('a renamed follower keeps the key, shows the new handle and neither left nor came', async () => {
  clock.advance(dayMs);
  const renamed = at(world.followersOf(account.id), 9);
  world.rename(renamed.id, 'quite_new');
  await sync();
  const scan = await lastScan();
  assert.deepEqual([scan.state, scan.gained, scan.lost], ['complete', 0, 0]);
  const found = await readFollowers(owner, { account: accountId, q: 'quite_new' });
  assert.deepEqual(found.followers.map(({ person }) => [person.key, person.handle]), [[renamed.id, 'quite_new']]);
});

test('another workspace sees nothing of it: no list, no change, no person, no scan', async () => {
  assert.deepEqual((await readChanges(stranger, {})).changes, []);
  assert.equal((await readChanges(stranger, {})).total, 0);
  await assert.rejects(readFollowers(stranger, { account: accountId }), { code: 'not-found' });
  await assert.rejects(readPerson(stranger, { workspaceId: stranger.workspace.id, accountId, personKey: leaver.id }), { code: 'not-found' });
  await assert.rejects(readScans(stranger, { params: { workspaceId: stranger.workspace.id, accountId }, query: {} }), { code: 'not-found' });
  const foreign = { ...worker, workspace: stranger.workspace, transaction: stranger.transaction };
  await syncAccount(foreign, { accountId, kind: 'full', signal, isLastAttempt: true });
  assert.deepEqual(await database.admin('select id from scan where workspace_id = $1', [stranger.workspace.id]), []);
});

test('no table holds an access or refresh token in clear, nor in Base64 or hex', async () => {
  const tokens = await callNetwork(owner, accountId, async (_provider, call) => call.tokens, signal);
  assert.ok(tokens.refreshToken !== null);
  const needles = [tokens.accessToken, tokens.refreshToken].flatMap((token) =>
    [token, Buffer.from(token).toString('base64').replace(/=+$/, ''), Buffer.from(token).toString('hex')]);
  const tables = await database.admin(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('rookery', 'pgboss')`);
  assert.ok(tables.length > 20);
  let isAlive = false;
  for (const { name } of tables) {
    for (const { text } of await database.admin(`select t::text as text from ${String(name)} t`)) {
      isAlive ||= String(text).includes(account.handle);
      for (const needle of needles) assert.ok(!String(text).includes(needle), `${String(name)} holds a token`);
    }
  }
  assert.ok(isAlive, 'the search reads rows');
});

test('of ten calls with an expired token at once, one refreshes and all succeed', async () => {
  clock.advance(3 * 3600_000);
  const before = simulator.counts();
  const calls = Array.from({ length: 10 }, () => callNetwork(owner, accountId, (provider, call) => provider.readProfile(call), signal));
  for (const profile of await Promise.all(calls)) assert.equal(profile.externalId, account.id);
  const refreshes = (counts: Readonly<Record<string, number>>): number => counts['token.refresh_token'] ?? 0;
  assert.equal(refreshes(simulator.counts()) - refreshes(before), 1, JSON.stringify(simulator.counts()));
});

test('a token that the network ends early is refreshed once, and the call repeated', async () => {
  simulator.faults.expireTokens();
  const profile = await callNetwork(owner, accountId, (provider, call) => provider.readProfile(call), signal);
  assert.equal(profile.externalId, account.id);
});

test('token rows swapped between two accounts are refused, and each account asks to be reconnected; a third works on', async () => {
  const second = await harness.connectX(at(world.accounts, 1).handle);
  const third = await harness.connectX(at(world.accounts, 0).handle);
  await database.admin(`update account_token t set token_enc = o.token_enc, binding = o.binding from account_token o
    where t.account_id <> o.account_id and t.account_id = any ($1::uuid[]) and o.account_id = any ($1::uuid[])`, [[accountId, second]]);
  for (const id of [accountId, second]) {
    await assert.rejects(callNetwork(owner, id, (provider, call) => provider.readProfile(call), signal), { kind: 'revoked' });
  }
  await callNetwork(owner, third, (provider, call) => provider.readProfile(call), signal);
  const states = await database.admin('select id, state from account order by connected_at, id');
  assert.deepEqual(new Map(states.map((row) => [row['id'], row['state']])), new Map([[accountId, 'reconnect'], [second, 'reconnect'], [third, 'connected']]));
});
