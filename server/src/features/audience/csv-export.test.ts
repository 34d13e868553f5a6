import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { AppError } from '../../platform/errors.ts';
import type { FileReply } from '../../platform/http/route.ts';
import { createHarness } from '../testing/harness.ts';
import { exportChangeList, exportFollowerList } from './csv-export.ts';
import { readChanges, readFollowers } from './lists.ts';
import { syncAccount } from './sync.ts';

const harness = await createHarness();
const { clock, owner, stranger, worker, database } = harness;
const { world } = harness.simulator('x');
world.freeze(true);
const [first] = world.accounts;
const account = first ?? assert.fail('no account');
const accountId = await harness.connectX(account.handle);
const sync = (): Promise<void> =>
  syncAccount(worker, { accountId, kind: 'full', signal: new AbortController().signal, isLastAttempt: true });

async function linesOf(file: FileReply): Promise<string[]> {
  const lines = (await buffer(file.stream)).toString('utf8').split('\r\n');
  assert.equal(lines.pop(), '', 'the last line has its end');
  assert.ok(lines[0]?.startsWith('\ufeff'), 'spreadsheets see UTF-8');
  return lines.slice(1);
}

await sync();
clock.advance(86_400_000);
const comers = [world.follow(account.id), world.follow(account.id)];
const leavers = world.followersOf(account.id).slice(3, 6);
for (const person of leavers) world.unfollow(account.id, person.id);
await sync();

test('the file holds everyone whom the list holds, in its order', async () => {
  const { total } = await readFollowers(owner, { account: accountId });
  const lines = await linesOf(await exportFollowerList(owner, { account: accountId }));
  assert.equal(lines.length, total);
  assert.ok(lines.length > 1_000, 'more than one turn of reading');
  assert.deepEqual(lines.map((line) => line.split(',')[3]), world.followersOf(account.id).map(({ handle }) => handle));
});

test('the file of changes follows the filters of the list', async () => {
  const changes = await linesOf(await exportChangeList(owner, { account: accountId }));
  assert.equal(changes.length, (await readChanges(owner, {})).total);
  const lost = await linesOf(await exportChangeList(owner, { change: 'lost', sort: 'oldest' }));
  assert.deepEqual(lost.map((line) => line.split(',')[5]).toSorted(), leavers.map(({ handle }) => handle).toSorted());
  const [comer] = comers;
  const found = await linesOf(await exportChangeList(owner, { q: `@${comer?.handle ?? ''}` }));
  assert.deepEqual(found.map((line) => line.split(',').slice(0, 1)), [['gained']]);
  assert.deepEqual(await linesOf(await exportChangeList(owner, { to: '2020-01-01' })), []);
  const followers = await linesOf(await exportFollowerList(owner, { account: accountId, q: comer?.handle ?? '' }));
  assert.equal(followers.length, 1);
});

test('a name that would run as a formula is only text in the file', async () => {
  const [comer] = comers;
  await database.admin(`update person set name = '=HYPERLINK("https://example.test")' where handle = $1`, [comer?.handle]);
  const [line] = await linesOf(await exportChangeList(owner, { q: comer?.handle ?? '' }));
  assert.ok(line?.includes(`,"'=HYPERLINK(""https://example.test"")",`), line);
});

test('a download leaves an audit event that says what was taken, and not whom was looked for', async () => {
  const rows = await database.admin(
    `select entity_id::text as id, metadata from audit_event where workspace_id = $1 and action = 'audience:export' order by xid, id`,
    [owner.workspace.id],
  );
  assert.deepEqual(rows[0], { id: accountId, metadata: { list: 'followers', search: false } });
  assert.equal(JSON.stringify(rows).includes(comers[0]?.handle ?? '?'), false);
});

test('another workspace gets nothing, and an account of another none at all', async () => {
  const isMissing = (error: unknown): boolean => error instanceof AppError && error.code === 'not-found';
  assert.deepEqual(await linesOf(await exportChangeList(stranger, {})), []);
  await assert.rejects(exportChangeList(stranger, { account: accountId }), isMissing);
  await assert.rejects(exportFollowerList(stranger, { account: accountId }), isMissing);
});
