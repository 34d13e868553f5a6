import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { Content, createPost, Post } from '@rookery/contract/posts.ts';
import { AppError } from '../../../platform/errors.ts';
import type { FileReply } from '../../../platform/http/route.ts';
import type { PublicContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { changePost, writePost } from '../service.ts';
import { readCalendar } from './calendar-fixture.ts';
import { exportCalendarFile } from './calendar-export.ts';
import { exportPostList } from './csv-export.ts';
import { createFeed, listFeeds, readFeed, revokeFeed } from './feed.ts';

const harness = await createHarness();
const { clock, database, owner, stranger } = harness;
const first = await harness.connectX('tidewatercoop');
const second = await harness.connectX('mirelavance');

type Body = BodyOf<typeof createPost>;
const content = (text: string): Content => ({ parts: [{ text, media: [] }], firstComment: null });
const at = (wallTime: string, zone = 'Europe/Berlin') => ({ kind: 'at', wallTime, zone }) as const;
async function write(change: Partial<Body> & Pick<Body, 'content'>): Promise<Post> {
  const body = { requestKey: randomUUID(), targets: [{ accountId: first, content: null }], when: at('2026-12-01T09:00'), ...change };
  return (await writePost(owner, body)).post;
}

async function textOf(file: FileReply): Promise<string> {
  return (await buffer(file.stream)).toString('utf8');
}

async function linesOf(file: FileReply): Promise<string[]> {
  return (await textOf(file)).split('\r\n').slice(1, -1);
}

const visitor: PublicContext = { ...owner, session: null };
const tokenOf = (url: string): string => /\/api\/calendar\/([A-Za-z0-9_-]{64})\/posts\.ics$/.exec(url)?.[1] ?? assert.fail(url);
const isMissing = (error: unknown): boolean => error instanceof AppError && error.code === 'not-found';

test('a calendar without posts is still a calendar', async () => {
  const { events, components } = readCalendar(await textOf(await exportCalendarFile(owner, {})));
  assert.deepEqual([events.length, components], [0, 2]);
});

test('a row has the time as it was meant, the instant, the accounts, the labels and the words, and nothing runs as a formula', async () => {
  const post = await write({ content: content('=1+1, said "she"\nand he'), labels: ['spring', 'sale'] });
  const [line] = await linesOf(await exportPostList(owner, {}));
  assert.equal(line, `2026-12-01T09:00,Europe/Berlin,,x:tidewatercoop,"'=1+1, said ""she""\nand he",,,,spring; sale,scheduled,2026-12-01T08:00:00.000Z,,,,Ada Owner,${post.id}`);
});

test('an hour that comes twice says which, words of one account have their own row, and drafts stand last', async () => {
  const twice = await write({ content: content('Twice this hour'), when: { kind: 'at', wallTime: '2027-10-31T02:30', zone: 'Europe/Berlin', occurrence: 'second' } });
  const both = await write({
    content: content('For one'), when: at('2027-11-01T10:00'), targets: [{ accountId: first, content: null }, { accountId: second, content: content('For the other') }],
  });
  const draft = await write({ content: content('Some day'), when: { kind: 'draft' }, targets: [] });
  const lines = await linesOf(await exportPostList(owner, {}));
  assert.match(lines.find((line) => line.endsWith(twice.id)) ?? '', /^2027-10-31T02:30,Europe\/Berlin,second,/);
  const versions = lines.filter((line) => line.endsWith(both.id)).map((line) => line.split(',').slice(3, 5).join());
  assert.deepEqual(versions.toSorted(), ['x:mirelavance,For the other', 'x:tidewatercoop,For one']);
  assert.ok(lines.at(-1)?.endsWith(draft.id));
});

test('ranges, accounts and states are followed, and drafts are left out of a range', async () => {
  const range = { from: '2027-11-01T00:00:00.000Z', to: '2027-12-01T00:00:00.000Z' };
  assert.equal((await linesOf(await exportPostList(owner, range))).length, 2);
  assert.equal((await linesOf(await exportPostList(owner, { ...range, account: second }))).length, 2, 'the whole post of one account');
  assert.equal((await linesOf(await exportPostList(owner, { state: 'draft' }))).length, 1);
  assert.equal(readCalendar(await textOf(await exportCalendarFile(owner, range))).events.length, 1);
});

test('more posts than one turn reads are all there, once each, in both files', async () => {
  await database.admin(
    `insert into post (workspace_id, id, request_key, request_hash, content, wall_time, zone, due_at, author_name, created_at, updated_at)
     select $1, gen_random_uuid(), gen_random_uuid(), 'x', jsonb_build_object('parts', jsonb_build_array(jsonb_build_object('text', 'Many ' || n, 'media', '[]'::jsonb)), 'firstComment', null),
       '2028-01-01T09:00', 'UTC', '2028-01-01T09:00Z', 'Ada', now(), now() from generate_series(1, 450) n`,
    [owner.workspace.id],
  );
  const range = { from: '2028-01-01T00:00:00.000Z', to: '2028-01-02T00:00:00.000Z' };
  const ids = (await linesOf(await exportPostList(owner, range))).map((line) => line.slice(-36));
  assert.deepEqual([ids.length, new Set(ids).size], [450, 450]);
  const uids = readCalendar(await textOf(await exportCalendarFile(owner, range))).events.map((event) => event['UID']);
  assert.deepEqual(new Set(uids), new Set(ids));
  await database.admin(`delete from post where author_name = 'Ada'`);
});

test('an event keeps its id, counts its changes, and says time, words, address and state', async () => {
  const post = await write({ content: content('Long words; with, all \\ signs\n'.repeat(8)), when: at('2028-03-01T09:00'), labels: ['a,b', 'c'] });
  const range = { from: '2028-03-01T00:00:00.000Z', to: '2028-04-01T00:00:00.000Z' };
  const read = async () => readCalendar(await textOf(await exportCalendarFile(owner, range))).events;
  const [before] = await read();
  assert.deepEqual(
    [before?.['UID'], before?.['DTSTART'], before?.['DTEND'], before?.['STATUS'], before?.['SEQUENCE'], before?.['URL']],
    [post.id, '20280301T080000Z', '20280301T081500Z', 'CONFIRMED', '0', `http://127.0.0.1:8390/posts/${post.id}`],
  );
  assert.ok(before?.['DESCRIPTION']?.startsWith(post.content.parts[0]?.text ?? '?'), before?.['DESCRIPTION']);
  assert.equal(before?.['CATEGORIES'], 'a,b,c');
  clock.advance(60_000);
  await changePost(owner, post.id, { version: post.version, when: at('2028-03-02T09:00') });
  const [moved] = await read();
  assert.deepEqual([moved?.['UID'], moved?.['DTSTART'], moved?.['SEQUENCE']], [post.id, '20280302T080000Z', '1']);
  assert.ok(String(moved?.['LAST-MODIFIED']) > String(before?.['LAST-MODIFIED']));
  await database.admin(`update post_target set state = 'published', work_at = null where post_id = $1`, [post.id]);
  await database.admin(
    `insert into post_part (workspace_id, target_id, position, is_comment, key, created_at, text, media, sent_at, published_at, url)
     select workspace_id, id, 0, false, $2, now(), 't', '[]', now(), now(), 'https://x.example/1?a=1,2' from post_target where post_id = $1`,
    [post.id, randomUUID()],
  );
  assert.equal((await read())[0]?.['URL'], 'https://x.example/1?a=1,2');
  await database.admin(`update post_part set url = E'javascript:alert(1)' where url like 'https://x.example%'`);
  assert.equal((await read())[0]?.['URL'], `http://127.0.0.1:8390/posts/${post.id}`);
  await database.admin(`update post_target set state = 'canceled' where post_id = $1`, [post.id]);
  assert.equal((await read())[0]?.['STATUS'], 'CANCELLED');
});

test('an address is told once, is stored as a hash, reads without a session, and is worth nothing once it is ended', async () => {
  const { feed, url } = await createFeed(owner, { name: 'My phone' });
  const token = tokenOf(url);
  const [row] = await database.admin('select t::text as row, octet_length(token_hash) as n from calendar_feed t where id = $1', [feed.id]);
  assert.deepEqual([String(row?.['row']).includes(token), row?.['n']], [false, 32]);
  assert.deepEqual((await listFeeds(owner)).feeds, [{ ...feed, readAt: null }]);
  const { events, properties } = readCalendar(await textOf(await readFeed(visitor, token)));
  assert.ok(events.length >= 4);
  assert.equal(properties['X-WR-CALNAME'], "Ada Owner's posts");
  assert.notEqual((await listFeeds(owner)).feeds[0]?.readAt, null);
  const bent = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
  await assert.rejects(readFeed(visitor, bent), isMissing);
  await assert.rejects(readFeed(visitor, randomUUID().replaceAll('-', '').repeat(2)), isMissing);
  await assert.rejects(revokeFeed(stranger, feed.id), isMissing);
  await revokeFeed(owner, feed.id);
  await assert.rejects(readFeed(visitor, token), isMissing);
  const rows = await database.admin('select action from audit_event where entity_id = $1 order by xid, id', [feed.id]);
  assert.deepEqual(rows.map(({ action }) => action), ['calendar-feed:create', 'calendar-feed:revoke']);
});

test('an address shows what its member may see, and nothing once they have left or are disabled', async () => {
  const token = tokenOf((await createFeed(stranger, { name: 'Elsewhere' })).url);
  assert.equal(readCalendar(await textOf(await readFeed(visitor, token))).events.length, 0, 'only the workspace that it was made in');
  assert.deepEqual((await listFeeds(owner)).feeds, []);
  await database.admin('update app_user set disabled_at = now() where id = $1', [stranger.actor.id]);
  await assert.rejects(readFeed(visitor, token), isMissing);
  await database.admin('update app_user set disabled_at = null where id = $1', [stranger.actor.id]);
  await database.admin('delete from member where user_id = $1', [stranger.actor.id]);
  await assert.rejects(readFeed(visitor, token), isMissing);
});

test('a member has ten addresses at most, also when they are asked for at once', async () => {
  const made = await Promise.allSettled(Array.from({ length: 14 }, (_, index) => createFeed(owner, { name: `Feed ${index}` })));
  assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 10);
  await assert.rejects(createFeed(owner, { name: 'One more' }), (error) => error instanceof AppError && error.code === 'conflict');
});

test('an account of another workspace is not there, and an analyst may download', async () => {
  await assert.rejects(exportPostList(stranger, { account: first }), isMissing);
  await assert.rejects(exportCalendarFile(stranger, { account: first }), isMissing);
  assert.deepEqual(await linesOf(await exportPostList(stranger, {})), []);
  assert.ok((await linesOf(await exportPostList({ ...owner, role: 'analyst' }, {}))).length > 3);
});

test('a download leaves an audit event that does not say whom was looked for', async () => {
  await exportPostList(owner, { search: 'a secret name' });
  const rows = await database.admin(`select metadata from audit_event where workspace_id = $1 and action = 'post:export' order by xid desc, id desc limit 1`, [owner.workspace.id]);
  assert.deepEqual(rows[0]?.['metadata'], { form: 'csv', from: null, to: null, account: null, state: null, approval: null, search: true });
});
