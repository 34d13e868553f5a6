import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { Content, createPost } from '@rookery/contract/posts.ts';
import { AppError } from '../../platform/errors.ts';
import type { WorkspaceContext } from '../context.ts';
import { createHarness } from '../testing/harness.ts';
import { decideDoubtful, removePost, retry } from './decide.ts';
import { readCalendar, readPosts } from './lists.ts';
import { changePost, publishNow, readAttempts, readPost, writePost } from './service.ts';
import { scriptNetwork, withProvider } from './scripted-publishing.ts';

const harness = await createHarness();
const { clock, database, stranger } = harness;
const first = await harness.connectX('tidewatercoop');
const second = await harness.connectX('mirelavance');
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const providers = withProvider(harness.services.providers, scriptNetwork(real, { refusesSameText: true }).provider);
const owner: WorkspaceContext = { ...harness.owner, providers };
const analyst: WorkspaceContext = { ...owner, role: 'analyst' };

type Body = BodyOf<typeof createPost>;
let counter = 0;
const content = (text = `Words of their own, number ${(counter += 1)}`): Content => ({ parts: [{ text, media: [] }], firstComment: null });
const later = { kind: 'at', wallTime: '2026-12-01T09:00', zone: 'Europe/Berlin' } as const;
const body = (change: Partial<Body> = {}): Body => ({
  requestKey: randomUUID(), content: content(), targets: [{ accountId: first, content: null }], when: later, ...change,
});

async function refused(code: string, work: Promise<unknown>, field?: string): Promise<AppError> {
  const error: unknown = await work.then(() => assert.fail('it was not refused'), (reason: unknown) => reason);
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.message);
  if (field !== undefined) assert.ok(error.fields.some((one) => one.code === field), JSON.stringify(error.fields));
  return error;
}

test('the same request twice makes one post; another one under its key is refused', async () => {
  const once = body();
  const answers = await Promise.all(Array.from({ length: 8 }, () => writePost(owner, once)));
  assert.equal(new Set(answers.map(({ post }) => post.id)).size, 1);
  await refused('conflict', writePost(owner, { ...once, content: content() }));
  const [row] = await database.admin('select count(*)::int as count from post where request_key = $1', [once.requestKey]);
  assert.equal(row?.['count'], 1);
});

test('wall time, zone and instant are kept; hours that do not exist or come twice are refused and asked about', async () => {
  const { post } = await writePost(owner, body());
  assert.deepEqual([post.wallTime, post.zone, post.dueAt, post.state], ['2026-12-01T09:00', 'Europe/Berlin', '2026-12-01T08:00:00.000Z', 'scheduled']);
  await refused('invalid-input', writePost(owner, body({ when: { kind: 'at', wallTime: '2027-03-28T02:30', zone: 'Europe/Berlin' } })), 'skipped');
  await refused('invalid-input', writePost(owner, body({ when: { kind: 'at', wallTime: '2027-10-31T02:30', zone: 'Europe/Berlin' } })), 'ambiguous');
  const twice = await writePost(owner, body({ when: { kind: 'at', wallTime: '2027-10-31T02:30', zone: 'Europe/Berlin', occurrence: 'second' } }));
  assert.equal(twice.post.dueAt, '2027-10-31T01:30:00.000Z');
  await refused('invalid-input', writePost(owner, body({ when: { kind: 'at', wallTime: '2026-11-24T09:00', zone: 'Europe/Berlin' } })), 'past');
  await refused('invalid-input', writePost(owner, body({ when: { kind: 'at', wallTime: '2026-02-30T09:00', zone: 'Europe/Berlin' } })), 'time');
  await refused('invalid-input', writePost(owner, body({ when: { kind: 'at', wallTime: '2026-12-30T09:00', zone: 'Mars/Olympus' } })), 'zone');
});

test('a draft may be anything; a time makes it fit the networks first', async () => {
  const { post } = await writePost(owner, body({ content: content('x'.repeat(281)), when: { kind: 'draft' }, targets: [] }));
  assert.deepEqual([post.state, post.dueAt], ['draft', null]);
  await refused('invalid-input', changePost(owner, post.id, { version: post.version, when: later }), 'empty');
  const targets = [{ accountId: first, content: null }];
  const error = await refused('invalid-input', changePost(owner, post.id, { version: post.version, targets, when: later }), 'too-long');
  assert.match(error.message, /tidewatercoop/);
  const { post: fixed } = await changePost(owner, post.id, { version: post.version, targets, content: content(), when: later });
  assert.deepEqual([fixed.state, fixed.version], ['scheduled', post.version + 1]);
});

test('a time is refused while an image has a shape that one of the networks refuses, naming the image; a draft may have it', async () => {
  const narrow = scriptNetwork(real, {});
  const images = { countMax: 4, isRequired: false, types: ['image/jpeg' as const], bytesMax: 1_000_000, ratioMin: 0.8, ratioMax: 1.91, altTextLengthMax: 1000 };
  const picky: WorkspaceContext = { ...owner, providers: withProvider(harness.services.providers, scriptNetwork(real, { images }).provider) };
  const easy: WorkspaceContext = { ...owner, providers: withProvider(harness.services.providers, narrow.provider) };
  const [square, tall] = [randomUUID(), randomUUID()];
  for (const [id, height] of [[square, 100], [tall, 300]] as const) {
    await database.admin(
      `insert into media (workspace_id, id, name, type, bytes, width, height, has_alpha, is_animated, placeholder, stored_as, created_at)
       values ($1, $2, 'a.jpg', 'image/jpeg', 1, 100, $3, false, false, '', 'a', now())`, [owner.workspace.id, id, height]);
  }
  const shown = (...ids: string[]): Content => ({ parts: [{ text: `Images ${randomUUID()}`, media: ids.map((mediaId) => ({ mediaId, altText: '' })) }], firstComment: null });
  const error = await refused('invalid-input', writePost(picky, body({ content: shown(square, tall) })), 'image-shape');
  assert.deepEqual(error.fields.map(({ pointer }) => pointer), ['/content/parts/0/media/1']);
  assert.match(error.message, /tidewatercoop.*Image 2 is 1:3, and the network takes 4:5 to 1\.91:1/);
  const own = await refused('invalid-input', writePost(picky, body({ targets: [{ accountId: first, content: shown(tall) }] })), 'image-shape');
  assert.deepEqual(own.fields.map(({ pointer }) => pointer), ['/targets/0/content/parts/0/media/0']);
  await writePost(picky, body({ content: shown(square) }));
  await writePost(easy, body({ content: shown(tall) }));
  const { post } = await writePost(picky, body({ content: shown(tall), when: { kind: 'draft' } }));
  await refused('invalid-input', publishNow(picky, post.id, { version: post.version }), 'image-shape');
});

test('an account may have words of its own', async () => {
  const own = content();
  const { post } = await writePost(owner, body({ targets: [{ accountId: first, content: null }, { accountId: second, content: own }] }));
  const contents = new Map(post.targets.map((target) => [target.accountId, target.content]));
  assert.deepEqual([contents.get(first), contents.get(second)], [null, own]);
});

test('the same words on one account within a day, and on two accounts where the network forbids it, are noticed and may be meant', async () => {
  const words = content();
  await writePost(owner, body({ content: words }));
  await refused('already-exists', writePost(owner, body({ content: { ...words, parts: [{ text: `  ${words.parts[0]?.text.toUpperCase()} `, media: [] }] } })), 'duplicate');
  await writePost(owner, body({ content: words, allowDuplicate: true }));
  const both = body({ targets: [{ accountId: first, content: null }, { accountId: second, content: null }] });
  await refused('already-exists', writePost(owner, both), 'same-text');
  assert.equal((await writePost(owner, { ...both, allowDuplicate: true })).post.targets.length, 2);
});

test('two people at one post: the second is told, and nothing is overwritten', async () => {
  const { post } = await writePost(owner, body());
  await changePost(owner, post.id, { version: post.version, labels: ['spring'] });
  await refused('conflict', changePost(owner, post.id, { version: post.version, labels: ['autumn'] }));
  assert.deepEqual((await readPost(owner, post.id)).post.labels, ['spring']);
});

test('moving keeps the words; accounts are added and taken away', async () => {
  const { post } = await writePost(owner, body());
  const { post: moved } = await changePost(owner, post.id, { version: post.version, when: { ...later, wallTime: '2026-12-02T10:15' } });
  assert.deepEqual([moved.dueAt, moved.content], ['2026-12-02T09:15:00.000Z', post.content]);
  assert.equal(moved.targets[0]?.dueAt, moved.dueAt);
  const { post: other } = await changePost(owner, post.id, { version: moved.version, targets: [{ accountId: second, content: null }] });
  assert.deepEqual(other.targets.map(({ accountId }) => accountId), [second]);
});

test('what is out can no longer be changed, and says what to do', async () => {
  const { post } = await writePost(owner, body());
  await database.admin(`update post_target set state = 'published', work_at = null where post_id = $1`, [post.id]);
  const error = await refused('conflict', changePost(owner, post.id, { version: post.version, labels: [] }));
  assert.match(error.message, /Duplicate/);
});

test('a deleted draft is gone from the drafts, with accounts or without', async () => {
  for (const targets of [[], [{ accountId: first, content: null }]]) {
    const { post } = await writePost(owner, body({ when: { kind: 'draft' }, targets }));
    assert.equal((await removePost(owner, post.id, { alsoOnNetwork: false })).post.state, 'canceled');
    assert.equal((await readPosts(owner, { state: 'draft' })).posts.some(({ id }) => id === post.id), false);
  }
});

test('accounts and posts of another workspace are not there', async () => {
  const { post } = await writePost(owner, body());
  await refused('invalid-input', writePost(stranger, body()), 'unknown');
  await refused('not-found', readPost(stranger, post.id));
  await refused('not-found', changePost(stranger, post.id, { version: 1, labels: [] }));
  await refused('not-found', removePost(stranger, post.id, { alsoOnNetwork: true }));
  await refused('not-found', readAttempts(stranger, post.id));
  const targetId = post.targets[0]?.id ?? '';
  await refused('not-found', retry(stranger, post.id, targetId));
  await refused('not-found', decideDoubtful(stranger, { postId: post.id, targetId }, { decision: 'leave' }));
  assert.deepEqual((await readPosts(stranger, { from: '2026-01-01T00:00:00.000Z', to: '2030-01-01T00:00:00.000Z' })).posts, []);
});

test('an analyst reads and does nothing else', async () => {
  const { post } = await writePost(owner, body());
  await readPost(analyst, post.id);
  const targetId = post.targets[0]?.id ?? '';
  for (const work of [
    writePost(analyst, body()), changePost(analyst, post.id, { version: 1, labels: [] }), publishNow(analyst, post.id, { version: 1 }),
    removePost(analyst, post.id, { alsoOnNetwork: false }), retry(analyst, post.id, targetId), decideDoubtful(analyst, { postId: post.id, targetId }, { decision: 'leave' }),
  ]) await refused('not-allowed', work);
});

test('each change leaves its audit event', async () => {
  const { post } = await writePost(owner, body());
  await changePost(owner, post.id, { version: post.version, labels: ['a'] });
  await removePost(owner, post.id, { alsoOnNetwork: false });
  const rows = await database.admin('select action from audit_event where entity_id = $1 order by xid, id', [post.id]);
  assert.deepEqual(rows.map((row) => row['action']), ['post:create', 'post:update', 'post:delete']);
});

test('a list is paged by time without gaps or repeats, filtered by account, state and words', async () => {
  const needle = `needle ${randomUUID()}`;
  for (let n = 0; n < 7; n += 1) {
    const wallTime = `2027-01-0${1 + (n % 3)}T09:00`;
    await writePost(owner, body({ content: content(`${needle} ${n}`), when: { kind: 'at', wallTime, zone: 'UTC' }, targets: [{ accountId: n % 2 === 0 ? first : second, content: null }] }));
  }
  const query = { from: '2027-01-01T00:00:00.000Z', to: '2027-02-01T00:00:00.000Z', search: needle } as const;
  const seen: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await readPosts(owner, { ...query, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.posts.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  assert.deepEqual([seen.length, new Set(seen).size], [7, 7]);
  assert.equal((await readPosts(owner, { ...query, account: second })).posts.length, 3);
  assert.equal((await readPosts(owner, { ...query, state: 'published' })).posts.length, 0);
  assert.equal((await readPosts(owner, { ...query, search: '100%' })).posts.length, 0);
  const { post } = await writePost(owner, body({ content: content(`${needle} draft`), when: { kind: 'draft' } }));
  assert.deepEqual((await readPosts(owner, { state: 'draft', search: needle })).posts.map(({ id }) => id), [post.id]);
  assert.ok(clock.now() < new Date(query.from));
});

test('the calendar lists the same posts in the same order and pages, as a line each and with what can be moved', async () => {
  const labels = [`calendar ${randomUUID()}`];
  const at = (minute: string) => ({ kind: 'at', wallTime: `2027-02-01T09:${minute}`, zone: 'Europe/Berlin' }) as const;
  const threaded: Content = { parts: [{ text: '  Two\n\n lines,  and more ', media: [] }, { text: 'below', media: [] }], firstComment: null };
  const { post: moved } = await writePost(owner, body({ labels, content: threaded, when: at('01') }));
  await writePost(owner, body({ labels, when: at('02'), allowDuplicate: true, targets: [first, second].map((accountId) => ({ accountId, content: null })) }));
  await writePost(owner, body({ labels, content: content('x'.repeat(200)), when: at('03') }));
  const { post: failed } = await writePost(owner, body({ labels, when: at('04') }));
  await database.admin(`update post_target set state = 'failed', work_at = null where post_id = $1`, [failed.id]);
  const range = { from: '2027-02-01T00:00:00.000Z', to: '2027-02-02T00:00:00.000Z' };
  const whole = await readPosts(owner, range);
  const seen = await readCalendar(owner, range);
  assert.deepEqual(
    seen.posts.map(({ id, state, dueAt, version, wallTime }) => ({ id, state, dueAt, version, wallTime })),
    whole.posts.map(({ id, state, dueAt, version, wallTime }) => ({ id, state, dueAt, version, wallTime })),
  );
  assert.deepEqual(
    seen.posts.map((post) => post.accounts.map((place) => seen.accounts[place]?.id)), whole.posts.map((post) => post.targets.map(({ accountId }) => accountId)),
  );
  assert.equal(seen.posts[0]?.line, 'Two lines, and more');
  assert.equal(seen.posts[2]?.line.length, 160);
  assert.deepEqual(seen.posts.map(({ isMovable }) => isMovable), [true, true, true, false]);
  const page = await readCalendar(owner, { ...range, limit: 1 });
  assert.equal(page.posts[0]?.id, moved.id);
  assert.deepEqual((await readCalendar(owner, { ...range, cursor: page.nextCursor ?? '' })).posts.map(({ id }) => id), seen.posts.slice(1).map(({ id }) => id));
  assert.deepEqual((await readCalendar(owner, { ...range, state: 'failed' })).posts.map(({ id }) => id), [failed.id]);
  assert.deepEqual((await readCalendar({ ...stranger }, range)).posts, []);
});
