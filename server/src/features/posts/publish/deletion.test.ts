// What this proves: two workers, one of which may have lost its lease without knowing, and a person who deletes, moves, edits or
// publishes at once, in any order of their transactions and of the moments before a commit, on the real database. Found orders are
// shrunk and repeated by fast-check's seed. Interleavings inside a statement are PostgreSQL's own promise.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Post, Target } from '@rookery/contract/posts.ts';
import fc from 'fast-check';
import { AppError } from '../../../platform/errors.ts';
import { ProviderError, type Provider, type PublishProgress, type PublishRequest } from '../../../providers/provider.ts';
import type { WorkspaceContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { removePost } from '../decide.ts';
import { scriptNetwork, withProvider, type ScriptedNetwork } from '../scripted-publishing.ts';
import { lockPost, lockTargets } from '../queries.ts';
import { changePost, publishNow, readPost, writePost } from '../service.ts';
import { createActor, gated, type Actor, type Gate } from './interleaving-fixture.ts';
import { standardTimes, type PublishTimes } from './times.ts';
import { workOnTarget } from './work.ts';

const runs = Number(process.env['ROOKERY_INTERLEAVINGS'] ?? 30);
const times: PublishTimes = { ...standardTimes, leaseSeconds: 60, sendSeconds: 0.4, retrySeconds: 0, lookSeconds: 0, visibilityShare: 0, waitSeconds: 0 };

const harness = await createHarness({ isRealTime: true });
const { database } = harness;
const accountId = await harness.connectX();
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const signal = new AbortController().signal;

type UserAct = 'delete' | 'delete everywhere' | 'move' | 'edit' | 'publish now';
type Pick = 'first worker' | 'second worker' | 'person' | 'the leases end';

/** What happened, in the order in which it was known. `cleared`: a worker has got leave to send, which is committed. */
interface Happening {
  readonly kind: 'cleared' | 'arrived' | 'asked' | 'answered';
  readonly act?: UserAct;
  readonly key?: string;
  readonly text?: string;
  readonly target?: Target;
}

interface Play {
  readonly policy: 'key' | 'lookup' | 'once';
  readonly parts: number;
  readonly answers: readonly ('answer' | 'lose' | 'drop')[];
  readonly acts: readonly UserAct[];
  readonly order: readonly (readonly [Pick, number])[];
}

const play: fc.Arbitrary<Play> = fc.record({
  policy: fc.constantFrom('key', 'lookup', 'once'),
  parts: fc.integer({ min: 1, max: 2 }),
  answers: fc.array(fc.constantFrom('answer', 'lose', 'drop'), { maxLength: 2 }),
  acts: fc.array(fc.constantFrom<UserAct[]>('delete', 'delete everywhere', 'move', 'edit', 'publish now'), { minLength: 1, maxLength: 3 }),
  order: fc.array(fc.tuple(fc.constantFrom<Pick[]>('first worker', 'second worker', 'person', 'the leases end'), fc.integer({ min: 1, max: 9 })), { maxLength: 14 }),
});

interface Stage {
  readonly network: ScriptedNetwork;
  readonly seen: Happening[];
  readonly postId: string;
  readonly targetId: string;
  readonly owner: WorkspaceContext;
  contextOf(gate: Gate): WorkspaceContext;
}

let counter = 0;

async function setStage({ policy, parts, answers }: Play): Promise<Stage> {
  assert.ok(real !== null);
  const network = scriptNetwork(real, { policy, keyLifetimeSeconds: null });
  network.script(...answers);
  const seen: Happening[] = [];
  const owner = { ...harness.owner, providers: withProvider(harness.services.providers, network.provider) };
  const n = (counter += 1);
  const content = { parts: Array.from({ length: parts }, (_, part) => ({ text: `Heron ${n}, part ${part}`, media: [] })), firstComment: null };
  const { post } = await writePost(owner, { requestKey: randomUUID(), content, targets: [{ accountId, content: null }], when: { kind: 'now' } });
  return {
    network, seen, owner, postId: post.id, targetId: only(post).id,
    contextOf: (gate) => gated({ ...harness.worker, providers: withProvider(harness.services.providers, watch(network, seen, gate)) }, gate),
  };
}

/** The network with a gate in front of it; like every real provider, it sends nothing once the time to send is over. */
function watch({ provider }: ScriptedNetwork, seen: Happening[], gate: Gate): Provider {
  const { publish } = provider;
  assert.ok(publish !== undefined);
  const clear = async (request: PublishRequest, progress: PublishProgress): Promise<AbortSignal> => {
    const deadline = await progress.beforeSend();
    seen.push({ kind: 'cleared', key: request.key, text: request.text });
    await gate();
    if (deadline.aborted) throw new ProviderError('retryable', 'The time to send is over.');
    seen.push({ kind: 'arrived', key: request.key, text: request.text });
    return deadline;
  };
  return {
    ...provider,
    publish: async (call, request: PublishRequest, progress) => {
      try {
        return await publish(call, request, { ...progress, beforeSend: () => clear(request, progress) });
      } finally {
        // The answer is there, and nobody knows it yet.
        await gate();
      }
    },
  };
}

function only(post: Post): Target {
  const [target] = post.targets;
  assert.ok(target !== undefined);
  return target;
}

async function act({ owner, postId, seen }: Stage, what: UserAct, gate: Gate): Promise<void> {
  const ctx = gated(owner, gate);
  const { version } = (await readPost(owner, postId)).post;
  seen.push({ kind: 'asked', act: what });
  try {
    const { post } = await perform(ctx, { postId, version, what });
    seen.push({ kind: 'answered', act: what, target: only(post) });
  } catch (error) {
    // Refused in words: it is out, on its way or deleted, or somebody was quicker.
    if (!(error instanceof AppError && error.code === 'conflict')) throw error;
  }
}

async function perform(ctx: WorkspaceContext, { postId, version, what }: { postId: string; version: number; what: UserAct }): Promise<{ post: Post }> {
  switch (what) {
    case 'delete':
      return removePost(ctx, postId, { alsoOnNetwork: false });
    case 'delete everywhere':
      return removePost(ctx, postId, { alsoOnNetwork: true });
    case 'move':
      return changePost(ctx, postId, { version, when: { kind: 'at', wallTime: `${new Date().getFullYear() + 1}-06-01T09:00`, zone: 'UTC' } });
    case 'edit':
      return changePost(ctx, postId, { version, content: { parts: [{ text: `Heron ${(counter += 1)}, edited`, media: [] }], firstComment: null } });
    case 'publish now':
      return publishNow(ctx, postId, { version });
  }
}

async function enact(stage: Stage, { acts, order }: Play): Promise<Target> {
  const work = (): Actor => createActor(database, (gate) => workOnTarget(stage.contextOf(gate), stage.targetId, { times, signal }));
  const actors: Record<Exclude<Pick, 'the leases end'>, Actor> = {
    'first worker': work(), 'second worker': work(),
    person: createActor(database, async (gate) => {
      for (const what of acts) await act(stage, what, gate);
    }),
  };
  for (const [who, steps] of order) {
    if (who === 'the leases end') await endLeases(stage);
    // A worker that is done looks for more.
    else for (let step = 0; step < steps; step += 1) {
      if (actors[who].isEnded() && who !== 'person') actors[who] = work();
      await actors[who].step();
    }
  }
  await Promise.all(Object.values(actors).map((actor) => actor.finish()));
  await endLeases(stage);
  return settle(stage);
}

/** Not while a row is locked: the time passes for whoever comes next. */
async function endLeases({ targetId }: Stage): Promise<void> {
  await database.admin(
    `update post_target set lease_until = now() - interval '1 second'
     where id in (select id from post_target where id = $1 and lease_until is not null for update skip locked)`, [targetId],
  );
}

const roundsMax = 40;

/** Lets a worker at it until it has come to an end, or has a time that lies ahead. */
async function settle(stage: Stage): Promise<Target> {
  const ctx = stage.contextOf(async () => undefined);
  for (let round = 0; round < roundsMax; round += 1) {
    const target = only((await readPost(stage.owner, stage.postId)).post);
    const waitMs = target.dueAt === null ? Number.POSITIVE_INFINITY : Date.parse(target.dueAt) - Date.now();
    if (waitMs > 10_000) return target;
    await sleep(Math.max(0, waitMs));
    await workOnTarget(ctx, stage.targetId, { times, signal });
  }
  return assert.fail('the post never came to rest');
}

/** Every way in which the promise could have been broken. */
function judge({ seen, network }: Stage, target: Target): void {
  const words = JSON.stringify({ seen: seen.map(({ target: at, ...rest }) => ({ ...rest, ...(at === undefined ? {} : { state: at.state }) })), end: target });
  for (const [index, happening] of seen.entries()) {
    const later = seen.slice(index + 1);
    if (happening.kind !== 'answered') continue;
    const isOnItsWay = happening.target?.isDeleting === true && happening.target.state !== 'published';
    if (happening.act === 'delete' || happening.act === 'delete everywhere') {
      assert.ok(!later.some(({ kind }) => kind === 'cleared'), `got leave to send after it was deleted: ${words}`);
      assert.ok(isOnItsWay || !later.some(({ kind }) => kind === 'arrived'), `sent after it was deleted: ${words}`);
    }
    const until = later.findIndex(({ kind, act: what }) => kind === 'asked' && what === 'publish now');
    const meanwhile = until < 0 ? later : later.slice(0, until);
    if (happening.act === 'move') assert.ok(!meanwhile.some(({ kind }) => kind === 'arrived'), `sent before its new time: ${words}`);
    if (happening.act === 'edit') {
      assert.ok(!later.some(({ kind, text }) => kind === 'arrived' && text?.includes('part') === true), `sent with the words that were changed: ${words}`);
    }
  }
  const texts = network.posts.map(({ text }) => text);
  assert.equal(new Set(texts).size, texts.length, `there twice: ${words}`);
  requireTruth(network, target, words);
}

/** What a person sees is what is there. */
function requireTruth(network: ScriptedNetwork, target: Target, words: string): void {
  const live = network.posts.filter(({ isDeleted }) => !isDeleted).length;
  switch (target.state) {
    case 'published':
      return assert.ok(live > 0, `said to be out and not there: ${words}`);
    case 'deleted':
      return assert.equal(live, 0, `said to be deleted and there: ${words}`);
    case 'canceled':
      return assert.ok(live === 0 || target.reason !== null, `there, and nobody is told: ${words}`);
    case 'scheduled':
      return assert.equal(live, 0, `there, and said to be waiting: ${words}`);
    case 'review':
      return assert.ok(target.reason !== null, words);
    default:
      return assert.fail(`this is no end: ${words}`);
  }
}

test('after a delete has answered no send begins, nothing is sent twice or before its time, and every end can be seen', async () => {
  let sent = 0;
  let deleted = 0;
  await fc.assert(fc.asyncProperty(play, async (one) => {
    const stage = await setStage(one);
    const target = await enact(stage, one);
    judge(stage, target);
    sent += stage.seen.filter(({ kind }) => kind === 'arrived').length;
    deleted += stage.seen.filter(({ kind, act: what }) => kind === 'answered' && what?.startsWith('delete') === true).length;
  }), { numRuns: runs });
  assert.ok(sent > 0 && deleted > 0, 'nothing was sent or deleted: this proves nothing');
});

test('a person who has a post in hand and a worker that has its destination do not wait for each other for good', async () => {
  const stage = await setStage({ policy: 'key', parts: 1, answers: [], acts: [], order: [] });
  let work: Promise<void> = Promise.resolve();
  await stage.owner.transaction(async (db) => {
    await db.one(lockPost, [stage.owner.workspace.id, stage.postId]);
    const actor = createActor(database, () => workOnTarget(stage.contextOf(async () => undefined), stage.targetId, { times, signal }));
    // To its end, or to where it waits for us.
    await actor.step();
    await db.many(lockTargets, [stage.owner.workspace.id, stage.postId]);
    work = actor.finish();
  });
  await work;
  assert.equal((await settle(stage)).state, 'published');
});

test('a worker that waited for a change takes the words as they became', async () => {
  const stage = await setStage({ policy: 'key', parts: 1, answers: [], acts: [], order: [] });
  const actor = createActor(database, () => workOnTarget(stage.contextOf(async () => undefined), stage.targetId, { times, signal }));
  const { version } = (await readPost(stage.owner, stage.postId)).post;
  const editor: WorkspaceContext = {
    ...stage.owner,
    transaction: (work) => stage.owner.transaction(async (db) => {
      const result = await work(db);
      // To where it waits for this change to be committed.
      await actor.step();
      return result;
    }),
  };
  await changePost(editor, stage.postId, { version, content: { parts: [{ text: 'Heron, edited', media: [] }], firstComment: null }, when: { kind: 'now' } });
  await actor.finish();
  assert.equal((await settle(stage)).state, 'published');
  assert.deepEqual(stage.network.posts.map(({ text }) => text), ['Heron, edited']);
});
