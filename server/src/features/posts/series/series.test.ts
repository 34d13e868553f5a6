import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { Content } from '@rookery/contract/posts.ts';
import type { createSeries, Repeat, Rule } from '@rookery/contract/series.ts';
import { AppError } from '../../../platform/errors.ts';
import type { WorkspaceContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { removePost } from '../decide.ts';
import { enqueueDueSeries } from '../jobs.ts';
import { readCalendar } from '../lists.ts';
import { scriptNetwork, withProvider } from '../scripted-publishing.ts';
import { changePost, readPost, writePost } from '../service.ts';
import { extendSeries } from './extend.ts';
import { editSeries, endSeries, pauseSeries, readSeries, readSeriesList, resumeSeries, startSeries } from './service.ts';

const harness = await createHarness();
const { clock, database, stranger } = harness;
const accountId = await harness.connectX('tidewatercoop');
const otherId = await harness.connectX('mirelavance');
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const providers = withProvider(harness.services.providers, scriptNetwork(real, {}).provider);
const owner: WorkspaceContext = { ...harness.owner, providers };
const worker: WorkspaceContext = { ...harness.worker, providers };
const startedAt = clock.now();
const dayMs = 86_400_000;

type Body = BodyOf<typeof createSeries>;
let counter = 0;
const content = (text = `Again and again, number ${(counter += 1)}`): Content => ({ parts: [{ text, media: [] }], firstComment: null });
const weekly: Repeat = { kind: 'weekly', everyWeeks: 1, weekdays: [2, 4] };
// The harness begins on Tuesday, 24 November 2026, at 13:00 in Berlin.
const rule = (change: Partial<Rule> = {}): Rule => ({ repeat: weekly, time: '09:00', zone: 'Europe/Berlin', startsOn: '2026-11-24', end: { kind: 'never' }, ...change });
const body = (change: Partial<Body> = {}): Body => ({ requestKey: randomUUID(), content: content(), targets: [{ accountId, content: null }], rule: rule(), ...change });
const start = (change: Partial<Body> = {}) => startSeries(owner, body(change));
const dates = (found: { occurrences: readonly { date: string }[] }): string[] => found.occurrences.map(({ date }) => date);

async function refused(code: string, work: Promise<unknown>, field?: string): Promise<AppError> {
  const error: unknown = await work.then(() => assert.fail('it was not refused'), (reason: unknown) => reason);
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.message);
  if (field !== undefined) assert.ok(error.fields.some((one) => one.code === field), JSON.stringify(error.fields));
  return error;
}

/** The posts of a series as they are stored, by their day. */
async function stored(seriesId: string): Promise<{ on: string; at: string; id: string }[]> {
  const rows = await database.admin(`select id, occurs_on::text as day, due_at from post where series_id = $1 order by occurs_on`, [seriesId]);
  return rows.map((row) => ({ id: String(row['id']), on: String(row['day']), at: row['due_at'] instanceof Date ? row['due_at'].toISOString() : '' }));
}

async function inTime<Result>(days: number, work: () => Promise<Result>): Promise<Result> {
  clock.set(new Date(startedAt.getTime() + days * dayMs));
  try {
    return await work();
  } finally {
    clock.set(startedAt);
  }
}

test('a series stands in the calendar as ordinary posts, sixty days ahead, from its first time that has not passed', async () => {
  const made = await start();
  assert.deepEqual(dates(made).slice(0, 3), ['2026-11-26', '2026-12-01', '2026-12-03']);
  assert.deepEqual([made.occurrences.length, made.series.rule.startsOn, dates(made).at(-1)], [17, '2026-11-26', '2027-01-21']);
  assert.deepEqual(made.series.next.map(({ date }) => date), dates(made).slice(0, 3));
  const { post } = await readPost(owner, made.occurrences[0]?.postId ?? '');
  assert.deepEqual([post.state, post.wallTime, post.dueAt, post.targets[0]?.dueAt], ['scheduled', '2026-11-26T09:00', '2026-11-26T08:00:00.000Z', post.dueAt]);
  assert.deepEqual(post.series, { id: made.series.id, date: '2026-11-26', isEdited: false });
  const calendar = await readCalendar(owner, { from: '2026-11-25T00:00:00.000Z', to: '2027-02-01T00:00:00.000Z' });
  assert.equal(calendar.posts.filter(({ isRepeated }) => isRepeated).length, 17);
});

test('the same request twice, or eight times at once, makes one series; another one under its key is refused', async () => {
  const once = body();
  const answers = await Promise.all(Array.from({ length: 8 }, () => startSeries(owner, once)));
  assert.equal(new Set(answers.map(({ series }) => series.id)).size, 1);
  assert.equal((await stored(answers[0]?.series.id ?? '')).length, 17);
  await refused('conflict', startSeries(owner, { ...once, content: content() }));
});

test('workers plan what comes into sight, once, however many do so at once', async () => {
  const { series } = await start();
  for (const days of [1, 30, 31]) {
    await inTime(days, async () => {
      await Promise.all(Array.from({ length: 6 }, () => extendSeries(worker, series.id)));
    });
  }
  const posts = await stored(series.id);
  assert.deepEqual([posts.length, new Set(posts.map(({ on }) => on)).size, posts.at(-1)?.on], [26, 26, '2027-02-23']);
  const rows = await database.admin(`select count(*)::int as n from post_target t join post p on p.id = t.post_id where p.series_id = $1`, [series.id]);
  assert.deepEqual(rows, [{ n: 26 }]);
});

test('planning that breaks off in the middle has planned nothing, and the next try plans it all', async () => {
  const { series } = await start();
  const before = await stored(series.id);
  const events = { ...worker.events, publish: () => Promise.reject(new Error('The worker ended here.')) };
  await inTime(40, async () => {
    await assert.rejects(extendSeries({ ...worker, events }, series.id), /ended here/);
    assert.deepEqual(await stored(series.id), before);
    assert.equal(await extendSeries(worker, series.id), 12);
    assert.equal(await extendSeries(worker, series.id), 0);
  });
});

test('a series that comes seldom always has its next one planned; one that ends plans no more', async () => {
  const rare = await start({ rule: rule({ repeat: { kind: 'weekly', everyWeeks: 52, weekdays: [3] } }) });
  assert.deepEqual(dates(rare), ['2026-11-25']);
  await inTime(2, async () => {
    assert.equal(await extendSeries(worker, rare.series.id), 1);
    assert.equal((await stored(rare.series.id)).at(-1)?.on, '2027-11-24');
  });
  const short = await start({ rule: rule({ end: { kind: 'after', count: 3 } }) });
  assert.deepEqual([dates(short), short.series.left], [['2026-11-26', '2026-12-01', '2026-12-03'], 3]);
  await inTime(90, async () => {
    assert.equal(await extendSeries(worker, short.series.id), 0);
    assert.equal((await readSeries(owner, short.series.id)).series.state, 'ended');
  });
  const dated = await start({ rule: rule({ end: { kind: 'on', date: '2026-12-01' } }) });
  assert.deepEqual(dates(dated), ['2026-11-26', '2026-12-01']);
});

test('an hour that does not exist is posted at the first minute after it and says so; of one that comes twice the first is taken', async () => {
  const gap = await start({ rule: rule({ repeat: { kind: 'monthly', dayOfMonth: 28 }, time: '02:30', startsOn: '2027-03-28' }) });
  const { post } = await readPost(owner, gap.occurrences[0]?.postId ?? '');
  assert.deepEqual([post.wallTime, post.dueAt], ['2027-03-28T02:30', '2027-03-28T01:00:00.000Z']);
  assert.match(post.targets[0]?.reason ?? '', /there is no 02:30, so it goes out at 03:00/);
  const fold = await start({ rule: rule({ repeat: { kind: 'monthly', dayOfMonth: 31 }, time: '02:30', startsOn: '2027-10-31' }) });
  assert.equal(fold.occurrences[0]?.dueAt, '2027-10-31T00:30:00.000Z');
});

test('an occurrence is changed, moved or deleted by itself, and no change of the series touches it again or makes it anew', async () => {
  const { series, occurrences } = await start();
  const [edited, moved, deleted, plain] = occurrences.map(({ postId }) => postId);
  const own = content();
  const versionOf = async (id = ''): Promise<number> => (await readPost(owner, id)).post.version;
  await changePost(owner, edited ?? '', { version: await versionOf(edited), content: own });
  await changePost(owner, moved ?? '', { version: await versionOf(moved), when: { kind: 'at', wallTime: '2026-12-02T15:00', zone: 'Europe/Berlin' } });
  await removePost(owner, deleted ?? '', { alsoOnNetwork: false });
  const words = content();
  const { series: changed } = await editSeries(owner, series.id, {
    version: series.version, from: '2026-11-24', content: words, targets: [{ accountId: otherId, content: null }], labels: ['weekly'], rule: { ...rule(), time: '11:15' },
  });
  await extendSeries(worker, series.id);
  assert.deepEqual((await readPost(owner, edited ?? '')).post.content, own);
  assert.equal((await readPost(owner, moved ?? '')).post.wallTime, '2026-12-02T15:00');
  assert.equal((await readPost(owner, deleted ?? '')).post.state, 'canceled');
  const { post } = await readPost(owner, plain ?? '');
  assert.deepEqual([post.content, post.labels, post.wallTime, post.targets.map((target) => target.accountId), post.series?.isEdited],
    [words, ['weekly'], '2026-12-08T11:15', [otherId], false]);
  assert.equal((await stored(series.id)).length, 17);
  const paused = await pauseSeries(owner, series.id, { version: changed.version });
  assert.deepEqual((await stored(series.id)).map(({ id }) => id), [edited, moved, deleted]);
  assert.deepEqual(paused.series.next, []);
  const resumed = await resumeSeries(owner, series.id, { version: paused.series.version });
  assert.equal((await stored(series.id)).length, 17);
  const ended = await endSeries(owner, series.id, { version: resumed.series.version });
  assert.deepEqual([ended.series.state, (await stored(series.id)).map(({ id }) => id)], ['ended', [edited, moved, deleted]]);
  assert.equal(await extendSeries(worker, series.id), 0);
  await refused('conflict', resumeSeries(owner, series.id, { version: ended.series.version }));
});

test('a change from a day on leaves what comes before; other weekdays take out the old days and plan the new ones', async () => {
  const { series } = await start();
  const fridays: Repeat = { kind: 'weekly', everyWeeks: 1, weekdays: [5] };
  const rest: Omit<Rule, 'startsOn'> = { repeat: fridays, time: '09:00', zone: 'Europe/Berlin', end: { kind: 'after', count: 2 } };
  const changed = await editSeries(owner, series.id, { version: series.version, from: '2026-12-03', rule: rest });
  assert.deepEqual((await stored(series.id)).map(({ on }) => on), ['2026-11-26', '2026-12-01', '2026-12-04', '2026-12-11']);
  const words = content();
  await editSeries(owner, series.id, { version: changed.series.version, from: '2026-12-05', content: words });
  const texts = await Promise.all((await stored(series.id)).map(async ({ id }) => (await readPost(owner, id)).post.content));
  assert.deepEqual(texts.map((text) => text.parts[0]?.text === words.parts[0]?.text), [false, false, false, true]);
});

test('what a worker has had in hands, or is due in a moment, stays when the series changes or ends', async () => {
  const { series, occurrences } = await start();
  const [tried, sending, held] = occurrences.map(({ postId }) => postId);
  await database.admin('update post_target set attempts = 1 where post_id = $1', [tried]);
  await database.admin(`update post_target set state = 'sending' where post_id = $1`, [sending]);
  await database.admin(`update post_target set lease_until = now() + interval '1 hour' where post_id = $1`, [held]);
  const soon = occurrences[3]?.postId;
  await database.admin('update post set due_at = $2 where id = $1', [soon, new Date(clock.now().getTime() + 60_000)]);
  await endSeries(owner, series.id, { version: series.version });
  assert.deepEqual((await stored(series.id)).map(({ id }) => id), [tried, sending, held, soon]);
});

test('its own repeats are no duplicates; another post with its words is asked about, and so is a network that refuses repeats', async () => {
  const words = content();
  const { occurrences } = await start({ content: words });
  const id = occurrences[1]?.postId ?? '';
  const { post } = await readPost(owner, id);
  await changePost(owner, id, { version: post.version, content: words, when: { kind: 'at', wallTime: '2026-12-01T10:00', zone: 'Europe/Berlin' } });
  const single = { requestKey: randomUUID(), content: words, targets: [{ accountId, content: null }], when: { kind: 'at', wallTime: '2026-12-01T09:30', zone: 'Europe/Berlin' } as const };
  await refused('already-exists', writePost(owner, single), 'duplicate');
  await refused('already-exists', start({ content: words }), 'duplicate');
  await start({ content: words, allowDuplicate: true });
  const strict = { ...owner, providers: withProvider(harness.services.providers, scriptNetwork(real, { refusesSameText: true }).provider) };
  await refused('already-exists', startSeries(strict, body()), 'same-text-repeats');
  await startSeries(strict, body({ rule: rule({ end: { kind: 'after', count: 1 } }) }));
  await startSeries(strict, body({ allowDuplicate: true }));
});

test('the draft that it was written as is gone with the same stroke; a planned post is not taken', async () => {
  const words = content();
  const write = (when: Parameters<typeof writePost>[1]['when']) => writePost(owner, { requestKey: randomUUID(), content: words, targets: [{ accountId, content: null }], when });
  const { post: draft } = await write({ kind: 'draft' });
  await start({ content: words, postId: draft.id });
  await refused('not-found', readPost(owner, draft.id));
  const { post } = await writePost(owner, { requestKey: randomUUID(), content: content(), targets: [{ accountId, content: null }], when: { kind: 'at', wallTime: '2027-12-01T09:00', zone: 'UTC' } });
  await refused('conflict', start({ postId: post.id }));
  await refused('not-found', start({ postId: randomUUID() }));
});

test('a rule that has no day ahead, or names no day, time or zone, is refused at its field', async () => {
  await refused('invalid-input', start({ rule: rule({ zone: 'Mars/Olympus' }) }), 'zone');
  await refused('invalid-input', start({ rule: rule({ time: '25:00' }) }), 'time');
  await refused('invalid-input', start({ rule: rule({ startsOn: '2026-02-30' }) }), 'date');
  await refused('invalid-input', start({ rule: rule({ end: { kind: 'on', date: '2026-11-31' } }) }), 'date');
  await refused('invalid-input', start({ rule: rule({ end: { kind: 'on', date: '2026-11-25' } }) }), 'past');
  await refused('invalid-input', start({ rule: rule({ startsOn: '2036-01-01' }) }), 'too-far');
  await refused('invalid-input', start({ content: content('x'.repeat(300)) }), 'too-long');
  await refused('invalid-input', start({ targets: [] }), 'empty');
});

test('another workspace sees nothing of it, an analyst reads and changes nothing, two people at once are told', async () => {
  const { series } = await start();
  const version = { version: series.version };
  const change = { ...version, from: '2026-11-24', labels: ['x'] };
  for (const work of [
    () => readSeries(stranger, series.id), () => editSeries(stranger, series.id, change), () => pauseSeries(stranger, series.id, version),
    () => resumeSeries(stranger, series.id, version), () => endSeries(stranger, series.id, version),
  ]) await refused('not-found', work());
  await refused('invalid-input', startSeries(stranger, body()), 'unknown');
  assert.deepEqual(await readSeriesList(stranger), { series: [] });
  const analyst: WorkspaceContext = { ...owner, role: 'analyst' };
  assert.ok((await readSeriesList(analyst)).series.some(({ id }) => id === series.id));
  for (const work of [
    () => startSeries(analyst, body()), () => editSeries(analyst, series.id, change), () => pauseSeries(analyst, series.id, version),
    () => resumeSeries(analyst, series.id, version), () => endSeries(analyst, series.id, version),
  ]) await refused('not-allowed', work());
  await editSeries(owner, series.id, change);
  await refused('conflict', editSeries(owner, series.id, change));
  await refused('conflict', resumeSeries(owner, series.id, { version: series.version + 1 }));
});

test('each change leaves its audit event; what a worker plans does too', async () => {
  const { series } = await start();
  await editSeries(owner, series.id, { version: 1, from: '2026-11-24', labels: ['x'] });
  await pauseSeries(owner, series.id, { version: 2 });
  await resumeSeries(owner, series.id, { version: 3 });
  await inTime(20, () => extendSeries(worker, series.id));
  await endSeries(owner, series.id, { version: 4 });
  const rows = await database.admin('select action, actor_kind from audit_event where entity_id = $1 order by xid, id', [series.id]);
  assert.deepEqual(rows.map((row) => `${String(row['actor_kind'])} ${String(row['action'])}`), [
    'user series:create', 'user series:change', 'user series:pause', 'user series:resume', 'system series:extend', 'user series:end',
  ]);
});

test('the scheduler hands over each series that has more to plan, once, and none that is paused or over', async () => {
  await database.admin(`update post_series set extend_at = null`);
  const active = await start();
  const paused = await start();
  await pauseSeries(owner, paused.series.id, { version: paused.series.version });
  const services = { ...harness.services, database: database.worker };
  const waiting = async (): Promise<unknown[]> =>
    (await database.admin(`select data ->> 'seriesId' as id from pgboss.job where name = 'posts.extend-series'`)).map((row) => row['id']);
  await enqueueDueSeries(services);
  assert.deepEqual(await waiting(), []);
  await inTime(30, async () => {
    await enqueueDueSeries(services);
    await enqueueDueSeries(services);
  });
  assert.deepEqual(await waiting(), [active.series.id]);
});
