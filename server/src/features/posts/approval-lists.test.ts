import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { ApprovalState } from '@rookery/contract/approval.ts';
import type { Post } from '@rookery/contract/posts.ts';
import { AppError } from '../../platform/errors.ts';
import type { WorkspaceContext } from '../context.ts';
import { readNextSlot, setSlots } from '../slots/service.ts';
import { createHarness } from '../testing/harness.ts';
import { changeWorkspace } from '../workspaces/service.ts';
import { approve, giveBack, sendForApproval } from './approvals.ts';
import { readCalendar, readPosts } from './lists.ts';
import { changePost, writePost } from './service.ts';

const harness = await createHarness();
const { owner, clock } = harness;
const account = await harness.connectX('tidewatercoop');
const editor: WorkspaceContext = { ...owner, role: 'editor', actor: { kind: 'user', id: randomUUID(), name: 'Ed Editor' } };
await changeWorkspace(owner, { requiresApproval: true });
const zone = owner.workspace.timeZone;
let counter = 0;

async function ask(wallTime: string): Promise<Post> {
  const content = { parts: [{ text: `Words that wait, number ${(counter += 1)}`, media: [] }], firstComment: null };
  const { post } = await writePost(editor, { requestKey: randomUUID(), content, targets: [{ accountId: account, content: null }], when: { kind: 'draft' } });
  return (await sendForApproval(editor, post.id, { version: post.version, when: { kind: 'at', wallTime, zone } })).post;
}

const nextSlot = async (postId?: string) => (await readNextSlot(owner, { accountIds: [account], ...(postId === undefined ? {} : { postId }) })).slot?.wallTime;

test('posts are listed by where their approval stands, in the list and in the calendar', async () => {
  const [requested, givenBack, letGo] = [await ask('2026-12-01T09:00'), await ask('2026-12-01T10:00'), await ask('2026-12-01T11:00')];
  await giveBack(owner, givenBack.id, { version: givenBack.version, note: 'Shorter' });
  await approve(owner, letGo.id, { version: letGo.version });
  const found = async (approval: ApprovalState, state?: 'draft'): Promise<string[][]> => {
    const query = { approval, ...(state === undefined ? {} : { state }) };
    return [(await readPosts(owner, query)).posts.map(({ id }) => id), (await readCalendar(owner, query)).posts.map(({ id }) => id)];
  };
  assert.deepEqual(await found('requested', 'draft'), [[requested.id], [requested.id]]);
  assert.deepEqual(await found('changes-requested', 'draft'), [[givenBack.id], [givenBack.id]]);
  assert.deepEqual(await found('approved'), [[letGo.id], [letGo.id]]);
  assert.deepEqual(await found('withdrawn', 'draft'), [[], []]);
  assert.deepEqual((await readPosts(owner, { state: 'draft' })).posts.length, 2);
});

test('a slot that was asked for stays taken while the post waits, is the post\'s own, and is free again once it is given back', async () => {
  await setSlots(owner, account, { slots: [{ weekday: 3, time: '09:00' }] });
  const slot = await nextSlot();
  assert.ok(slot !== undefined);
  const waiting = await ask(slot);
  const after = await nextSlot();
  assert.notEqual(after, slot);
  assert.equal(await nextSlot(waiting.id), slot);
  // Others who take the next slot get another one, in the same way.
  const taken = (await writePost(owner, { requestKey: randomUUID(), content: { parts: [{ text: 'Somebody else', media: [] }], firstComment: null }, targets: [{ accountId: account, content: null }], when: { kind: 'slot' } })).post;
  assert.equal(taken.wallTime, after);
  const { post: planned } = await approve(owner, waiting.id, { version: waiting.version });
  assert.equal(planned.wallTime, slot);
  const { post: back } = await changePost(owner, planned.id, { version: planned.version, when: { kind: 'draft' } });
  assert.equal(await nextSlot(), slot);
  const { post: again } = await sendForApproval(editor, back.id, { version: back.version, when: { kind: 'at', wallTime: slot, zone } });
  await giveBack(owner, again.id, { version: again.version, note: 'Another day' });
  assert.equal(await nextSlot(), slot);
});

test('a slot that has passed when it is approved is refused, and the next one is there to choose', async () => {
  const slot = await nextSlot();
  assert.ok(slot !== undefined);
  const waiting = await ask(slot);
  clock.advance(8 * 86_400_000);
  await assert.rejects(approve(owner, waiting.id, { version: waiting.version }), (error) => error instanceof AppError && error.fields[0]?.code === 'past');
  const next = await nextSlot(waiting.id);
  assert.ok(next !== undefined && next > slot);
  const { post } = await approve(owner, waiting.id, { version: waiting.version, when: { kind: 'at', wallTime: next, zone } });
  assert.equal(post.wallTime, next);
});
