import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../platform/clock.ts';
import { openDatabase } from '../../../platform/db/database.ts';
import { silentLogger } from '../../../platform/observability/logger.ts';
import { createTestDatabase } from '../../../platform/testing/database.ts';
import { recordAudit } from '../service.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { deriveSigningKey, type Seal } from './seal.ts';
import { sealNext } from './sealer.ts';
import { verifyAudit, type AuditReport } from './verify.ts';

const database = await createTestDatabase();
const owner = openDatabase({ connection: { ...database.connection('admin'), role: 'rookery_owner' }, connectionsMax: 1, statementTimeoutMs: 60_000, log: silentLogger });
database.beforeEnd(() => owner.close());
const key = deriveSigningKey('a secret of this server that is long enough for it');
const workspaceId = randomUUID();
const perBatch = 3;
let written = 0;

async function write(db: Parameters<typeof recordAudit>[0]): Promise<void> {
  written += 1;
  await recordAudit(db, {
    clock: systemClock, actor: { kind: 'user', id: randomUUID(), name: 'Ada' }, facts: { ip: '192.0.2.7', userAgent: 'browser' }, workspace: { id: workspaceId },
  }, { action: 'post:create', entity: { type: 'post', id: `p${written}`, name: 'Herons' }, metadata: { accounts: written, note: 'ß' } });
}

async function writeBatch(): Promise<void> {
  for (let index = 0; index < perBatch; index += 1) await database.app.withWorkspace(workspaceId, write);
}

/** Seals all that is written. The cluster serves other tests too, and what is final waits for their transactions. */
async function sealBatch(): Promise<Seal> {
  let last: Seal | null = null;
  while (last === null || (await verify()).unsealed > 0) {
    const seal: Seal | null = await sealNext({ database: database.worker, clock: systemClock }, key);
    if (seal === null) await sleep(50);
    last = seal ?? last;
  }
  return last;
}

function verify(checkpoints: readonly string[] = [], keys = [key.publicKey]): Promise<AuditReport> {
  return verifyAudit({ database: owner, keys, checkpoints });
}

/** As somebody who owns the database: no trigger stands in the way. */
async function tamper(sql: string, values: readonly unknown[] = []): Promise<void> {
  for (const table of ['audit_event', 'audit_seal']) await database.admin(`alter table ${table} disable trigger all`);
  await database.admin(sql, values);
  for (const table of ['audit_event', 'audit_seal']) await database.admin(`alter table ${table} enable always trigger append_only`);
}

async function eventOf(seal: number, place: number): Promise<string> {
  const [row] = await database.admin('select encode(substr(leaves, 1 + 48 * $2::int, 16), \'hex\')::uuid as id from audit_seal where n = $1', [seal, place]);
  return String(row?.['id']);
}

async function problemsAfter(sql: string, values: readonly unknown[] = []): Promise<string> {
  await tamper(sql, values);
  return (await verify()).problems.join('\n');
}

beforeEach(async () => {
  for (const table of ['audit_event', 'audit_seal']) await database.admin(`alter table ${table} disable trigger all`);
  await database.admin('truncate audit_event, audit_personal, audit_seal');
  for (let batch = 0; batch < 3; batch += 1) {
    await writeBatch();
    await sealBatch();
  }
});

test('a trail that nobody touched holds, also with what is not sealed yet and with personal data erased', async () => {
  await writeBatch();
  const report = await verify();
  assert.deepEqual({ ...report, head: report.head?.n }, { events: 12, seals: 3, unsealed: 3, checkpoints: 0, head: 3, problems: [] });
  await database.admin('delete from audit_personal where event_id = $1', [await eventOf(2, 0)]);
  assert.deepEqual((await verify()).problems, []);
});

test('what is still open when others are sealed is sealed with the next', async () => {
  let finish: () => void = () => undefined;
  const isHeld = new Promise<void>((resolve) => (finish = resolve));
  const open = Promise.withResolvers<void>();
  const late = database.app.withWorkspace(workspaceId, async (db) => {
    await write(db);
    open.resolve();
    await isHeld;
  });
  await open.promise;
  await writeBatch();
  assert.equal(await sealNext({ database: database.worker, clock: systemClock }, key), null, 'a transaction before them is open');
  finish();
  await late;
  await sealBatch();
  const { events, problems } = await verify();
  assert.deepEqual({ events, problems }, { events: 13, problems: [] });
});

test('several processes at once make one chain', async () => {
  await writeBatch();
  await Promise.all(Array.from({ length: 6 }, () => sealNext({ database: database.worker, clock: systemClock }, key)));
  assert.deepEqual((await verify()).problems, []);
});

test('an event that was changed is named, in its sealed text or in what people are shown', async () => {
  const id = await eventOf(2, 1);
  const changed = await problemsAfter(`update audit_event set canon = convert_to(replace(convert_from(canon, 'UTF8'), 'post:create', 'post:delete'), 'UTF8') where id = $1`, [id]);
  assert.match(changed, new RegExp(`Event ${id} .*is not what seal 2 has`));
  const other = await eventOf(3, 0);
  for (const [column, value, part] of [
    ['action', `'post:delete'`, 'action'], ['actor_id', 'gen_random_uuid()', 'actor'], ['at', `at - interval '1 day'`, 'time'], ['metadata', `'{}'`, 'metadata'],
    ['workspace_id', 'gen_random_uuid()', 'workspace'], ['entity_id', `'p0'`, 'entity'],
  ] as const) {
    const problems = await problemsAfter(`update audit_event set ${column} = ${value} where id = $1`, [other]);
    assert.match(problems, new RegExp(`Event ${other} .*shows another ${part} than was written`));
  }
  await database.admin(`update audit_personal set actor_name = 'Eve' where event_id = $1`, [id]);
  assert.match((await verify()).problems.join('\n'), new RegExp(`Event ${id} .*shows another name of the actor`));
});

test('an event that was removed, one that was put in with an old place, and two that changed places are named', async () => {
  const id = await eventOf(1, 2);
  assert.match(await problemsAfter('delete from audit_event where id = $1', [id]), new RegExp(`Event ${id} is missing: seal 1`));
  const added = randomUUID();
  const copy = `insert into audit_event (id, workspace_id, xid, at, actor_kind, action, entity_type, metadata, canon)
    select $1, workspace_id, xid, at, actor_kind, action, entity_type, metadata, canon from audit_event where id = $2`;
  assert.match(await problemsAfter(copy, [added, await eventOf(2, 0)]), new RegExp(`Event ${added} .*was added later: seal 2`));
  const [one, two] = [await eventOf(3, 0), await eventOf(3, 1)];
  const swapped = await problemsAfter(
    'update audit_event e set canon = o.canon from audit_event o where (e.id, o.id) in (($1::uuid, $2::uuid), ($2, $1))', [one, two]);
  assert.match(swapped, new RegExp(`Event ${one} .*is not what seal 3 has`));
  assert.match(swapped, new RegExp(`Event ${two} .*shows another id`));
});

test('a seal that is missing, changed or signed by somebody else is named', async () => {
  const root = 'update audit_seal set root = sha256(root) where n = 3';
  assert.match(await problemsAfter(root), /Seal 3 .*its hash does not fit/);
  const leaves = `update audit_seal set leaves = overlay(leaves placing '\\x00000000'::bytea from 20) where n = 1`;
  assert.match(await problemsAfter(leaves), /Seal 1 .*its list of events is not the one that was sealed/);
  assert.match(await problemsAfter('delete from audit_seal where n = 2'), /Seal 2 is missing/);
  const { problems } = await verify([], [deriveSigningKey('another secret').publicKey]);
  assert.equal(problems.filter((problem) => problem.includes('signed by another key')).length, 1, 'once for all of them');
});

test('the last seals removed: what they covered is under no seal', async () => {
  await writeBatch();
  await sealBatch();
  await tamper(`update audit_event set written_at = now() - interval '1 hour'`);
  assert.match(await problemsAfter('delete from audit_seal where n = 4'), /3 events are under no seal/);
});

test('a trail cut off at its end, or written anew from the start, does not go on from a checkpoint that was kept elsewhere', async () => {
  await writeBatch();
  const line = writeCheckpoint(await sealBatch(), key);
  await writeBatch();
  await sealBatch();
  assert.deepEqual((await verify([line])).problems, []);
  await tamper('delete from audit_event where id in (select id from audit_event order by xid desc limit 6)');
  await tamper('delete from audit_seal where n >= 4');
  assert.deepEqual((await verify()).problems, [], 'in itself it holds');
  assert.match((await verify([line])).problems.join('\n'), /Seal 4 .*is not here: the end of the trail is missing/);
  await writeBatch();
  await sealBatch();
  assert.deepEqual((await verify()).problems, []);
  assert.match((await verify([line])).problems.join('\n'), /Seal 4 is another one .*the trail was rewritten/);
  assert.match((await verify([line.replace('"seal":4', '"seal":3')])).problems.join('\n'), /its signature does not fit/);
  assert.match((await verify(['what is this'])).problems.join('\n'), /Line 1 of the checkpoints is none/);
});
