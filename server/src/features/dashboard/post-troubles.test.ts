import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { writePost } from '../posts/index.ts';
import { createHarness } from '../testing/harness.ts';
import { readDashboard } from './service.ts';

const dayMs = 86_400_000;
const harness = await createHarness();
const { owner, stranger, clock, database } = harness;
const accountIds = [await harness.connectX('tidewatercoop'), await harness.connectX('mirelavance')];
let counter = 0;

/** A post on the first accounts, one for each state: what only a network's answer would bring about is written by SQL. */
async function writeAs(...states: readonly string[]): Promise<string> {
  const content = { parts: [{ text: `Words of\na post, number ${(counter += 1)}`, media: [] }], firstComment: null };
  const targets = accountIds.slice(0, states.length).map((accountId) => ({ accountId, content: null }));
  const { post } = await writePost(owner, { requestKey: randomUUID(), content, targets, when: { kind: 'now' }, allowDuplicate: true });
  for (const [index, state] of states.entries()) {
    await database.admin('update post_target set state = $3, work_at = null where post_id = $1 and account_id = $2', [post.id, accountIds[index], state]);
  }
  return post.id;
}

test('the dashboard names posts in doubt first, then those that failed lately, each with its accounts, and counts all of them', async () => {
  assert.deepEqual([(await readDashboard(owner, {})).posts, (await readDashboard(owner, {})).postsTotal], [[], 0]);
  const old = await writeAs('review');
  await writeAs('failed');
  clock.advance(15 * dayMs);
  const failed = await writeAs('published', 'failed');
  const both = await writeAs('failed', 'review');
  await writeAs('published');
  await writeAs('canceled');
  const { posts, postsTotal } = await readDashboard(owner, {});
  assert.deepEqual(posts.map(({ id, state }) => ({ id, state })), [{ id: both, state: 'review' }, { id: old, state: 'review' }, { id: failed, state: 'failed' }]);
  assert.equal(postsTotal, 3);
  assert.equal(posts.at(-1)?.message, '“Words of a post, number 3” did not go out on mirelavance on X.');
  assert.equal(posts.at(1)?.message, '“Words of a post, number 1”: we can\'t tell whether it went out. Look at tidewatercoop on X.');
  assert.match(posts[0]?.message ?? '', /Look at mirelavance on X\.$/);
  assert.deepEqual((await readDashboard(stranger, {})).posts, []);
  for (let more = 0; more < 4; more += 1) await writeAs('failed');
  const many = await readDashboard(owner, {});
  assert.deepEqual([many.posts.length, many.postsTotal], [5, 7]);
});
