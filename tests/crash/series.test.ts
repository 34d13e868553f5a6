// A worker is killed in the middle of planning a series: nothing of it stays, and the next two at once plan each day once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { enqueueDueSeries } from '../../server/src/features/posts/index.ts';
import { extendSeries } from '../../server/src/features/posts/series/extend.ts';
import { startSeries } from '../../server/src/features/posts/series/service.ts';
import { createHarness } from '../../server/src/features/testing/harness.ts';
import { startCrew } from './crew.ts';
import { poll } from './stops.ts';

const dayMs = 86_400_000;

test('kill -9 in the middle of planning: no post is lost and none is doubled', async () => {
  const harness = await createHarness();
  const { database, clock, owner, worker, services } = harness;
  const accountId = await harness.connectX('heronandpine');
  const { series } = await startSeries(owner, {
    requestKey: randomUUID(), content: { parts: [{ text: 'Every morning', media: [] }], firstComment: null }, targets: [{ accountId, content: null }],
    rule: { repeat: { kind: 'weekly', everyWeeks: 1, weekdays: [1, 2, 3, 4, 5, 6, 7] }, time: '09:00', zone: 'Europe/Berlin', startsOn: '2026-11-24', end: { kind: 'never' } },
    allowDuplicate: true,
  });
  const days = async (): Promise<unknown[]> =>
    (await database.admin('select occurs_on::text as day from post where series_id = $1 order by occurs_on', [series.id])).map((row) => row['day']);
  const before = await days();
  assert.equal(before.length, 60);
  clock.advance(40 * dayMs);
  const crew = await startCrew({
    app: database.connection('rookery_app'), worker: database.connection('rookery_worker'), encryptionKey: harness.encryptionKey,
    secretKey: services.secretKey, xOrigin: harness.simulator('x').origin,
  }, clock.now());
  database.beforeEnd(() => crew.end());

  // Whoever locks the account keeps the worker from adding a destination: it has made a post, and stands before what belongs to it.
  await database.admin('begin');
  await database.admin('select from account where id = $1 for update', [accountId]);
  await enqueueDueSeries({ ...services, database: database.worker });
  await poll('no worker came to the middle of its work', async () => {
    // Within a transaction the view would go on showing what it showed first.
    await database.admin('select pg_stat_clear_snapshot()');
    return (await database.admin(`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into post_target %' and datname = current_database()`)).length > 0;
  });
  await crew.kill();
  await database.admin('rollback');
  await poll('the dead worker still holds the series', async () =>
    (await database.admin(`select from pg_stat_activity where state <> 'idle' and query like '%insert into post_target %' and pid <> pg_backend_pid() and datname = current_database()`)).length === 0);
  assert.deepEqual(await days(), before);

  const added = await Promise.all([1, 2, 3].map(() => extendSeries(worker, series.id)));
  assert.deepEqual(added.toSorted((a, b) => a - b), [0, 0, 40]);
  const after = await days();
  assert.equal(new Set(after).size, after.length);
  assert.deepEqual(after, Array.from({ length: 100 }, (_, index) => new Date(Date.UTC(2026, 10, 25) + index * dayMs).toISOString().slice(0, 10)));
  const [targets] = await database.admin('select count(*)::int as n from post_target t join post p on p.id = t.post_id where p.series_id = $1', [series.id]);
  assert.equal(targets?.['n'], 100);
});
