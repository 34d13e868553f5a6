import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Content, Post } from '@rookery/contract/posts.ts';
import type { Rule, Series } from '@rookery/contract/series.ts';
import { AppError } from '../../../platform/errors.ts';
import type { WorkspaceContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { changeWorkspace } from '../../workspaces/service.ts';
import { approve, giveBack, readApprovals } from '../approvals.ts';
import { scriptNetwork, withProvider } from '../scripted-publishing.ts';
import { readPost } from '../service.ts';
import { extendSeries } from './extend.ts';
import { editSeries, endSeries, pauseSeries, readSeries, resumeSeries, startSeries } from './service.ts';

const harness = await createHarness();
const { clock, database } = harness;
const accountId = await harness.connectX('tidewatercoop');
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const providers = withProvider(harness.services.providers, scriptNetwork(real, {}).provider);
const owner: WorkspaceContext = { ...harness.owner, providers };
const worker: WorkspaceContext = { ...harness.worker, providers };
const editor: WorkspaceContext = { ...owner, role: 'editor', actor: { kind: 'user', id: randomUUID(), name: 'Ed Editor' } };
const startedAt = clock.now();
const dayMs = 86_400_000;

let counter = 0;
const content = (): Content => ({ parts: [{ text: `Once a fortnight, number ${(counter += 1)}`, media: [] }], firstComment: null });
// The harness begins on Tuesday, 24 November 2026, at 13:00 in Berlin.
const rule: Rule = { repeat: { kind: 'weekly', everyWeeks: 2, weekdays: [4] }, time: '09:00', zone: 'Europe/Berlin', startsOn: '2026-11-26', end: { kind: 'never' } };
const setRule = (requiresApproval: boolean) => changeWorkspace(owner, { requiresApproval });

async function start(ctx: WorkspaceContext): Promise<Series> {
  return (await startSeries(ctx, { requestKey: randomUUID(), content: content(), targets: [{ accountId, content: null }], rule })).series;
}

async function inTime<Result>(days: number, work: () => Promise<Result>): Promise<Result> {
  clock.set(new Date(startedAt.getTime() + days * dayMs));
  try {
    return await work();
  } finally {
    clock.set(startedAt);
  }
}

/** An editor's series that ran before approvals were asked for, with what was planned of it since then, a month on. */
async function running(): Promise<{ series: Series; old: Post; waiting: Post[] }> {
  await setRule(false);
  const series = await start(editor);
  const before = (await readSeries(owner, series.id)).occurrences;
  await setRule(true);
  await inTime(30, () => extendSeries(worker, series.id));
  const added = (await readSeries(owner, series.id)).occurrences.slice(before.length);
  const old = await postOf(before.at(-1)?.postId);
  return { series: (await readSeries(owner, series.id)).series, old, waiting: await Promise.all(added.map(({ postId }) => postOf(postId))) };
}

const postOf = async (postId: string | undefined): Promise<Post> => (await readPost(owner, postId ?? '')).post;
const isThere = async ({ id }: Post): Promise<boolean> => (await database.admin('select from post where id = $1', [id])).length > 0;
const workOf = async ({ id }: Post): Promise<unknown[]> => (await database.admin('select work_at from post_target where post_id = $1', [id])).map((row) => row['work_at']);
const standing = (post: Post): unknown[] => [post.state, post.dueAt, post.approval?.state ?? null];

function first(posts: readonly Post[]): Post {
  return posts[0] ?? assert.fail('there is no post');
}

test('what is planned of a running series after approvals were turned on waits for one, and no worker has it to send', async () => {
  const { series, old, waiting } = await running();
  assert.equal(old.state, 'scheduled', 'what was planned before stays planned');
  assert.deepEqual(waiting.map((post) => [...standing(post), post.approval?.wallTime]), [
    ['draft', null, 'requested', '2027-02-04T09:00'], ['draft', null, 'requested', '2027-02-18T09:00'],
  ]);
  assert.deepEqual([first(waiting).approval?.requestedBy, first(waiting).series], ['Ed Editor', { id: series.id, date: '2027-02-04', isEdited: false }]);
  assert.deepEqual((await Promise.all(waiting.map(workOf))).flat(), [null, null]);
  assert.ok((await readApprovals(owner)).posts.some(({ id }) => id === first(waiting).id));
  await inTime(30, () => extendSeries(worker, series.id));
  assert.equal((await readSeries(owner, series.id)).occurrences.filter(({ state }) => state === 'draft').length, 2, 'nothing is asked for twice');
  const { post } = await approve(owner, first(waiting).id, { version: first(waiting).version });
  assert.deepEqual(standing(post), ['scheduled', '2027-02-04T08:00:00.000Z', 'approved']);
  assert.deepEqual([post.series?.isEdited, (await workOf(post)).length], [false, 1]);
});

test('an editor can neither change nor resume a running series past the approvals, and whoever approves lets it go with its next occurrences', async () => {
  const { series } = await running();
  for (const work of [editSeries(editor, series.id, { version: series.version, from: '2026-11-25', content: content() }), pauseAndResume(editor, series)]) {
    await assert.rejects(work, (error) => error instanceof AppError && error.code === 'approval-needed');
  }
  const paused = (await readSeries(owner, series.id)).series;
  assert.equal(paused.state, 'paused');
  await resumeSeries(owner, series.id, { version: paused.version });
  await inTime(60, () => extendSeries(worker, series.id));
  assert.deepEqual([...new Set((await readSeries(owner, series.id)).occurrences.map(({ state }) => state))], ['scheduled']);
});

async function pauseAndResume(ctx: WorkspaceContext, series: Series): Promise<void> {
  const paused = await pauseSeries(ctx, series.id, { version: series.version });
  await resumeSeries(ctx, series.id, { version: paused.series.version });
}

test('a change of the series drops the approval of what it changes: it waits again with the new words', async () => {
  const { series, old, waiting } = await running();
  const { post: approved } = await approve(owner, first(waiting).id, { version: first(waiting).version });
  const { post: givenBack } = await giveBack(owner, waiting[1]?.id ?? '', { version: waiting[1]?.version ?? 0, note: 'Shorter, please' });
  assert.deepEqual([approved.approval?.state, givenBack.approval?.state], ['approved', 'changes-requested']);

  const labelled = await editSeries(owner, series.id, { version: series.version, from: '2026-11-25', labels: ['birds'] });
  assert.deepEqual(standing(await postOf(approved.id)), standing(approved), 'labels are none of it');

  const words = content();
  const edited = await editSeries(owner, series.id, { version: labelled.series.version, from: '2026-11-25', content: words });
  for (const { id } of [approved, givenBack]) {
    const post = await postOf(id);
    assert.deepEqual([...standing(post), post.content, post.labels], ['draft', null, 'requested', words, ['birds']]);
    assert.deepEqual(await workOf(post), [null]);
  }
  assert.deepEqual([(await postOf(old.id)).state, (await postOf(old.id)).content], ['scheduled', words]);

  const again = await postOf(approved.id);
  await assert.rejects(approve(owner, again.id, { version: approved.version }), (error) => error instanceof AppError && error.code === 'conflict');
  await approve(owner, again.id, { version: again.version });
  await editSeries(owner, series.id, { version: edited.series.version, from: '2026-11-25', rule: { ...rule, time: '10:30' } });
  const moved = await postOf(approved.id);
  assert.deepEqual([...standing(moved), moved.approval?.wallTime], ['draft', null, 'requested', '2027-02-04T10:30']);
});

test('where approvals were turned off since, a change withdraws the approval and the occurrence stays planned', async () => {
  const { series, waiting } = await running();
  const { post: approved } = await approve(owner, first(waiting).id, { version: first(waiting).version });
  await setRule(false);
  await editSeries(editor, series.id, { version: series.version, from: '2026-11-25', content: content() });
  assert.deepEqual(standing(await postOf(approved.id)), ['scheduled', approved.dueAt, 'withdrawn']);
});

test('what waits of a series goes with it when it is paused or ends, and comes back when it goes on', async () => {
  const { series, waiting } = await running();
  const paused = await pauseSeries(owner, series.id, { version: series.version });
  assert.deepEqual(await Promise.all(waiting.map(isThere)), [false, false]);
  await setRule(false);
  const going = await resumeSeries(editor, series.id, { version: paused.series.version });
  await setRule(true);
  await inTime(30, () => extendSeries(worker, series.id));
  const again = (await readSeries(owner, series.id)).occurrences.filter(({ state }) => state === 'draft');
  assert.deepEqual(again.map(({ date }) => date), waiting.map((post) => post.series?.date));
  await endSeries(owner, series.id, { version: going.series.version });
  assert.deepEqual((await readSeries(owner, series.id)).occurrences, []);
});
