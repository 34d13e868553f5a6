import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Slot } from '@rookery/contract/slots.ts';
import { AppError } from '../../platform/errors.ts';
import type { WorkspaceContext } from '../context.ts';
import { createHarness } from '../testing/harness.ts';
import { readFreeSlots, readNextSlot, readSlots, setSlots } from './service.ts';

const harness = await createHarness();
const { database, clock, owner, stranger } = harness;
const first = await harness.connectX('tidewatercoop');
const second = await harness.connectX('mirelavance');
const editor: WorkspaceContext = { ...owner, role: 'editor' };
const analyst: WorkspaceContext = { ...owner, role: 'analyst' };
const tuesday: Slot = { weekday: 2, time: '09:00' };
const saturday: Slot = { weekday: 6, time: '00:00' };

async function refused(code: string, work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(() => assert.fail('it was not refused'), (reason: unknown) => reason);
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.message);
  return error;
}

test('the slots of an account are replaced as a whole, come back in order of the week, and say when the next is free', async () => {
  const { account } = await setSlots(owner, first, { slots: [saturday, tuesday] });
  assert.deepEqual(account.slots, [tuesday, saturday]);
  // It is Tuesday noon: this week's 09:00 is over.
  assert.deepEqual(account.nextFree, { wallTime: '2026-11-28T00:00', at: '2026-11-27T23:00:00.000Z' });
  const { zone, accounts } = await readSlots(analyst);
  assert.deepEqual([zone, accounts.map(({ accountId, slots }) => [accountId, slots.length])], ['Europe/Berlin', [[first, 2], [second, 0]]]);
  assert.deepEqual((await setSlots(owner, first, { slots: [] })).account.slots, []);
});

test('the same time twice on one day is refused, on two days it is not', async () => {
  const error = await refused('invalid-input', setSlots(owner, first, { slots: [tuesday, saturday, tuesday] }));
  assert.deepEqual(error.fields.map(({ pointer, code }) => [pointer, code]), [['/slots/2', 'twice']]);
  await setSlots(owner, first, { slots: [tuesday, { weekday: 3, time: '09:00' }] });
});

test('of two people who change the same slots the second is told, and nothing is overwritten', async () => {
  const { account } = await setSlots(owner, second, { slots: [] });
  const [one, two] = await Promise.allSettled([
    setSlots(owner, second, { slots: [tuesday], version: account.version }), setSlots(owner, second, { slots: [saturday], version: account.version }),
  ]);
  assert.deepEqual([one.status, two.status].toSorted(), ['fulfilled', 'rejected']);
  const kept = (await readSlots(owner)).accounts.find(({ accountId }) => accountId === second)?.slots ?? [];
  assert.equal(kept.length, 1);
  await refused('conflict', setSlots(owner, second, { slots: [], version: account.version }));
  await setSlots(owner, second, { slots: [] });
});

test('each change leaves one audit event with before and after, and no change leaves none', async () => {
  const read = async (): Promise<unknown[]> =>
    (await database.admin(`select metadata from audit_event where action = 'slots:replace' and entity_id = $1 order by xid, id`, [first])).map((row) => row['metadata']);
  await setSlots(owner, first, { slots: [saturday] });
  const before = (await read()).length;
  await setSlots(owner, first, { slots: [tuesday] });
  await setSlots(owner, first, { slots: [tuesday] });
  const events = await read();
  assert.equal(events.length, before + 1);
  assert.deepEqual(events.at(-1), { before: { slots: 'Sat 00:00' }, after: { slots: 'Tue 09:00' } });
});

test('who cannot manage accounts reads slots and sets none', async () => {
  for (const ctx of [editor, analyst]) {
    await refused('not-allowed', setSlots(ctx, first, { slots: [] }));
    await readSlots(ctx);
    await readFreeSlots(ctx, {});
    await readNextSlot(ctx, { accountIds: [first] });
  }
});

test('accounts and slots of another workspace are not there', async () => {
  await refused('not-found', setSlots(stranger, first, { slots: [] }));
  assert.deepEqual((await readSlots(stranger)).accounts, []);
});

test('an account that is not connected has no free slot and takes no new ones; they are there again when it is back', async () => {
  await setSlots(owner, second, { slots: [tuesday] });
  await database.admin(`update account set state = 'disconnected' where id = $1`, [second]);
  assert.deepEqual((await readFreeSlots(owner, { account: second })).slots, []);
  await refused('not-supported', setSlots(owner, second, { slots: [saturday] }));
  await database.admin(`update account set state = 'connected' where id = $1`, [second]);
  assert.equal((await readFreeSlots(owner, { account: second })).slots.length, 12);
  await setSlots(owner, second, { slots: [] });
});

test('free slots of a range: one entry for each time with the accounts that are free, none that has passed, cut at the limit', async () => {
  await setSlots(owner, first, { slots: [tuesday, saturday] });
  await setSlots(owner, second, { slots: [tuesday] });
  const range = { from: '2026-11-16T00:00:00.000Z', to: '2026-12-06T00:00:00.000Z' };
  const { slots, isCut } = await readFreeSlots(owner, range);
  assert.deepEqual([slots.map(({ wallTime, accountIds }) => [wallTime, accountIds.length]), isCut], [
    [['2026-11-28T00:00', 1], ['2026-12-01T09:00', 2], ['2026-12-05T00:00', 1]], false,
  ]);
  assert.deepEqual(await readFreeSlots(owner, { ...range, limit: 3 }), { zone: 'Europe/Berlin', slots, isCut: false });
  assert.equal((await readFreeSlots(owner, { ...range, limit: 2 })).isCut, true);
  for (const odd of [{ from: '9999-12-31T23:59:59.000Z' }, { to: '0001-01-01T00:00:00.000Z' }, { from: range.to, to: range.from }]) {
    assert.deepEqual((await readFreeSlots(owner, odd)).slots, []);
  }
  assert.ok(clock.now() < new Date(range.to));
});

test('accounts without slots are named, so that people know they set no condition', async () => {
  await setSlots(owner, first, { slots: [tuesday] });
  await setSlots(owner, second, { slots: [] });
  const found = await readNextSlot(owner, { accountIds: [first, second] });
  assert.deepEqual([found.withoutSlots, found.slot?.wallTime, found.reason], [[second], '2026-12-01T09:00', null]);
});
