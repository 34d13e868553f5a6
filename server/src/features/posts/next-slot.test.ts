import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, beforeEach } from 'node:test';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { createPost, Post } from '@rookery/contract/posts.ts';
import type { Slot } from '@rookery/contract/slots.ts';
import { AppError } from '../../platform/errors.ts';
import type { WorkspaceContext } from '../context.ts';
import { readFreeSlots, readNextSlot, setSlots } from '../slots/service.ts';
import { createHarness } from '../testing/harness.ts';
import { removePost } from './decide.ts';
import { scriptNetwork, withProvider } from './scripted-publishing.ts';
import { changePost, writePost } from './service.ts';

const harness = await createHarness();
const { database, stranger } = harness;
const first = await harness.connectX('tidewatercoop');
const second = await harness.connectX('mirelavance');
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const owner: WorkspaceContext = { ...harness.owner, providers: withProvider(harness.services.providers, scriptNetwork(real, {}).provider) };

const wednesday: Slot = { weekday: 3, time: '09:00' };
const friday: Slot = { weekday: 5, time: '17:00' };

type Body = BodyOf<typeof createPost>;

let counter = 0;
function body(accountIds: readonly string[] = [first], change: Partial<Body> = {}): Body {
  const text = `Words for a slot, number ${(counter += 1)}`;
  return { requestKey: randomUUID(), content: { parts: [{ text, media: [] }], firstComment: null }, targets: accountIds.map((accountId) => ({ accountId, content: null })), when: { kind: 'slot' }, ...change };
}

const write = async (accountIds?: readonly string[]): Promise<Post> => (await writePost(owner, body(accountIds))).post;

async function refused(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(() => assert.fail('it was not refused'), (reason: unknown) => reason);
  assert.ok(error instanceof AppError && error.code === 'invalid-input', String(error));
  return error.fields[0]?.code ?? '';
}

beforeEach(async () => {
  await database.admin('delete from post');
  await setSlots(owner, first, { slots: [wednesday, friday] });
  await setSlots(owner, second, { slots: [] });
});

test('posts fill the slots of an account one after the other, and carry wall time, zone and instant like any other', async () => {
  const posts = [await write(), await write(), await write()];
  assert.deepEqual(posts.map(({ wallTime, zone, dueAt, state }) => [wallTime, zone, dueAt, state]), [
    ['2026-11-25T09:00', 'Europe/Berlin', '2026-11-25T08:00:00.000Z', 'scheduled'],
    ['2026-11-27T17:00', 'Europe/Berlin', '2026-11-27T16:00:00.000Z', 'scheduled'],
    ['2026-12-02T09:00', 'Europe/Berlin', '2026-12-02T08:00:00.000Z', 'scheduled'],
  ]);
  assert.equal(posts[0]?.targets[0]?.dueAt, posts[0]?.dueAt);
});

test('many who ask at the same moment each get a slot of their own', async () => {
  const drafts = await Promise.all(Array.from({ length: 4 }, () => writePost(owner, body([first], { when: { kind: 'draft' } }))));
  const made = await Promise.all([
    ...Array.from({ length: 8 }, () => writePost(owner, body())),
    ...drafts.map(({ post }) => changePost(owner, post.id, { version: post.version, when: { kind: 'slot' } })),
  ]);
  const instants = made.map(({ post }) => post.dueAt ?? '');
  assert.equal(new Set(instants).size, 12);
  assert.deepEqual(instants.toSorted().at(-1), '2027-01-01T16:00:00.000Z', 'no slot is left out');
});

test('one request that is sent eight times at once takes one slot', async () => {
  const once = body();
  const made = await Promise.all(Array.from({ length: 8 }, () => writePost(owner, once)));
  assert.equal(new Set(made.map(({ post }) => `${post.id} ${post.dueAt}`)).size, 1);
  assert.equal((await write()).wallTime, '2026-11-27T17:00');
});

test('a repeat is answered although no slot is left, and so is the preview: with words', async () => {
  await setSlots(owner, first, { slots: [wednesday] });
  const bodies = Array.from({ length: 13 }, () => body());
  for (const one of bodies) await writePost(owner, one);
  assert.equal(await refused(write()), 'no-free-slot');
  const last = bodies.at(-1);
  assert.ok(last !== undefined);
  assert.equal((await writePost(owner, last)).post.wallTime, '2027-02-17T09:00');
  const { slot, reason } = await readNextSlot(owner, { accountIds: [first] });
  assert.deepEqual([slot, /90 days is taken/.test(reason ?? '')], [null, true]);
});

test('a post for several accounts gets the earliest slot that is free for all that have slots; those without go out with them', async () => {
  assert.equal((await write([first, second])).wallTime, '2026-11-25T09:00');
  await setSlots(owner, second, { slots: [friday] });
  assert.equal((await write([second])).wallTime, '2026-11-27T17:00');
  assert.equal((await write([first, second])).wallTime, '2026-12-04T17:00');
  assert.equal((await write([first])).wallTime, '2026-11-27T17:00');
});

test('no slots, none in common and no account are refused with what to do', async () => {
  assert.equal(await refused(write([second])), 'no-slots');
  await setSlots(owner, second, { slots: [{ weekday: 1, time: '08:00' }] });
  assert.equal(await refused(write([first, second])), 'no-common-slot');
  assert.equal(await refused(write([])), 'empty');
});

test('what is planned, on its way, in doubt or out holds its minute; what failed, was canceled or deleted gives it back', async () => {
  const next = async (): Promise<string | undefined> => (await readNextSlot(owner, { accountIds: [first] })).slot?.wallTime;
  const post = await write();
  for (const state of ['scheduled', 'sending', 'unknown', 'review', 'published']) {
    await database.admin('update post_target set state = $2 where post_id = $1', [post.id, state]);
    assert.equal(await next(), '2026-11-27T17:00', state);
  }
  for (const state of ['draft', 'failed', 'canceled', 'deleted']) {
    await database.admin('update post_target set state = $2 where post_id = $1', [post.id, state]);
    assert.equal(await next(), '2026-11-25T09:00', state);
  }
});

test('a time that somebody chose by hand takes the slot at that minute, in whatever zone it was chosen', async () => {
  await writePost(owner, body([first], { when: { kind: 'at', wallTime: '2026-11-25T08:00', zone: 'UTC' } }));
  assert.equal((await write()).wallTime, '2026-11-27T17:00');
});

test('a planned post that asks again keeps its slot unless an earlier one is free; a moved one frees its own', async () => {
  const [one, two] = [await write(), await write()];
  const again = await changePost(owner, two.id, { version: two.version, when: { kind: 'slot' } });
  assert.equal(again.post.wallTime, '2026-11-27T17:00');
  assert.equal((await readNextSlot(owner, { accountIds: [first], postId: two.id })).slot?.wallTime, '2026-11-27T17:00');
  await removePost(owner, one.id, { alsoOnNetwork: false });
  const earlier = await changePost(owner, two.id, { version: again.post.version, when: { kind: 'slot' } });
  assert.equal(earlier.post.wallTime, '2026-11-25T09:00');
  assert.deepEqual((await readFreeSlots(owner, { limit: 1 })).slots.map(({ wallTime }) => wallTime), ['2026-11-27T17:00']);
});

test('a post that is refused takes no slot', async () => {
  assert.equal(await refused(writePost(owner, body([first], { content: { parts: [{ text: 'x'.repeat(300), media: [] }], firstComment: null } }))), 'too-long');
  assert.equal((await write()).wallTime, '2026-11-25T09:00');
});

test('posts of another workspace take none of these slots, and its accounts are unknown', async () => {
  assert.equal(await refused(writePost(stranger, body([first]))), 'unknown');
  assert.equal(await refused(readNextSlot(stranger, { accountIds: [first] })), 'unknown');
  assert.deepEqual((await readFreeSlots(stranger, {})).slots, []);
  assert.deepEqual((await readFreeSlots(stranger, { account: first })).slots, []);
});
