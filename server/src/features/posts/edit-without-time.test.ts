import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Content, Post, Target } from '@rookery/contract/posts.ts';
import { AppError } from '../../platform/errors.ts';
import { ProviderError } from '../../providers/provider.ts';
import type { WorkspaceContext } from '../context.ts';
import { createHarness } from '../testing/harness.ts';
import { retry } from './decide.ts';
import { standardTimes } from './publish/times.ts';
import { workOnTarget } from './publish/work.ts';
import { scriptNetwork, withProvider } from './scripted-publishing.ts';
import { changePost, readPost, writePost } from './service.ts';

const harness = await createHarness();
const { database } = harness;
const first = await harness.connectX('tidewatercoop');
const second = await harness.connectX('mirelavance');
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const network = scriptNetwork(real, { policy: 'key' });
const providers = withProvider(harness.services.providers, network.provider);
const owner: WorkspaceContext = { ...harness.owner, providers };
const worker: WorkspaceContext = { ...harness.worker, providers };
const times = { ...standardTimes, retrySeconds: 0, lookSeconds: 0, visibilityShare: 0 };

let counter = 0;
const content = (): Content => ({ parts: [{ text: `Words of an edit, number ${(counter += 1)}`, media: [] }], firstComment: null });

async function writeNow(): Promise<Post> {
  const { post } = await writePost(owner, { requestKey: randomUUID(), content: content(), targets: [{ accountId: first, content: null }], when: { kind: 'now' } });
  return post;
}

function only({ targets: [target] }: Post): Target {
  assert.ok(target !== undefined);
  return target;
}

/** A worker at it until it does nothing more now. */
async function work(post: Post): Promise<Post> {
  for (let round = 0; round < 4; round += 1) await workOnTarget(worker, only(post).id, { times, signal: new AbortController().signal });
  return (await readPost(owner, post.id)).post;
}

async function failed(): Promise<Post> {
  const post = await writeNow();
  network.script(new ProviderError('rejected', 'Not these words.'));
  const after = await work(post);
  assert.equal(after.state, 'failed');
  return after;
}

const sentWords = (): readonly string[] => network.posts.map(({ text }) => text);

test('a failed post is not sent by a change of its labels', async () => {
  const post = await failed();
  const before = network.posts.length;
  const { post: changed } = await changePost(owner, post.id, { version: post.version, labels: ['spring'] });
  assert.deepEqual([changed.state, changed.labels, only(changed).reason, only(changed).dueAt], ['failed', ['spring'], 'Not these words.', null]);
  await work(changed);
  assert.equal(network.posts.length, before);
});

test('a failed post with other words stays failed until a person tries it again, and then says the new words', async () => {
  const post = await failed();
  const before = network.posts.length;
  const words = content();
  const { post: changed } = await changePost(owner, post.id, { version: post.version, content: words });
  assert.deepEqual([changed.state, changed.dueAt, only(changed).dueAt], ['failed', post.dueAt, null]);
  await work(changed);
  assert.equal(network.posts.length, before);
  await retry(owner, post.id, only(changed).id);
  assert.equal((await work(changed)).state, 'published');
  assert.equal(sentWords().at(-1), words.parts[0]?.text);
});

test('a failed post goes out when its change names a time', async () => {
  const post = await failed();
  const { post: changed } = await changePost(owner, post.id, { version: post.version, when: { kind: 'now' } });
  assert.equal((await work(changed)).state, 'published');
});

test('what waits for its network waits as long as before, whatever is changed of it', async () => {
  const post = await writeNow();
  await database.admin(`insert into server_pause (network, server, failures, until) values ('x', '', 7, now() + interval '40 seconds')`);
  const waiting = await work(post);
  assert.equal(waiting.state, 'scheduled');
  const labelled = (await changePost(owner, post.id, { version: waiting.version, labels: ['storm'] })).post;
  const words = content();
  const reworded = (await changePost(owner, post.id, { version: labelled.version, content: words })).post;
  for (const after of [labelled, reworded]) {
    assert.deepEqual([only(after).dueAt, only(after).reason, after.dueAt], [only(waiting).dueAt, only(waiting).reason, waiting.dueAt]);
  }
  await database.admin('delete from server_pause');
  await database.admin('update post_target set work_at = now() where post_id = $1', [post.id]);
  assert.equal((await work(post)).state, 'published');
  assert.equal(sentWords().at(-1), words.parts[0]?.text);
});

test('what was being looked for and surely is not out keeps its turn after a change', async () => {
  const post = await writeNow();
  await database.admin(`update post_target set state = 'unknown', reason = 'The account has to be connected again; the post waits.', work_at = now() + interval '2 minutes' where post_id = $1`, [post.id]);
  const waiting = (await readPost(owner, post.id)).post;
  const { post: changed } = await changePost(owner, post.id, { version: post.version, content: content() });
  assert.deepEqual([changed.state, only(changed).dueAt], ['scheduled', only(waiting).dueAt]);
});

test('an account that joins a post whose time has passed needs a time of its own', async () => {
  const post = await failed();
  const targets = [{ accountId: first, content: null }, { accountId: second, content: null }];
  await assert.rejects(changePost(owner, post.id, { version: post.version, targets, allowDuplicate: true }), (error) =>
    error instanceof AppError && error.code === 'invalid-input' && error.fields[0]?.code === 'past');
  assert.equal((await readPost(owner, post.id)).post.targets.length, 1);
});

test('a planned post that gains an account goes to it at its time', async () => {
  const when = { kind: 'at', wallTime: '2026-12-01T09:00', zone: 'Europe/Berlin' } as const;
  const { post } = await writePost(owner, { requestKey: randomUUID(), content: content(), targets: [{ accountId: first, content: null }], when });
  const targets = [{ accountId: first, content: null }, { accountId: second, content: null }];
  const { post: joined } = await changePost(owner, post.id, { version: post.version, targets });
  assert.deepEqual(joined.targets.map(({ state, dueAt }) => [state, dueAt]), [['scheduled', post.dueAt], ['scheduled', post.dueAt]]);
});
