import assert from 'node:assert/strict';
import { loadCurrentList } from '../../server/src/features/audience/index.ts';
import { requestSync } from '../../server/src/features/audience/service.ts';
import { createHarness, type Harness } from '../../server/src/features/testing/harness.ts';
import { createJobEngine } from '../../server/src/platform/jobs/engine.ts';
import { silentLogger } from '../../server/src/platform/observability/logger.ts';
import { startCrew, type Crew } from './crew.ts';
import { openGate, type Gate } from './gate.ts';
import { poll } from './stops.ts';

const dayMs = 86_400_000;

/** One account with a follower list of five pages, a worker process that syncs it, and what its list should tell. */
export interface Scene {
  readonly harness: Harness;
  readonly accountId: string;
  readonly gate: Gate;
  readonly crew: Crew;
  /** A day later: three people come, two leave, one is suspended; and a sync is asked for. */
  beginRound(): Promise<void>;
  askForSync(): Promise<void>;
  /** Does to the job queue what half a minute of silence and a minute of waiting do: the dead process's job is due again. */
  passTheWait(): Promise<void>;
  /** Kills the worker and lets the next one have its job. */
  replaceWorker(between?: () => Promise<void>): Promise<void>;
  /** Waits until no job of the account waits or runs. */
  settle(): Promise<void>;
  /** Checks everything that a crash could have damaged, against the network's truth. */
  requireTruth(): Promise<void>;
  rows(text: string): Promise<Record<string, unknown>[]>;
}

export async function setScene(): Promise<Scene> {
  const harness = await createHarness();
  const { database, clock, owner, services } = harness;
  const { world, origin } = harness.simulator('x');
  world.freeze(true);
  const large = world.accounts[0]?.id ?? '';
  const accountId = await harness.connectX('heronandpine');
  const gate = await openGate(origin);
  database.beforeEnd(() => gate.close());
  // Any worker process looks after the others' jobs; this one does nothing else.
  const supervisor = await createJobEngine({ connection: database.connection('rookery_worker'), log: silentLogger, isWorker: true, superviseSeconds: 1 });
  database.beforeEnd(() => supervisor.stop());
  const crew = await startCrew({
    app: database.connection('rookery_app'), worker: database.connection('rookery_worker'), encryptionKey: harness.encryptionKey,
    secretKey: services.secretKey, xOrigin: gate.origin,
  }, clock.now());
  database.beforeEnd(() => crew.end());
  const expected: string[] = [];
  const rows = (text: string): Promise<Record<string, unknown>[]> => database.admin(text, [accountId]);

  const askForSync = async (): Promise<void> => {
    await requestSync(owner, { params: { workspaceId: owner.workspace.id, accountId }, body: { kind: 'full' } });
  };
  const passTheWait = async (): Promise<void> => {
    await database.admin(`update pgboss.job set heartbeat_on = heartbeat_on - interval '1 hour' where state = 'active'`);
    await database.admin('update pgboss.queue set monitor_on = null, monitor_claim_on = null');
    await poll('the lost job was not found', async () => (await database.admin(`select from pgboss.job where state = 'active'`)).length === 0);
    await database.admin(`update pgboss.job set start_after = now() where state = 'retry'`);
    await database.admin('update account_token set refreshing_until = now() where refreshing_until is not null');
  };
  return {
    harness, accountId, gate, crew, askForSync, passTheWait, rows,
    beginRound: async () => {
      clock.advance(dayMs);
      crew.moveClock(clock.now());
      const people = world.followersOf(large);
      const [first, second, third] = [people.at(1200), people.at(-3), people.at(2600)];
      assert.ok(first !== undefined && second !== undefined && third !== undefined);
      for (let n = 0; n < 3; n += 1) expected.push(`gained ${world.follow(large).id}`);
      for (const { id } of [first, second]) {
        world.unfollow(large, id);
        expected.push(`lost ${id}`);
      }
      world.setState(third.id, 'suspended');
      expected.push(`suspended ${third.id}`);
      await askForSync();
    },
    replaceWorker: async (between = async () => undefined) => {
      await crew.kill();
      await between();
      await passTheWait();
      await crew.takeOver(clock.now());
    },
    settle: () => poll('the sync did not end', async () =>
      (await database.admin(`select from pgboss.job where name = 'audience.sync' and state in ('created', 'retry', 'active')`)).length === 0),
    requireTruth: async () => {
      await requireChanges(rows, expected);
      await requireLedger(rows);
      const list = await harness.worker.transaction((db) => loadCurrentList(db, harness.worker, accountId));
      assert.deepEqual([...(list?.keys ?? [])].map(String).sort(), world.followersOf(large).map(({ id }) => id).sort());
      const [account] = await rows('select state, next_sync_at from account where id = $1');
      assert.equal(account?.['state'], 'connected');
      assert.ok(account['next_sync_at'] instanceof Date && account['next_sync_at'] > clock.now(), 'the account is looked at again');
    },
  };
}

type ReadRows = Scene['rows'];

/** Every change of the world is there once, and no other; the numbers have no gaps. */
async function requireChanges(rows: ReadRows, expected: readonly string[]): Promise<void> {
  const changes = await rows('select direction, seq, kind, person_key::text as key from follower_change where account_id = $1 order by direction, seq');
  assert.deepEqual(changes.map(({ kind, key }) => `${String(kind)} ${String(key)}`).sort(), expected.toSorted());
  for (const direction of [1, -1]) {
    const numbers = changes.filter((change) => change['direction'] === direction).map(({ seq }) => Number(seq));
    assert.deepEqual(numbers, numbers.map((_, index) => index + 1));
  }
}

/** Totals, scans, stored pages and audit events agree with each other. */
async function requireLedger(rows: ReadRows): Promise<void> {
  const [head] = await rows(`select h.scan_id, h.gained::int, h.lost::int,
      (select count(*)::int from follower_change c where c.account_id = $1 and direction = 1) as came,
      (select count(*)::int from follower_change c where c.account_id = $1 and direction = -1) as went,
      (select sum(gained)::int from scan where account_id = $1 and state in ('complete', 'partial')) as scans_gained,
      (select sum(lost)::int from scan where account_id = $1 and state in ('complete', 'partial')) as scans_lost
    from audience_head h where account_id = $1`);
  assert.ok(head !== undefined);
  assert.deepEqual([head['gained'], head['lost']], [head['came'], head['went']]);
  assert.deepEqual([head['scans_gained'], head['scans_lost']], [head['came'], head['went']]);
  assert.deepEqual(await rows(`select id from scan where account_id = $1 and state = 'running'`), []);
  assert.deepEqual(await rows(`select distinct scan_id from scan_page p join scan s on s.id = p.scan_id where s.account_id = $1 and s.state <> 'held'`),
    [{ scan_id: head['scan_id'] }]);
  // Each scan ends with one event, which commits with it.
  assert.deepEqual(await rows(`select s.id, s.state, count(e.id)::int as events from scan s
      left join audit_event e on e.metadata ->> 'scan' = s.id::text and e.action in ('sync:complete', 'sync:held', 'sync:partial', 'sync:failed')
    where s.account_id = $1 group by 1, 2 having count(e.id) <> 1`), []);
}
