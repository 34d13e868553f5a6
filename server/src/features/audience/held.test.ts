// What people see of scans that went wrong: their order, the days that they leave unmeasured, and what releasing one does.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { dayOf } from '../../platform/zoned-days.ts';
import { createHarness } from '../testing/harness.ts';
import { acceptHeldScan, readScans } from './service.ts';
import { readAudienceSummary } from './summary.ts';
import { syncAccount } from './sync.ts';

const dayMs = 86_400_000;
const harness = await createHarness();
const { clock, owner, worker, database } = harness;
const { world, faults } = harness.simulator('x');
world.freeze(true);
const small = world.accounts[2];
assert.ok(small !== undefined);
const accountId = await harness.connectX(small.handle);
const neighbour = await harness.connectX(world.accounts[1]?.handle);
const workspaceId = owner.workspace.id;

afterEach(() => faults.reset());

function sync(id = accountId): Promise<void> {
  return syncAccount(worker, { accountId: id, kind: 'full', signal: new AbortController().signal, isLastAttempt: true });
}

async function scans() {
  return (await readScans(owner, { params: { workspaceId, accountId }, query: {} })).scans;
}

async function gapDays(account?: string): Promise<string[]> {
  return (await readAudienceSummary(owner, { range: '30d', ...(account === undefined ? {} : { account }) })).gaps.map(({ day }) => day);
}

function today(): string {
  return dayOf(clock.now(), owner.workspace.timeZone);
}

test('scans of one millisecond are listed in the order in which they were made, newest first', async () => {
  const newest: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    await sync();
    newest.unshift((await scans())[0]?.id ?? '');
  }
  assert.equal(new Set(newest).size, 6, 'each was the newest in its turn');
  assert.deepEqual((await scans()).map(({ id }) => id), newest);
});

test('a day counts as unmeasured while its only list is in doubt, and no more once a whole one was read that day', async () => {
  clock.advance(dayMs);
  faults.hideFollowers(true);
  await sync();
  assert.equal((await scans())[0]?.state, 'held');
  assert.deepEqual(await gapDays(accountId), [today()]);
  faults.reset();
  await sync();
  assert.equal((await scans())[0]?.state, 'complete');
  assert.deepEqual(await gapDays(accountId), []);
});

test('a list in doubt after a whole one of the same day leaves no gap either', async () => {
  clock.advance(dayMs);
  await sync();
  faults.hideFollowers(true);
  await sync();
  assert.deepEqual(await gapDays(accountId), []);
});

test('over several accounts, a whole list of one does not stand in for another', async () => {
  clock.advance(dayMs);
  await sync(neighbour);
  faults.hideFollowers(true);
  await sync();
  assert.deepEqual(await gapDays(neighbour), []);
  assert.deepEqual(await gapDays(), [today()]);
});

test('a release that comes to nothing is not written down as one', async () => {
  clock.advance(dayMs);
  faults.hideFollowers(true);
  await sync();
  const [held] = await scans();
  assert.equal(held?.state, 'held');
  const events = () => database.admin(`select action from audit_event where metadata ->> 'scan' = $1 and action <> 'sync:start' order by xid, id`, [held?.id]);
  const before = await events();
  // A newer list has come into force, by an import say.
  await database.admin(`update audience_head set at = at + interval '30 days' where account_id = $1`, [accountId]);
  await assert.rejects(acceptHeldScan(owner, { workspaceId, accountId, scanId: held?.id ?? '' }), { code: 'conflict' });
  await database.admin(`update audience_head set at = at - interval '30 days' where account_id = $1`, [accountId]);
  // The finish breaks down half-way.
  await database.admin(`create function fail() returns trigger language plpgsql as $body$ begin raise exception 'broken down'; end $body$`);
  await database.admin('create trigger fail before insert on follower_change for each row execute function fail()');
  await assert.rejects(acceptHeldScan(owner, { workspaceId, accountId, scanId: held?.id ?? '' }), /broken down/);
  await database.admin('drop trigger fail on follower_change');
  assert.deepEqual(await events(), before);
  await acceptHeldScan(owner, { workspaceId, accountId, scanId: held?.id ?? '' });
  assert.deepEqual((await events()).slice(before.length).map(({ action }) => action), ['sync:release', 'sync:complete']);
});

test('a list that is read while the clock is more than an hour behind the list in force is refused and changes nothing', async () => {
  clock.advance(dayMs);
  await sync();
  const audience = () => database.admin('select scan_id, at, gained, lost, followers from audience_head where account_id = $1', [accountId]);
  const before = await audience();
  world.follow(small.id);
  clock.advance(-2 * 3600_000);
  await assert.rejects(sync(), { code: 'conflict', message: /clock of this server went back/ });
  assert.deepEqual(await audience(), before);
  assert.equal((await scans()).some(({ state }) => state === 'running'), false, 'nothing stays open to be taken for a later list');
  clock.advance(90 * 60_000);
  await sync();
  const [now] = await audience();
  assert.equal(Number(now?.['gained']), Number(before[0]?.['gained']) + 1);
});
