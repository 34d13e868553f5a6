import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { AppError } from '../../platform/errors.ts';
import { findRunningScan, finishFullScan, loadCurrentList, readScan } from '../audience/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { exportNetworks } from './dialects/read-export.ts';
import { createImportHarness, signal, writeExport } from './import-fixture.ts';
import { acceptImport, askToRead, beginImport, readImports, readOneImport, receiveFile, throwAway } from './service.ts';

const harness = await createImportHarness();
const { owner, worker, stranger, database, prepare, commit, bring, runJob } = harness;
const workspaceId = owner.workspace.id;
const people = (from: number, count: number): string[] => Array.from({ length: count }, (_, index) => `person_${from + index}`);
const refusal = (code: string, words: RegExp) => (error: unknown): boolean => error instanceof AppError && error.code === code && words.test(error.message);

async function changesOf(accountId: string | null): Promise<string[]> {
  const rows = await database.admin(
    `select c.kind, p.handle, to_char(c.at at time zone 'UTC', 'YYYY-MM-DD') as day from follower_change c join person p on p.workspace_id = c.workspace_id and p.key = c.person_key
     where c.workspace_id = $1 and c.account_id = $2 order by c.at, c.direction desc, c.seq`, [workspaceId, accountId]);
  return rows.map((row) => `${String(row['kind'])} ${String(row['handle'])} ${String(row['day'])}`);
}

async function listOf(accountId: string | null): Promise<{ size: number; at: string } | null> {
  const list = await owner.transaction((db) => loadCurrentList(db, owner, accountId ?? ''));
  return list === null ? null : { size: list.keys.length, at: list.at.toISOString() };
}

async function auditOf(importId: string): Promise<unknown[]> {
  return (await database.admin('select action from audit_event where workspace_id = $1 and entity_id = $2 order by at, id', [workspaceId, importId]))
    .map((row) => row['action']).sort();
}

async function countJobs(name: string): Promise<unknown> {
  return (await database.admin('select count(*)::int as n from pgboss.job where name = $1', [name]))[0]?.['n'];
}

test('two dated exports say exactly who came and who left, and who came back', async () => {
  const first = await prepare(writeExport('harbour.cafe', '2024-03-10', people(0, 30)));
  assert.equal(first.state, 'ready', first.error ?? '');
  assert.deepEqual([first.preview?.first, first.preview?.gained, first.preview?.followers], [true, 0, 30]);
  assert.equal(first.accountId, null);
  assert.equal((await database.admin('select from scan where workspace_id = $1', [workspaceId])).length, 0, 'a preview writes nothing');
  const begun = await commit(first.id);
  assert.deepEqual([begun.state, begun.error], ['committed', null]);

  const second = await prepare(writeExport('harbour.cafe', '2024-04-10', ['newcomer', ...people(2, 28)]));
  assert.equal(second.accountId, begun.accountId);
  assert.deepEqual([second.preview?.gained, second.preview?.lost, second.preview?.returned, second.preview?.datedBy], [1, 2, 0, 'export']);
  assert.deepEqual(second.preview?.sample.at(0), { handle: 'newcomer', change: 'gained' });
  assert.deepEqual(second.preview?.sample.slice(1).map(({ handle, change }) => `${change} ${handle}`).sort(), ['lost person_0', 'lost person_1']);
  assert.equal((await commit(second.id)).state, 'committed');

  const third = await prepare(writeExport('harbour.cafe', '2024-05-10', ['person_0', 'newcomer', ...people(2, 28)]));
  assert.deepEqual([third.preview?.gained, third.preview?.lost, third.preview?.returned], [0, 0, 1]);
  await commit(third.id);
  assert.deepEqual((await changesOf(begun.accountId)).sort(), [
    'gained newcomer 2024-04-10', 'lost person_0 2024-04-10', 'lost person_1 2024-04-10', 'returned person_0 2024-05-10',
  ]);
  assert.deepEqual(await listOf(begun.accountId), { size: 30, at: '2024-05-10T00:00:00.000Z' });
});

test('the exports that can be read are those of the networks that declare it', async () => {
  const declared = owner.providers.list().filter(({ manifest }) => manifest.capabilities.includes('import')).map(({ manifest }) => manifest.id);
  assert.deepEqual(declared.toSorted(), [...exportNetworks].toSorted());
  await assert.rejects(beginImport(owner, { network: 'mastodon', handle: 'ada' }), refusal('invalid-input', /cannot be imported/));
});

test('an older list than the one in force is refused, with words, and records nothing', async () => {
  const newer = await bring(writeExport('order.shop', '2024-06-10', people(0, 20)));
  const older = await prepare(writeExport('order.shop', '2024-06-01', people(0, 15)));
  assert.match(older.preview?.warnings.join(' ') ?? '', /2024-06-01.*2024-06-10.*refused/);
  const refused = await commit(older.id);
  assert.equal(refused.state, 'failed');
  assert.match(refused.error ?? '', /Import lists from old to new/);
  assert.deepEqual(await changesOf(newer.accountId), []);
  assert.deepEqual(await listOf(newer.accountId), { size: 20, at: '2024-06-10T00:00:00.000Z' });
  assert.equal(await owner.transaction((db) => findRunningScan(db, owner, newer.accountId ?? '')), null, 'no scan stays open');
});

test('an export of a range of dates adds people and never says that somebody left', async () => {
  const whole = await bring(writeExport('range.bar', '2024-01-01', people(0, 80), new Date('2023-12-31T00:00:00Z')));
  const yearAgo = new Date('2023-02-02T00:58:00Z');
  const ranged = await prepare(writeExport('range.bar', '2024-02-02', people(70, 59), yearAgo));
  assert.equal(ranged.preview?.rangeOnly, true);
  assert.deepEqual([ranged.preview?.gained, ranged.preview?.lost], [49, 0]);
  assert.equal((await commit(ranged.id)).state, 'committed');
  const changes = await changesOf(whole.accountId);
  assert.deepEqual([changes.length, changes.every((change) => change.startsWith('gained'))], [49, true]);
  assert.equal((await listOf(whole.accountId))?.size, 129);
});

test('a first export of a range of dates says that nothing would be recorded, and records nothing', async () => {
  const ranged = await prepare(writeExport('half.pub', '2024-02-02', people(0, 59), new Date('2023-02-02T00:58:00Z')));
  assert.match(ranged.preview?.warnings.join(' ') ?? '', /nothing would be recorded/);
  const done = await commit(ranged.id);
  assert.match(done.error ?? '', /Nothing was recorded/);
  assert.equal(await listOf(done.accountId), null);
});

test('the same export twice changes nothing, and the second preview says so', async () => {
  const file = writeExport('twice.deli', '2024-03-10', people(0, 12));
  const once = await bring(file);
  const before = [await changesOf(once.accountId), await listOf(once.accountId)];
  const again = await prepare(file);
  assert.deepEqual([again.preview?.gained, again.preview?.lost], [0, 0]);
  assert.match(again.preview?.warnings.join(' ') ?? '', /same list was imported before/);
  assert.equal((await commit(again.id)).state, 'committed');
  assert.deepEqual([await changesOf(once.accountId), await listOf(once.accountId)], before);
});

test('an implausible list is held, a repeat of it is no second witness, and a person may release it under its own date', async () => {
  const whole = await bring(writeExport('doubt.inn', '2024-03-10', people(0, 40)));
  const cut = writeExport('doubt.inn', '2024-04-10', people(0, 10));
  const preview = await prepare(cut);
  assert.match(preview.preview?.warnings.join(' ') ?? '', /will be held/);
  for (const upload of [preview, await prepare(cut)]) {
    const held = await commit(upload.id);
    assert.equal(held.state, 'committed');
    assert.match(held.error ?? '', /until you release it/);
    assert.deepEqual(await changesOf(whole.accountId), []);
  }
  const [scan] = await database.admin(`select id, at from scan where workspace_id = $1 and account_id = $2 and state = 'held'`, [workspaceId, whole.accountId]);
  assert.deepEqual(scan?.['at'], new Date('2024-04-10T00:00:00Z'));
  const held = await owner.transaction((db) => readScan(db, owner, String(scan?.['id'])));
  assert.ok(held);
  const account = { id: held.account_id, label: 'doubt.inn', canSkip: false, tolerance: { share: 0, count: 0 } };
  await finishFullScan(owner, account, held, { isReleased: true });
  assert.equal((await changesOf(whole.accountId)).filter((change) => /^lost .* 2024-04-10$/.test(change)).length, 30);
  assert.deepEqual(await listOf(whole.accountId), { size: 10, at: '2024-04-10T00:00:00.000Z' });
});

class KilledError extends Error {}

/** A worker that dies as soon as a transaction has left the database in a certain state: what follows in the code never runs. */
function dyingWorker(isTime: () => Promise<boolean>): WorkspaceContext {
  let isDead = false;
  return {
    ...worker,
    transaction: async (work) => {
      if (isDead) throw new KilledError();
      const result = await worker.transaction(work);
      isDead = await isTime();
      if (isDead) throw new KilledError();
      return result;
    },
  };
}

test('an import that is killed midway and tried again gives what an undisturbed one gives, once', async () => {
  const before = people(0, 2600);
  const after = ['aaa', 'bbb', ...people(3, 2597)];
  const accounts: (string | null)[] = [];
  for (const name of ['calm.farm', 'torn.farm']) {
    accounts.push((await bring(writeExport(name, '2024-03-10', before))).accountId);
    const next = await prepare(writeExport(name, '2024-04-10', after));
    if (name === 'calm.farm') {
      await commit(next.id);
      continue;
    }
    const running = `select s.pages from scan s join import i on i.scan_id = s.id where i.id = $1 and s.state = 'running' and s.pages >= 2`;
    const midway = dyingWorker(async () => (await database.admin(running, [next.id])).length > 0);
    await assert.rejects(commit(next.id, { worker: midway, isLastAttempt: false }), KilledError);
    assert.equal((await readOneImport(owner, next.id)).import.state, 'committing');
    assert.deepEqual(await changesOf(accounts[1] ?? null), [], 'a list staged in part changes nothing');
    const finished = `select from scan s join import i on i.scan_id = s.id where i.id = $1 and s.state = 'complete'`;
    const atTheEnd = dyingWorker(async () => (await database.admin(finished, [next.id])).length > 0);
    await assert.rejects(runJob('commit', next.id, { worker: atTheEnd, isLastAttempt: false }), KilledError);
    await runJob('commit', next.id);
    assert.equal((await readOneImport(owner, next.id)).import.state, 'committed');
  }
  const [calm, torn] = accounts;
  assert.equal((await changesOf(calm ?? null)).length, 5);
  assert.deepEqual((await changesOf(torn ?? null)).toSorted(), (await changesOf(calm ?? null)).toSorted());
  assert.deepEqual(await listOf(torn ?? null), await listOf(calm ?? null));
});

test('an import waits while another scan of the account runs, and says so when it never ends', async () => {
  const first = await bring(writeExport('busy.mill', '2024-03-10', people(0, 12)));
  const accountId = first.accountId ?? '';
  await database.admin(
    `insert into scan (workspace_id, account_id, id, kind, state, started_at) values ($1, $2, gen_random_uuid(), 'full', 'running', now())`, [workspaceId, accountId]);
  const next = await prepare(writeExport('busy.mill', '2024-04-10', people(1, 12)));
  await assert.rejects(commit(next.id, { isLastAttempt: false }), /sync of this account is running/);
  assert.equal((await readOneImport(owner, next.id)).import.state, 'committing');
  await runJob('commit', next.id, { isLastAttempt: true });
  const failed = (await readOneImport(owner, next.id)).import;
  assert.deepEqual([failed.state, /sync of this account was running/.test(failed.error ?? '')], ['failed', true]);
  const running = await owner.transaction((db) => findRunningScan(db, owner, accountId));
  assert.equal(running?.kind, 'full', 'the sync is left alone');
});

test('an import scan that no import claims any more is ended by the next import', async () => {
  const first = await bring(writeExport('orphan.hall', '2024-03-10', people(0, 12)));
  const scanId = '01900000-0000-7000-8000-000000000001';
  await database.admin(
    `insert into scan (workspace_id, account_id, id, kind, state, started_at) values ($1, $2, $3, 'import', 'running', now())`, [workspaceId, first.accountId, scanId]);
  assert.equal((await bring(writeExport('orphan.hall', '2024-04-10', people(1, 12)))).state, 'committed');
  assert.equal((await owner.transaction((db) => readScan(db, owner, scanId)))?.state, 'failed');
});

test('files that are no export end the import with words, and are gone from the disk', async () => {
  const failed = await prepare({ name: 'holiday.zip', content: Buffer.from('not a zip') });
  assert.equal(failed.state, 'failed');
  assert.match(failed.error ?? '', /holiday\.zip is not a ZIP file/);
  assert.deepEqual(await readdir(join(harness.dataDirectory, 'uploads', workspaceId)).then((names) => names.includes(failed.id)), false);
  await assert.rejects(askToRead(owner, failed.id, {}), refusal('conflict', /Start a new one/));
});

test("the export of another account, and a date of the person's own, both show in the preview", async () => {
  const preview = (await prepare(writeExport('somebody.else', '2024-04-10', people(0, 9)), { handle: '@Mine.Here', dated: '2024-05-05T10:00:00.000Z' })).preview;
  assert.match(preview?.warnings.join(' ') ?? '', /export is of somebody\.else, and the import is for Mine\.Here/);
  assert.deepEqual([preview?.dated, preview?.datedBy], ['2024-05-05T10:00:00.000Z', 'person']);
});

test('a file sent again replaces the first; one that breaks off or is sent too late leaves nothing', async () => {
  const { import: begun } = await beginImport(owner, {});
  const send = (stream: Readable) => receiveFile(owner, { importId: begun.id, query: { name: '../../a.json' }, stream, signal });
  const folder = join(harness.dataDirectory, 'uploads', workspaceId, begun.id);
  await send(Readable.from([Buffer.from('[1]')]));
  const { import: replaced } = await send(Readable.from([Buffer.from('[1,2]')]));
  assert.deepEqual(replaced.files, [{ name: '../../a.json', bytes: 5 }]);
  assert.equal((await readdir(folder)).length, 1);
  const breaking = Readable.from((async function* () {
    yield Buffer.from('[');
    throw new Error('the line went dead');
  })());
  await assert.rejects(send(breaking), /line went dead/);
  assert.equal((await readdir(folder)).length, 1);
  await throwAway(owner, begun.id);
  await assert.rejects(readdir(folder), /ENOENT/);
  await assert.rejects(send(Readable.from([Buffer.from('[]')])), refusal('conflict', /no more files/));
});

test('an upload that nobody finished within a week is thrown away, with its files', async () => {
  const { import: left } = await beginImport(owner, {});
  await receiveFile(owner, { importId: left.id, query: { name: 'a.json' }, stream: Readable.from([Buffer.from('[]')]), signal });
  await database.admin(`update import set created_at = created_at - interval '8 days' where id = $1`, [left.id]);
  await beginImport(owner, {});
  assert.equal((await readOneImport(owner, left.id)).import.state, 'discarded');
  await assert.rejects(readdir(join(harness.dataDirectory, 'uploads', workspaceId, left.id)), /ENOENT/);
});

test('another workspace sees no import and can do nothing with one', async () => {
  const { import: mine } = await beginImport(owner, {});
  const other: WorkspaceContext = { ...stranger, config: owner.config };
  const file = { importId: mine.id, query: { name: 'a.json' }, stream: Readable.from([Buffer.from('[]')]), signal };
  for (const attempt of [
    () => readOneImport(other, mine.id), () => receiveFile(other, file), () => askToRead(other, mine.id, {}), () => acceptImport(other, mine.id),
    () => throwAway(other, mine.id), () => beginImport(other, { accountId: mine.id }),
  ]) await assert.rejects(attempt, refusal('not-found', /./));
  assert.deepEqual(await readImports(other), { imports: [] });
});

test('a role without the right to import is refused by every verb', async () => {
  const { import: mine } = await beginImport(owner, {});
  const analyst: WorkspaceContext = { ...owner, role: 'analyst' };
  const file = { importId: mine.id, query: { name: 'a.json' }, stream: Readable.from([Buffer.from('[]')]), signal };
  for (const attempt of [
    () => beginImport(analyst, {}), () => readOneImport(analyst, mine.id), () => readImports(analyst), () => receiveFile(analyst, file),
    () => askToRead(analyst, mine.id, {}), () => acceptImport(analyst, mine.id), () => throwAway(analyst, mine.id),
  ]) await assert.rejects(attempt, refusal('not-allowed', /./));
});

test('every step leaves its audit event, and the job with the same commit', async () => {
  const jobs = [await countJobs('imports.read'), await countJobs('imports.commit')].map(Number);
  const done = await bring(writeExport('audit.yard', '2024-03-10', people(0, 9)));
  assert.deepEqual(await auditOf(done.id), ['import:accept', 'import:create', 'import:file', 'import:read']);
  const ledger = await database.admin(
    `select action, actor_kind from audit_event where workspace_id = $1 and entity_id = $2 order by at, id`, [workspaceId, done.accountId]);
  assert.deepEqual(ledger.map((row) => row['action']).sort(), ['account:create', 'import:commit', 'sync:start']);
  assert.deepEqual([await countJobs('imports.read'), await countJobs('imports.commit')].map(Number), jobs.map((count) => count + 1));
});
