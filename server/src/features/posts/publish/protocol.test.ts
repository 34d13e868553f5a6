import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Content, Post, Target, When } from '@rookery/contract/posts.ts';
import type { PublishPolicy } from '@rookery/contract/publishing.ts';
import { ProviderError } from '../../../providers/provider.ts';
import type { WorkspaceContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { removePost, decideDoubtful, retry } from '../decide.ts';
import { readAttempts, readPost, writePost } from '../service.ts';
import { scriptNetwork, withProvider, type ScriptedNetwork } from '../scripted-publishing.ts';
import { standardTimes, type PublishTimes } from './times.ts';
import { workOnTarget } from './work.ts';

const harness = await createHarness();
const { database } = harness;
const accountId = await harness.connectX();
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const times: PublishTimes = { ...standardTimes, leaseSeconds: 60, sendSeconds: 0.2, retrySeconds: 0, lookSeconds: 0, visibilityShare: 0, waitSeconds: 0 };

interface Stage {
  readonly network: ScriptedNetwork;
  readonly owner: WorkspaceContext;
  readonly worker: WorkspaceContext;
}

/** The product with this policy on the one connected account. */
function stage(policy: PublishPolicy): Stage {
  assert.ok(real !== null);
  const network = scriptNetwork(real, { policy });
  const providers = withProvider(harness.services.providers, network.provider);
  return { network, owner: { ...harness.owner, providers }, worker: { ...harness.worker, providers } };
}

function contentOf(...texts: string[]): Content {
  return { parts: texts.map((text) => ({ text, media: [] })), firstComment: null };
}

async function write({ owner }: Stage, texts: string[], when: When = { kind: 'now' }): Promise<Post> {
  const { post } = await writePost(owner, { requestKey: randomUUID(), content: contentOf(...texts), targets: [{ accountId, content: null }], when });
  return post;
}

function only(post: Post): Target {
  const [target] = post.targets;
  assert.ok(target !== undefined);
  return target;
}

/** Lets a worker at it until nothing is left to do, at most so often; waits for quarantines. */
async function run({ owner, worker }: Stage, post: Post, rounds = 12): Promise<Target> {
  const signal = new AbortController().signal;
  for (let round = 0; round < rounds; round += 1) {
    await workOnTarget(worker, only(post).id, { times, signal });
    const target = only((await readPost(owner, post.id)).post);
    if (target.dueAt === null) return target;
    await new Promise((resolve) => setTimeout(resolve, Math.min(300, Math.max(0, Date.parse(target.dueAt ?? '') - Date.now()))));
  }
  return only((await readPost(owner, post.id)).post);
}

let counter = 0;
const fresh = (): string => `Heron number ${(counter += 1)}`;

test('a post for now goes out once, with its ledger and its audit event', async () => {
  const on = stage('key');
  const post = await write(on, [fresh()]);
  assert.equal(post.state, 'scheduled');
  const target = await run(on, post);
  assert.deepEqual([target.state, target.url, target.attempts, target.partsPublished], ['published', 'https://network.example/p1', 1, 1]);
  assert.equal(on.network.posts.length, 1);
  const { attempts } = await readAttempts(on.owner, post.id);
  assert.deepEqual(attempts.map(({ kind, outcome }) => [kind, outcome]), [['send', 'published']]);
  const audit = await database.admin(`select action, actor_kind from audit_event where entity_id = $1 order by xid, id`, [post.id]);
  assert.deepEqual(audit.map((row) => [row['action'], row['actor_kind']]), [['post:create', 'user'], ['post:publish', 'system']]);
});

test('a thread that breaks off at its second part goes on there and repeats nothing', async () => {
  const on = stage('lookup');
  const post = await write(on, [fresh(), fresh(), fresh()]);
  on.network.script('answer', new ProviderError('retryable', 'The network is busy.'), 'answer');
  const target = await run(on, post);
  assert.deepEqual([target.state, target.partsPublished], ['published', 3]);
  assert.deepEqual(on.network.posts.map(({ id, replyTo }) => [id, replyTo]), [['p1', null], ['p2', 'p1'], ['p3', 'p2']]);
});

for (const policy of ['key', 'container', 'lookup'] as const) {
  for (const happening of ['lose', 'drop'] as const) {
    test(`${policy}: an answer that is lost ${happening === 'lose' ? 'after' : 'before'} the post was made ends in exactly one post`, async () => {
      const on = stage(policy);
      const post = await write(on, [fresh()]);
      on.network.script(happening);
      const target = await run(on, post);
      assert.equal(target.state, 'published', target.reason ?? '');
      assert.equal(on.network.posts.length, 1);
    });
  }

  test(`${policy}: a worker that dies after the send is followed by one that finds the post, and its late answer changes nothing`, async () => {
    const on = stage(policy);
    const post = await write(on, [fresh()]);
    on.network.script('vanish');
    // It never returns: its process is as good as dead.
    void workOnTarget(on.worker, only(post).id, { times, signal: new AbortController().signal });
    while (on.network.posts.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const held = await run(on, post, 1);
    assert.equal(held.state, 'sending', 'another worker must not touch it while the lease lasts');
    await database.admin(`update post_target set lease_until = now() where id = $1`, [only(post).id]);
    const target = await run(on, post);
    assert.equal(target.state, 'published', target.reason ?? '');
    assert.equal(on.network.posts.length, 1);
    const { attempts } = await readAttempts(on.owner, post.id);
    assert.equal(attempts[0]?.outcome, 'interrupted');
  });
}

test('where nothing can be known a person is asked, and nothing is sent a second time by itself', async () => {
  const on = stage('once');
  const post = await write(on, [fresh()]);
  on.network.script('lose');
  const target = await run(on, post);
  assert.deepEqual([target.state, on.network.posts.length], ['review', 1]);
  assert.match(target.reason ?? '', /can't tell/);
  const { post: decided } = await decideDoubtful(on.owner, { postId: post.id, targetId: target.id }, { decision: 'is-published', url: 'https://network.example/seen' });
  assert.deepEqual([only(decided).state, only(decided).url], ['published', 'https://network.example/seen']);
});

test('a person may say that it has to be sent again', async () => {
  const on = stage('once');
  const post = await write(on, [fresh()]);
  on.network.script('drop');
  const doubtful = await run(on, post);
  assert.equal(doubtful.state, 'review');
  await decideDoubtful(on.owner, { postId: post.id, targetId: doubtful.id }, { decision: 'send-again' });
  const target = await run(on, post);
  assert.deepEqual([target.state, on.network.posts.length], ['published', 1]);
});

test('a look that cannot tell asks a person; one that gets no answer is repeated', async () => {
  const on = stage('lookup');
  const post = await write(on, [fresh()]);
  on.network.script('lose');
  on.network.scriptLooks(new ProviderError('retryable', 'busy'), { state: 'pending' }, { state: 'unsure', reason: 'There are two posts with these words.' });
  const target = await run(on, post);
  assert.equal(target.state, 'review');
  assert.match(target.reason ?? '', /two posts/);
  assert.equal(on.network.looks, 3);
});

test('what the network refuses for good has failed with its words, and can be tried again by hand', async () => {
  const on = stage('key');
  const post = await write(on, [fresh()]);
  on.network.script(new ProviderError('rejected', 'The text is not allowed here.'));
  const failed = await run(on, post);
  assert.deepEqual([failed.state, failed.reason, on.network.posts.length], ['failed', 'The text is not allowed here.', 0]);
  await retry(on.owner, post.id, failed.id);
  assert.equal((await run(on, post)).state, 'published');
});

test('a clear failure is tried three times more and then has failed', async () => {
  const on = stage('key');
  const post = await write(on, [fresh()]);
  on.network.script(...Array.from({ length: 10 }, () => new ProviderError('rateLimited', 'Slow down.', { until: null })).slice(0, 2),
    ...Array.from({ length: 4 }, () => new ProviderError('garbled', 'Not what it promises.')));
  await database.admin('delete from server_pause');
  const target = await run(on, post);
  assert.equal(target.state, 'failed');
  assert.equal(target.attempts, 6, 'a limit is waited for and does not count as a failure');
  await database.admin('delete from server_pause');
});

test('a network that keeps failing is left alone, and its posts wait visibly', async () => {
  const on = stage('key');
  await database.admin(`insert into server_pause (network, server, failures, until) values ('x', '', 7, now() + interval '40 seconds')`);
  const post = await write(on, [fresh()]);
  const target = await run(on, post, 1);
  assert.equal(target.state, 'scheduled');
  assert.match(target.reason ?? '', /waits/);
  assert.ok(Date.parse(target.dueAt ?? '') - Date.now() > 20_000);
  await database.admin('delete from server_pause');
  await database.admin('update post_target set work_at = now() where id = $1', [target.id]);
  assert.equal((await run(on, post)).state, 'published');
});

test('posts of an account that has to be connected again wait, and go out afterwards', async () => {
  const on = stage('key');
  const post = await write(on, [fresh()]);
  await database.admin(`update account set state = 'reconnect' where id = $1`, [accountId]);
  const waiting = await run(on, post, 2);
  assert.deepEqual([waiting.state, on.network.posts.length], ['scheduled', 0]);
  assert.match(waiting.reason ?? '', /connected again/);
  await database.admin(`update account set state = 'connected' where id = $1`, [accountId]);
  assert.equal((await run(on, post)).state, 'published');
});

test('what was due a day ago is not sent by surprise', async () => {
  const on = stage('key');
  const post = await write(on, [fresh()], { kind: 'at', wallTime: '2026-12-01T09:00', zone: 'Europe/Berlin' });
  await database.admin(`update post set due_at = now() - interval '25 hours' where id = $1`, [post.id]);
  await database.admin(`update post_target set work_at = now() - interval '25 hours' where post_id = $1`, [post.id]);
  const target = await run(on, post);
  assert.deepEqual([target.state, on.network.posts.length], ['failed', 0]);
});

test('a post that is not due is not touched', async () => {
  const on = stage('key');
  const post = await write(on, [fresh()], { kind: 'at', wallTime: '2026-12-01T09:00', zone: 'Europe/Berlin' });
  await workOnTarget(on.worker, only(post).id, { times, signal: new AbortController().signal });
  assert.deepEqual([on.network.posts.length, only((await readPost(on.owner, post.id)).post).attempts], [0, 0]);
});

test('deleting before the last check stops the send for good', async () => {
  const on = stage('key');
  const post = await write(on, [fresh()]);
  on.network.beforeCheck = async () => {
    const { post: deleted } = await removePost(on.owner, post.id, { alsoOnNetwork: false });
    assert.equal(only(deleted).state, 'canceled');
  };
  assert.equal((await run(on, post)).state, 'canceled');
  assert.equal(on.network.posts.length, 0);
  const { attempts } = await readAttempts(on.owner, post.id);
  assert.deepEqual(attempts.map(({ outcome }) => outcome), ['canceled']);
});

for (const happening of ['answer', 'lose', 'drop'] as const) {
  test(`deleting while it is on its way leaves nothing on the network (${happening})`, async () => {
    const on = stage('lookup');
    const post = await write(on, [fresh()]);
    on.network.script(happening);
    on.network.onSend = async () => {
      on.network.onSend = null;
      const { post: deleted } = await removePost(on.owner, post.id, { alsoOnNetwork: true });
      assert.deepEqual([only(deleted).state, only(deleted).isDeleting], ['sending', true]);
    };
    const target = await run(on, post);
    assert.equal(target.state, happening === 'drop' ? 'canceled' : 'deleted');
    assert.deepEqual(on.network.posts.filter(({ isDeleted }) => !isDeleted), []);
  });
}

test('deleting a thread between two parts sends no more, and takes back what is out', async () => {
  const on = stage('key');
  const post = await write(on, [fresh(), fresh(), fresh()]);
  let sends = 0;
  on.network.beforeCheck = async () => {
    sends += 1;
    if (sends === 2) await removePost(on.owner, post.id, { alsoOnNetwork: true });
  };
  const target = await run(on, post);
  assert.deepEqual([target.state, on.network.posts.length, on.network.posts[0]?.isDeleted], ['deleted', 1, true]);
});

test('two workers at one target: one sends', async () => {
  const on = stage('lookup');
  const post = await write(on, [fresh()]);
  const signal = new AbortController().signal;
  await Promise.all(Array.from({ length: 6 }, () => workOnTarget(on.worker, only(post).id, { times, signal })));
  assert.equal(on.network.posts.length, 1);
  assert.equal(only((await readPost(on.owner, post.id)).post).state, 'published');
});

for (const isDeleted of [false, true]) {
  test(`a refused repeat of what seemed absent is looked for again, never sent a third time${isDeleted ? ', and deleted there if asked' : ''}`, async () => {
    const on = stage('lookup');
    const post = await write(on, [fresh()]);
    on.network.script('lose', new ProviderError('rejected', 'You have said that already.'));
    on.network.scriptLooks({ state: 'absent' });
    let sends = 0;
    on.network.onSend = async () => {
      sends += 1;
      if (isDeleted && sends === 2) await removePost(on.owner, post.id, { alsoOnNetwork: true });
    };
    const target = await run(on, post);
    assert.deepEqual([target.state, sends, on.network.posts.length], [isDeleted ? 'deleted' : 'published', 2, 1]);
  });
}
