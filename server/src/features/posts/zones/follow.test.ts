import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Post, When } from '@rookery/contract/posts.ts';
import { resolveWallTime, type ResolvedWallTime } from '@rookery/contract/wall-time.ts';
import { createHarness } from '../../testing/harness.ts';
import { readPost, writePost } from '../service.ts';
import { enqueueZoneFollowing } from '../jobs.ts';
import { followZones, followZonesEverywhere } from './follow.ts';

const harness = await createHarness();
const { database, owner, worker, stranger } = harness;
const accountId = await harness.connectX();
const strangerAccountId = await harness.connectX('mirelavance', stranger);

/** Rules under which Berlin stays an hour further east from 2027 on, and skips the hour from 9 on New Year's Day. */
const newRules: typeof resolveWallTime = (wallTime, zone, occurrence) => {
  if (zone === 'Europe/Berlin' && wallTime >= '2027') return resolveWallTime(wallTime, 'Europe/Helsinki', occurrence);
  return resolveWallTime(wallTime, zone, occurrence);
};
const gapRules: typeof resolveWallTime = (wallTime, zone, occurrence): ResolvedWallTime => {
  if (!wallTime.startsWith('2027-01-01T09')) return resolveWallTime(wallTime, zone, occurrence);
  const at = new Date(Date.parse(`${wallTime}Z`) - 3_600_000);
  const [from, to] = ['2027-01-01T09:00', '2027-01-01T10:00'];
  return { kind: 'skipped', from, to, before: { wallTime: wallTime.replace('T09', 'T08'), at: new Date(at.getTime() - 3_600_000) }, after: { wallTime: wallTime.replace('T09', 'T10'), at } };
};

let counter = 0;
async function plan(wallTime: string, options: { zone?: string; ctx?: typeof owner; account?: string } = {}): Promise<Post> {
  const when: When = { kind: 'at', wallTime, zone: options.zone ?? 'Europe/Berlin' };
  const content = { parts: [{ text: `Words number ${(counter += 1)}`, media: [] }], firstComment: null };
  const { post } = await writePost(options.ctx ?? owner, { requestKey: randomUUID(), content, targets: [{ accountId: options.account ?? accountId, content: null }], when });
  return post;
}

const read = async (post: Post, ctx = owner): Promise<Post> => (await readPost(ctx, post.id)).post;
const reset = (): Promise<unknown> => database.admin('delete from post');

test('when the rules change, the wall time stays and the instant moves: post, destination, version, audit event, stream', async () => {
  const events: string[] = [];
  const stop = owner.events.subscribe(owner.workspace.id, ({ topic, id }) => void events.push(`${topic} ${id}`));
  const post = await plan('2027-03-01T09:00');
  const elsewhere = await plan('2027-03-01T09:00', { zone: 'Asia/Tokyo' });
  assert.equal(await followZones(worker, { resolve: newRules }), 1);
  const moved = await read(post);
  assert.deepEqual([post.dueAt, moved.dueAt], ['2027-03-01T08:00:00.000Z', '2027-03-01T07:00:00.000Z']);
  assert.deepEqual([moved.wallTime, moved.zone, moved.version], [post.wallTime, post.zone, post.version + 1]);
  assert.deepEqual(moved.targets.map(({ dueAt, state, reason }) => [dueAt, state, reason]), [[moved.dueAt, 'scheduled', null]]);
  assert.deepEqual(await read(elsewhere), elsewhere);
  const rows = await database.admin(`select actor_kind, metadata from audit_event where entity_id = $1 and action = 'post:follow-zone'`, [post.id]);
  assert.deepEqual(rows, [{ actor_kind: 'system', metadata: { zone: 'Europe/Berlin', wallTime: post.wallTime, before: { dueAt: post.dueAt }, after: { dueAt: moved.dueAt } } }]);
  assert.equal(await followZones(worker, { resolve: newRules }), 0);
  // One when it was written, one when it was moved.
  const ours = (): readonly string[] => events.filter((event) => event === `posts ${post.id}`);
  for (let looks = 0; looks < 500 && ours().length < 2; looks += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  stop();
  assert.equal(ours().length, 2);
});

test('a wall time that has become skipped goes out at the first minute after, and says why; it comes back with the old rules', async () => {
  await reset();
  const post = await plan('2027-01-01T09:30');
  assert.equal(await followZones(worker, { resolve: gapRules }), 1);
  const moved = await read(post);
  assert.deepEqual([moved.wallTime, moved.dueAt], ['2027-01-01T09:30', '2027-01-01T08:00:00.000Z']);
  assert.equal(moved.targets[0]?.reason, 'Clocks in Europe/Berlin go from 09:00 to 10:00 on this day: there is no 09:30, so it goes out at 10:00.');
  assert.equal(await followZones(worker, { resolve: gapRules }), 0);
  assert.equal(await followZones(worker), 1);
  assert.deepEqual([(await read(post)).dueAt, (await read(post)).targets[0]?.reason], [post.dueAt, null]);
});

test('of an hour that has come to be twice, the first is taken, and what was chosen before is kept', async () => {
  await reset();
  const twice = (chosen: 'first' | 'second' | undefined): ResolvedWallTime => {
    const [first, second] = [new Date('2027-01-01T06:00:00Z'), new Date('2027-01-01T07:00:00Z')];
    if (chosen === undefined) return { kind: 'ambiguous', first, second };
    return { kind: 'instant', at: chosen === 'first' ? first : second };
  };
  const [undecided, decided] = [await plan('2027-01-01T09:00'), await plan('2027-01-01T09:00', { zone: 'Europe/Paris' })];
  await database.admin(`update post set occurrence = 'second' where id = $1`, [decided.id]);
  await followZones(worker, { resolve: (_wallTime, _zone, occurrence) => twice(occurrence) });
  assert.deepEqual([(await read(undecided)).dueAt, (await read(decided)).dueAt], ['2027-01-01T06:00:00.000Z', '2027-01-01T07:00:00.000Z']);
});

test('what is about to go out, is in hands, has failed or waits for something else is not touched; drafts have no time', async () => {
  await reset();
  const soon = await plan('2027-03-01T09:00');
  await database.admin(`update post set due_at = $2 where id = $1`, [soon.id, new Date(harness.clock.now().getTime() + 120_000)]);
  await database.admin(`update post_target set work_at = p.due_at from post p where p.id = post_id and p.id = $1`, [soon.id]);
  const states = ['sending', 'unknown', 'review', 'published', 'failed', 'canceled'] as const;
  for (const state of states) {
    await database.admin(`update post_target set state = $2 where post_id = $1`, [(await plan('2027-03-02T09:00')).id, state]);
  }
  const held = await plan('2027-03-03T09:00');
  await database.admin(`update post_target set lease_until = now() + interval '1 hour' where post_id = $1`, [held.id]);
  const later = await plan('2027-03-04T09:00');
  await database.admin(`update post_target set work_at = work_at + interval '1 hour' where post_id = $1`, [later.id]);
  const sent = await plan('2027-03-05T09:00');
  await database.admin(
    `insert into post_part (workspace_id, target_id, position, is_comment, key, created_at, text, media, sent_at) select workspace_id, id, 0, false, id, now(), 't', '[]', now() from post_target where post_id = $1`,
    [sent.id],
  );
  await writePost(owner, { requestKey: randomUUID(), content: { parts: [], firstComment: null }, targets: [], when: { kind: 'draft' } });
  assert.equal(await followZones(worker, { resolve: newRules }), 0);
});

test('two passes at once move each post once, in every workspace, and a zone that is known no more stays', async () => {
  await reset();
  const ours = await Promise.all(Array.from({ length: 12 }, (_, index) => plan(`2027-04-0${1 + (index % 9)}T09:00`)));
  const theirs = await plan('2027-04-01T09:00', { ctx: stranger, account: strangerAccountId });
  const services = { ...harness.services, database: database.worker };
  const open = async (workspaceId: string) => {
    const ctx = workspaceId === owner.workspace.id ? worker : { ...worker, workspace: stranger.workspace };
    return { ...ctx, transaction: <Result>(work: Parameters<typeof database.worker.withWorkspace<Result>>[1]) => database.worker.withWorkspace(workspaceId, work) };
  };
  const both = await Promise.all([1, 2].map(() => followZonesEverywhere(services, open, { resolve: newRules })));
  assert.equal((both[0] ?? 0) + (both[1] ?? 0), ours.length + 1);
  for (const post of ours) assert.equal((await read(post)).version, post.version + 1);
  assert.equal((await read(theirs, stranger)).version, theirs.version + 1);
  assert.equal(await followZones(worker, { resolve: () => ({ kind: 'invalid', what: 'zone' }) }), 0);
});

test('however often it is asked for, one pass waits', async () => {
  await Promise.all(Array.from({ length: 3 }, () => enqueueZoneFollowing(harness.services)));
  assert.deepEqual(await database.admin(`select count(*)::int as n from pgboss.job where name = 'posts.follow-zones'`), [{ n: 1 }]);
});
