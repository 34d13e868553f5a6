import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import type { Post, Target } from '@rookery/contract/posts.ts';
import { ProviderError, type Provider } from '../../../providers/provider.ts';
import type { WorkspaceContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { readAttempts, readPost, writePost } from '../service.ts';
import { scriptNetwork, withProvider } from '../scripted-publishing.ts';
import { standardTimes, type PublishTimes } from './times.ts';
import { workOnTarget } from './work.ts';

const harness = await createHarness();
const { database } = harness;
const accountId = await harness.connectX();
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const scripted = scriptNetwork(real, { policy: 'lookup' });
/** A lease that is renewed four times, for uploads that take several of them. */
const times: PublishTimes = { ...standardTimes, leaseSeconds: 2.5, retrySeconds: 0, lookSeconds: 0, visibilityShare: 0 };
const signal = new AbortController().signal;

interface Stage {
  readonly owner: WorkspaceContext;
  readonly worker: WorkspaceContext;
}

function stage(publish: NonNullable<Provider['publish']>): Stage {
  const providers = withProvider(harness.services.providers, { ...scripted.provider, publish });
  return { owner: { ...harness.owner, providers }, worker: { ...harness.worker, providers } };
}

async function write({ owner }: Stage): Promise<{ post: Post; target: Target }> {
  const content = { parts: [{ text: `A film ${randomUUID()}`, media: [] }], firstComment: null };
  const { post } = await writePost(owner, { requestKey: randomUUID(), content, targets: [{ accountId, content: null }], when: { kind: 'now' } });
  const [target] = post.targets;
  assert.ok(target !== undefined);
  return { post, target };
}

const targetOf = async ({ owner }: Stage, post: Post): Promise<Target | undefined> => (await readPost(owner, post.id)).post.targets[0];
const publishScripted = scripted.provider.publish;
assert.ok(publishScripted !== undefined);

test('an upload that takes several leases keeps the row, is sent once, and nobody else begins it meanwhile', async () => {
  let begun = 0;
  const on = stage(async (call, request, progress) => {
    begun += 1;
    await sleep(6000);
    await progress.saveStep('media', '1');
    return publishScripted(call, request, progress);
  });
  const { post, target } = await write(on);
  const work = workOnTarget(on.worker, target.id, { times, signal });
  for (let round = 0; round < 10; round += 1) {
    await sleep(500);
    await workOnTarget(on.worker, target.id, { times, signal });
  }
  await work;
  assert.equal(begun, 1);
  assert.equal((await targetOf(on, post))?.state, 'published');
});

test('a worker whose row was taken over while it was frozen stops its upload at once and writes nothing', async () => {
  const failures: unknown[] = [];
  let beginning: (() => void) | null = null;
  const hasBegun = new Promise<void>((resolve) => void (beginning = resolve));
  const on = stage(async (call, _request, progress) => {
    beginning?.();
    await new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve(), { once: true }));
    for (const late of [progress.saveStep('media', '2'), progress.beforeSend()]) await late.catch((error: unknown) => failures.push(error));
    throw new ProviderError('retryable', 'The call was stopped.');
  });
  const { post, target } = await write(on);
  const work = workOnTarget(on.worker, target.id, { times, signal });
  await hasBegun;
  // As another worker does it that finds the lease over.
  await database.admin(`update post_target set fence = fence + 1, lease_until = now() + interval '1 hour' where id = $1`, [target.id]);
  const [before] = await database.admin('select t.*, p.steps, p.sent_at from post_target t join post_part p on p.target_id = t.id where t.id = $1', [target.id]);
  await work;
  const [after] = await database.admin('select t.*, p.steps, p.sent_at from post_target t join post_part p on p.target_id = t.id where t.id = $1', [target.id]);
  assert.deepEqual(after, before);
  assert.deepEqual(failures.map((error) => (error instanceof Error ? error.name : '')), ['HandsOffError', 'HandsOffError']);
  assert.deepEqual((await readAttempts(on.owner, post.id)).attempts.map(({ outcome }) => outcome), ['canceled']);
});

test('a video that the network prepares still is waited for without counting as a failure, with what is uploaded kept', async () => {
  const seen: string[] = [];
  const on = stage(async (call, request, progress) => {
    seen.push(request.steps['media'] ?? '');
    if (seen.length === 1) await progress.saveStep('media', '3');
    if (seen.length < 8) throw new ProviderError('processing', 'The network prepares the video.');
    return publishScripted(call, request, progress);
  });
  const { post, target } = await write(on);
  for (let round = 0; round < 8; round += 1) await workOnTarget(on.worker, target.id, { times, signal });
  assert.deepEqual(seen, ['', ...Array.from({ length: 7 }, () => '3')]);
  const done = await targetOf(on, post);
  assert.deepEqual([done?.state, done?.partsPublished], ['published', 1]);
});
