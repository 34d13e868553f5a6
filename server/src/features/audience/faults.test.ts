import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { createHarness } from '../testing/harness.ts';
import { readChanges } from './lists.ts';
import { acceptHeldScan, discardHeldScan, readScans } from './service.ts';
import { syncAccount } from './sync.ts';

const dayMs = 86_400_000;
const harness = await createHarness();
const { clock, owner, worker, database } = harness;
const simulator = harness.simulator('x');
const { world, faults } = simulator;
world.freeze(true);
// About 4,800 followers: five pages.
const large = world.accounts[0]?.id ?? '';
const followersPath = `/2/users/${large}/followers`;
const accountId = await harness.connectX('heronandpine');
const workspaceId = owner.workspace.id;

afterEach(() => faults.reset());

function sync(isLastAttempt: boolean): Promise<void> {
  return syncAccount(worker, { accountId, kind: 'full', signal: new AbortController().signal, isLastAttempt });
}

async function scans() {
  return (await readScans(owner, { params: { workspaceId, accountId }, query: {} })).scans;
}

async function lastScan() {
  const [scan] = await scans();
  assert.ok(scan !== undefined);
  return scan;
}

function pagesRead(): number {
  return simulator.counts()['users.followers'] ?? 0;
}

async function leavers(): Promise<string[]> {
  return (await readChanges(owner, { account: accountId, change: 'lost', limit: 500 })).changes.map(({ person }) => person.key);
}

async function waitingJobs(): Promise<Record<string, unknown>[]> {
  return database.admin(`select start_after > now() as later from pgboss.job where name = 'audience.sync' and state = 'created'`);
}

async function hasCursorMoved(): Promise<number> {
  const [row] = await database.admin(`select pages from scan where account_id = $1 and state = 'running'`, [accountId]);
  return Number(row?.['pages'] ?? -1);
}

/** The page after next fails: the one before it is stored. */
async function cutAfterPages(pages: number, cut: () => void): Promise<void> {
  const original = worker.providers.get('x');
  assert.ok(original?.listFollowers !== undefined);
  const { listFollowers } = original;
  let read = 0;
  const provider: typeof original = { ...original, listFollowers: (call, cursor) => {
    if (read === pages) cut();
    read += 1;
    return listFollowers(call, cursor);
  } };
  const providers = { ...worker.providers, get: (id: string) => (id === 'x' ? provider : worker.providers.get(id)) };
  await syncAccount({ ...worker, providers }, { accountId, kind: 'full', signal: new AbortController().signal, isLastAttempt: false });
}

const cuts: readonly (readonly [string, () => void])[] = [
  ['a dropped connection', () => faults.dropNext(1, followersPath)],
  ['a garbled page', () => faults.garbleNext(1, followersPath)],
  ['an answer lost on the way', () => faults.loseNext(1, followersPath)],
  ['an error of the network', () => faults.failNext(1, 503, followersPath)],
];

for (const [name, cut] of cuts) {
  test(`a scan cut by ${name} stays open and goes on at the page that was not stored`, async () => {
    clock.advance(dayMs);
    const before = pagesRead();
    await assert.rejects(cutAfterPages(2, cut), { name: 'ProviderError' });
    assert.equal(await hasCursorMoved(), 2);
    assert.deepEqual(await leavers(), []);
    await sync(false);
    const scan = await lastScan();
    assert.deepEqual([scan.state, scan.pages, scan.received, scan.lost], ['complete', 5, world.followersOf(large).length, 0]);
    // Five pages and the one that failed: none was read twice.
    assert.ok(pagesRead() - before <= 6, String(pagesRead() - before));
  });
}

test('a scan cut by the rate limit stays open, is put off until the network allows it, and reads no page twice', async () => {
  clock.advance(dayMs);
  const before = pagesRead();
  await cutAfterPages(3, () => faults.rateLimitNext(1, followersPath));
  assert.equal(await hasCursorMoved(), 3);
  assert.equal((await waitingJobs()).length, 1);
  clock.advance(16 * 60_000);
  await sync(false);
  const scan = await lastScan();
  assert.deepEqual([scan.state, scan.pages, scan.gained, scan.lost], ['complete', 5, 0, 0]);
  assert.equal(pagesRead() - before, 6);
});

test('a scan cut for good counts newcomers and no leaver; the next whole one finds the leaver', async () => {
  clock.advance(dayMs);
  const old = world.followersOf(large).at(-1)?.id ?? '';
  world.unfollow(large, old);
  const comer = world.follow(large);
  faults.failNext(50, 503, followersPath);
  await assert.rejects(sync(true), { kind: 'retryable' });
  assert.equal((await lastScan()).state, 'failed');
  faults.reset();
  clock.advance(dayMs);
  await assert.rejects(cutAfterPages(1, () => faults.failNext(50, 503, followersPath)), { kind: 'retryable' });
  await assert.rejects(sync(true), { kind: 'retryable' });
  const partial = await lastScan();
  assert.deepEqual([partial.state, partial.gained, partial.lost], ['partial', 1, 0]);
  assert.deepEqual(await leavers(), []);
  faults.reset();
  clock.advance(dayMs);
  await sync(false);
  const whole = await lastScan();
  assert.deepEqual([whole.state, whole.gained, whole.lost], ['complete', 0, 1]);
  assert.deepEqual(await leavers(), [old]);
  assert.equal((await readChanges(owner, { account: accountId, change: 'gained' })).changes[0]?.person.key, comer.id);
});

const lies: readonly (readonly [string, () => void])[] = [
  ['ends early and looks complete', () => faults.truncateFollowersAt(3000)],
  ['is hidden and looks empty', () => faults.hideFollowers(true)],
  ['is shorter than the network says', () => faults.skewCount(400)],
];

for (const [name, lie] of lies) {
  test(`a list that ${name} is held however often it repeats, and makes no leaver`, async () => {
    const before = await leavers();
    for (let time = 0; time < 3; time += 1) {
      clock.advance(dayMs);
      lie();
      await sync(true);
      const scan = await lastScan();
      assert.equal(scan.state, 'held', JSON.stringify({ time, scan }));
      assert.match(scan.reason ?? '', /are missing/);
      assert.deepEqual(await leavers(), before);
    }
    assert.equal((await scans()).filter(({ state }) => state === 'held').length, 1);
    faults.reset();
    clock.advance(dayMs);
    await sync(true);
    assert.deepEqual([(await lastScan()).state, (await lastScan()).lost], ['complete', 0]);
    assert.equal((await scans()).filter(({ state }) => state === 'held').length, 0);
  });
}

test('a list cut off within the tolerance makes no leaver, however often; a real one shows when the count bears it out', async () => {
  const before = await leavers();
  const listed = world.followersOf(large).length;
  faults.truncateFollowersAt(listed - 20);
  for (let round = 0; round < 3; round += 1) {
    clock.advance(dayMs);
    await sync(true);
    const scan = await lastScan();
    assert.deepEqual([scan.state, scan.lost, scan.followers], ['complete', 0, listed]);
  }
  assert.deepEqual(await leavers(), before);
  faults.reset();
  const real = world.followersOf(large).at(-1)?.id ?? '';
  world.unfollow(large, real);
  clock.advance(dayMs);
  await sync(true);
  assert.deepEqual((await leavers()).filter((key) => !before.includes(key)), [real]);
});

test('a held scan can be thrown away by a person, which changes nothing', async () => {
  const before = await leavers();
  clock.advance(dayMs);
  faults.truncateFollowersAt(3000);
  await sync(true);
  const held = await lastScan();
  await discardHeldScan(owner, { workspaceId, accountId, scanId: held.id });
  assert.equal((await lastScan()).state, 'discarded');
  assert.deepEqual(await leavers(), before);
  await assert.rejects(acceptHeldScan(owner, { workspaceId, accountId, scanId: held.id }), { code: 'conflict' });
});

test('when a third really leaves, the first list is held and a second that agrees is believed', async () => {
  const before = new Set(await leavers());
  clock.advance(dayMs);
  const gone = world.followersOf(large).slice(0, 1500).map(({ id }) => id);
  for (const id of gone) world.unfollow(large, id);
  await sync(true);
  assert.equal((await lastScan()).state, 'held');
  assert.equal((await lastScan()).lost, 1500);
  assert.deepEqual(new Set(await leavers()), before);
  clock.advance(dayMs);
  await sync(true);
  assert.deepEqual([(await lastScan()).state, (await lastScan()).lost], ['complete', 1500]);
});

test('a held scan that a person releases counts, once, with its audit event', async () => {
  clock.advance(dayMs);
  for (const { id } of world.followersOf(large).slice(0, 1000)) world.unfollow(large, id);
  await sync(true);
  const held = await lastScan();
  assert.equal(held.state, 'held');
  const { scan } = await acceptHeldScan(owner, { workspaceId, accountId, scanId: held.id });
  assert.deepEqual([scan.state, scan.lost], ['complete', 1000]);
  await assert.rejects(acceptHeldScan(owner, { workspaceId, accountId, scanId: held.id }), { code: 'conflict' });
  const events = await database.admin(`select count(*)::int as n from audit_event where action = 'sync:release'`);
  assert.deepEqual(events, [{ n: 1 }]);
});

test('when the network revokes the access, the scan ends without a leaver and the account asks to be reconnected', async () => {
  const before = await leavers();
  clock.advance(dayMs);
  faults.revokeGrants();
  await sync(false);
  const [row] = await database.admin('select state, next_sync_at from account where id = $1', [accountId]);
  assert.deepEqual(row, { state: 'reconnect', next_sync_at: null });
  assert.deepEqual(await leavers(), before);
});
