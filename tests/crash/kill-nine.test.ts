// What this proves: a worker that is killed with SIGKILL at any point of a follower sync, by the network's requests and by what
// the database is asked to do, leaves a state from which the next worker brings the ledger to exactly the network's truth. No
// leaver who did not leave, no change lost or counted twice, no scan or job left over, one audit event per scan. Nothing in the
// product knows of it: a gate in front of the simulated network holds requests, triggers hold database sessions, the test kills.
// What it does not prove: loss of power under the database (PostgreSQL's own promise).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enqueueDueSyncs } from '../../server/src/features/audience/index.ts';
import { openSystemContext } from '../../server/src/features/workspaces/index.ts';
import { setScene } from './scene.ts';
import { installStops, poll, type Stop } from './stops.ts';

/** `ROOKERY_CRASH_KILLS=50 npm test -- tests/crash` is the long form: every point, and so many kills at random moments. */
const killsAsked = process.env['ROOKERY_CRASH_KILLS'];
const isLong = killsAsked !== undefined;
const randomKills = Number(killsAsked ?? 2);
const pageMoments = [[2, 'answered'], [1, 'asked'], [4, 'asked'], [5, 'answered']] as const;
const followerPages = /^\/2\/users\/[^/]+\/followers/;
const person = /^\/2\/users\/\d+\?/;

const scene = await setScene();
const { harness, gate, crew } = scene;
const { clock, database, services } = harness;
const { faults } = harness.simulator('x');

const completes = `new.state = 'complete'`;
const stops: readonly Stop[] = [
  { name: 'the cursor has moved on, the third page is not stored', when: 'before', change: 'insert', table: 'scan_page', nth: 3 },
  { name: 'the list is closed, the certificate is not made', when: 'before', change: 'insert', table: 'audience_head' },
  { name: 'the certificate is made, the missing are not noted', when: 'before', change: 'insert', table: 'follower_missed', nth: 2 },
  { name: 'all are looked up, the finish is about to begin', when: 'before', change: 'insert', table: 'audience_head', nth: 2 },
  { name: 'some newcomers are written', when: 'after', change: 'insert', table: 'follower_change', condition: 'new.direction = 1', nth: 2 },
  { name: 'the new list is in force', when: 'after', change: 'update', table: 'audience_head' },
  { name: 'the old list is half dropped', when: 'before', change: 'delete', table: 'scan_page', nth: 3 },
  { name: 'the change set is committed, the next sync is not set', when: 'before', change: 'update', table: 'account',
    condition: 'new.next_sync_at is distinct from old.next_sync_at' },
];
/** Close to others above, so for the long form alone. */
const furtherStops: readonly Stop[] = [
  { name: 'the scan is about to begin', when: 'before', change: 'insert', table: 'scan' },
  { name: 'what became of a missing person is not stored', when: 'before', change: 'update', table: 'follower_missed', nth: 2 },
  { name: 'some leavers are written', when: 'before', change: 'insert', table: 'follower_change', condition: 'new.direction = -1', nth: 3 },
  { name: 'the scan is ended', when: 'after', change: 'update', table: 'scan', condition: completes },
  { name: 'the audit event is about to be written', when: 'before', change: 'insert', table: 'audit_event', condition: `new.action = 'sync:complete'` },
];
const committing: Stop = { name: 'the commit is under way', when: 'commit', change: 'update', table: 'scan', condition: completes };
const marking: Stop = { name: 'all is done, the job is not marked so', when: 'before', change: 'update', table: 'pgboss.job', condition: `new.state = 'completed'` };
const holding: Stop = { name: 'a scan is being held', when: 'after', change: 'update', table: 'scan', condition: `new.state = 'held'` };
const refreshing: Stop = { name: 'a new grant is about to be stored', when: 'before', change: 'update', table: 'account_token', condition: 'new.version > old.version' };
const installed = await installStops(database, [...stops, ...furtherStops, committing, marking, holding, refreshing]);

async function scanStates(): Promise<string[]> {
  return (await scene.rows('select state from scan where account_id = $1 order by started_at, id')).map(({ state }) => String(state));
}

test('without a kill, the first list is where we begin', async () => {
  await scene.askForSync();
  await scene.settle();
  await scene.requireTruth();
});

for (const stop of [...stops, ...(isLong ? furtherStops : [])]) {
  test(`killed where ${stop.name}: the next worker brings the ledger to the truth`, async () => {
    await installed.arm(stop);
    await scene.beginRound();
    await installed.reached();
    await scene.replaceWorker(() => installed.disarm('release'));
    await scene.settle();
    await scene.requireTruth();
  });
}

test(`killed where ${marking.name}: the next worker syncs once more and finds nothing new`, async () => {
  const before = (await scanStates()).length;
  await installed.arm(marking);
  await scene.beginRound();
  await installed.reached();
  // Released, the session would mark the job as done after all.
  await scene.replaceWorker(() => installed.disarm('terminate'));
  await scene.settle();
  await scene.requireTruth();
  assert.deepEqual((await scanStates()).slice(before), ['complete', 'complete']);
});

for (const end of ['release', 'terminate'] as const) {
  test(`killed while the commit is under way, and the server ${end === 'release' ? 'carries it out' : 'drops it'}: every change counts once`, async () => {
    await installed.arm(committing);
    await scene.beginRound();
    await installed.reached();
    await scene.replaceWorker(() => installed.disarm(end));
    await scene.settle();
    await scene.requireTruth();
  });
}

test('killed while the commit is under way, which ends only after the next worker has begun: every change counts once', async () => {
  await installed.arm(committing);
  await scene.beginRound();
  await installed.reached();
  const before = harness.simulator('x').counts()['users.me'] ?? 0;
  await scene.replaceWorker();
  await poll('the next worker did not begin', async () => (harness.simulator('x').counts()['users.me'] ?? 0) > before);
  await installed.disarm('release');
  await scene.settle();
  await scene.requireTruth();
});

for (const [page, moment] of pageMoments.slice(0, isLong ? undefined : 1)) {
  test(`killed when page ${page} is ${moment}, with a second sync asked for meanwhile: no stored page is read again`, async () => {
    const counted = (): number => harness.simulator('x').counts()['users.followers'] ?? 0;
    const before = counted();
    const held = gate.hold(followerPages, moment, page);
    await scene.beginRound();
    await held;
    await scene.askForSync();
    await scene.replaceWorker(async () => gate.open());
    await scene.settle();
    await scene.requireTruth();
    // Five pages for each of the two syncs, and the one whose answer was lost.
    assert.ok(counted() - before <= 11, String(counted() - before));
  });
}

test('killed while a missing person is looked up: the truth', async () => {
  const held = gate.hold(person, 'answered', 2);
  await scene.beginRound();
  await held;
  await scene.replaceWorker(async () => gate.open());
  await scene.settle();
  await scene.requireTruth();
});

test('killed at random moments again and again: the truth', async (t) => {
  let kills = 0;
  while (kills < randomKills) {
    await scene.beginRound();
    for (let inRound = 0; inRound < 3 && kills < randomKills; inRound += 1) {
      const delayMs = Math.floor(Math.random() * 500);
      t.diagnostic(`kill ${kills + 1} after ${delayMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await scene.replaceWorker();
      kills += 1;
    }
    await scene.settle();
    await scene.requireTruth();
  }
});

test('killed at every try: the job gives up, the scan stays, and the schedule goes on with it where it stood', async () => {
  await scene.beginRound();
  await database.admin(`update pgboss.job set retry_limit = 1 where name = 'audience.sync' and state < 'completed'`);
  for (const _try of [1, 2]) {
    await gate.hold(followerPages, 'asked', 2);
    await scene.replaceWorker(async () => gate.open());
  }
  await scene.settle();
  assert.deepEqual(await scene.rows(`select state, pages from scan where account_id = $1 and state = 'running'`), [{ state: 'running', pages: 2 }]);
  clock.advance(14 * 3600_000);
  crew.moveClock(clock.now());
  const due = await enqueueDueSyncs({ ...services, database: database.worker }, (id) => openSystemContext({ ...services, database: database.worker }, id, 'scheduler'));
  assert.equal(due, 1);
  await scene.settle();
  await scene.requireTruth();
});

test('killed in the middle of a list that the network cuts off: held, nobody left; the next whole list tells the truth', async () => {
  faults.truncateFollowersAt(2500);
  const held = gate.hold(followerPages, 'asked', 2);
  await scene.beginRound();
  await held;
  await scene.replaceWorker(async () => gate.open());
  await scene.settle();
  await requireHeldAlone();
});

test('killed in the middle of a whole list that is cut off for the next worker: held, nobody left; then the truth', async () => {
  const held = gate.hold(followerPages, 'asked', 2);
  await scene.beginRound();
  await held;
  faults.truncateFollowersAt(2500);
  await scene.replaceWorker(async () => gate.open());
  await scene.settle();
  await requireHeldAlone();
});

test('killed while a cut-off list is being held: it is held once, nobody left; then the truth', async () => {
  faults.truncateFollowersAt(2500);
  await installed.arm(holding);
  await scene.beginRound();
  await installed.reached();
  await scene.replaceWorker(() => installed.disarm('release'));
  await scene.settle();
  await requireHeldAlone();
});

/** The scan in doubt has changed nothing; the network comes to its senses, and the next sync finds all of it. */
async function requireHeldAlone(): Promise<void> {
  assert.equal((await scanStates()).at(-1), 'held');
  assert.equal((await scanStates()).filter((state) => state === 'held' || state === 'running').length, 1);
  const [scan] = await scene.rows(`select s.id, (select count(*)::int from follower_change c where c.scan_id = s.id) as changes
    from scan s where account_id = $1 and state = 'held'`);
  assert.equal(scan?.['changes'], 0);
  faults.reset();
  clock.advance(3600_000);
  crew.moveClock(clock.now());
  await scene.askForSync();
  await scene.settle();
  await scene.requireTruth();
}

test('killed between the network\'s new grant and its storing: the account asks to be reconnected, and then goes on to the truth', async () => {
  await installed.arm(refreshing);
  await scene.beginRound();
  await installed.reached();
  await scene.replaceWorker(() => installed.disarm('release'));
  await scene.settle();
  assert.deepEqual(await scene.rows('select state, next_sync_at from account where id = $1'), [{ state: 'reconnect', next_sync_at: null }]);
  assert.equal(await harness.connectX('heronandpine'), scene.accountId);
  await scene.askForSync();
  await scene.settle();
  await scene.requireTruth();
});
