import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { createManualClock, type ManualClock } from '../../platform/clock.ts';
import type { RunningSimulator } from '../simulation/world.ts';
import { countLength } from './simulator-html.ts';
import { closeAll, consent, get, mainAccount, readList, readObject, start } from './simulator-visitor.ts';

afterEach(closeAll);

const publishScopes = 'read:accounts read:statuses write:statuses write:media profile';
const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(500, 3)]);

interface Bench {
  readonly server: RunningSimulator;
  readonly clock: ManualClock;
  readonly token: string;
}

type Row = Readonly<Record<string, unknown>>;

async function obtainToken(origin: string, scope: string): Promise<string> {
  const redirect = 'https://rookery.example/callback';
  const registered = await fetch(`${origin}/api/v1/apps`, {
    method: 'POST',
    body: new URLSearchParams({ client_name: 'Rookery', redirect_uris: redirect, scopes: scope }),
  });
  const app = readObject(await registered.json());
  const { client_id: clientId, client_secret: clientSecret } = app;
  const url = new URL(`${origin}/oauth/authorize`);
  url.search = new URLSearchParams({ response_type: 'code', client_id: String(clientId), redirect_uri: redirect, scope }).toString();
  const code = (await consent(url, 'allow')).searchParams.get('code') ?? '';
  const client = { client_id: String(clientId), client_secret: String(clientSecret) };
  const form = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirect, ...client });
  const answer = await fetch(`${origin}/oauth/token`, { method: 'POST', body: form });
  return String(readObject(await answer.json())['access_token']);
}

async function begin(options: { scope?: string; stateFile?: string | null; limitShare?: number } = {}): Promise<Bench> {
  const { scope = publishScopes, ...rest } = options;
  const clock = createManualClock(new Date('2026-11-20T10:00:00Z'));
  const server = await start({ clock, followersAtOrigin: 30, ...rest });
  return { server, clock, token: await obtainToken(server.origin, scope) };
}

async function send(bench: Bench, body: unknown, key?: string): Promise<Response> {
  return await fetch(`${bench.server.origin}/api/v1/statuses`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${bench.token}`, 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  });
}

async function post(bench: Bench, body: unknown, key?: string): Promise<Row> {
  const answer = await send(bench, body, key);
  assert.equal(answer.status, 200, await answer.clone().text());
  return readObject(await answer.json());
}

async function refusalOf(answer: Response): Promise<readonly [number, unknown]> {
  return [answer.status, readObject(await answer.json())['error']];
}

async function upload(bench: Bench, file = png): Promise<Response> {
  const body = new FormData();
  body.append('file', new Blob([new Uint8Array(file)], { type: 'image/png' }), 'heron.png');
  return await fetch(`${bench.server.origin}/api/v2/media`, { method: 'POST', headers: { authorization: `Bearer ${bench.token}` }, body });
}

async function ready(bench: Bench): Promise<string> {
  const id = String(readObject(await (await upload(bench)).json())['id']);
  for (const status of [206, 200]) assert.equal((await get(bench.server.origin, `/api/v1/media/${id}`, bench.token)).status, status);
  return id;
}

test('content is rendered as Mastodon does: paragraphs, breaks, escaped text, links cut by style, hashtags, mentions', async () => {
  const bench = await begin();
  const long = 'https://www.orchard.coop/stories/of-a-very-long-summer?a=1&b=2';
  const text = `Fish & "chips" <3\nit's #Friday\n\n\nread ${long}, @mara_holt and @nobody`;
  const status = await post(bench, { status: `${text}\n` });
  const link =
    '<a href="https://www.orchard.coop/stories/of-a-very-long-summer?a=1&amp;b=2" target="_blank" rel="nofollow noopener" translate="no">' +
    '<span class="invisible">https://www.</span><span class="ellipsis">orchard.coop/stories/of-a-very</span>' +
    '<span class="invisible">-long-summer?a=1&amp;b=2</span></a>';
  const { origin } = bench.server;
  const tag = `<a href="${origin}/tags/Friday" class="mention hashtag" rel="tag">#<span>Friday</span></a>`;
  const profile = `<a href="${origin}/@mara_holt" class="u-url mention">@<span>mara_holt</span></a>`;
  const mention = `<span class="h-card" translate="no">${profile}</span>`;
  assert.equal(
    status['content'],
    `<p>Fish &amp; &quot;chips&quot; &lt;3<br />it&#39;s ${tag}</p><p>read ${link}, ${mention} and @nobody</p>`,
  );
  assert.deepEqual(bench.server.posts().map((one) => one.text), [text]);
});

test('length counts graphemes, a link as 23 and a mention without its server', () => {
  assert.equal(countLength('👩‍👩‍👧‍👦é日'), 3);
  assert.equal(countLength('see https://orchard.coop/a/very/long/path/to/something.'), 'see '.length + 23 + 1);
  assert.equal(countLength('@mara@social.example'), 5);
  assert.equal(countLength('orchard.coop'), 12);
});

test('too long, blank, too many files, unknown media and a missing parent are refused in Mastodon\'s words', async () => {
  const bench = await begin();
  const ask = async (body: unknown): Promise<readonly [number, unknown]> => await refusalOf(await send(bench, body));
  assert.deepEqual(await ask({ status: 'x'.repeat(501) }), [422, 'Validation failed: Text character limit of 500 exceeded']);
  assert.equal((await send(bench, { status: `${'x'.repeat(476)} https://orchard.coop/${'y'.repeat(200)}` })).status, 200);
  assert.deepEqual(await ask({ status: ' ' }), [422, "Validation failed: Text can't be blank"]);
  assert.deepEqual(await ask({ status: 'x', media_ids: ['1', '2', '3', '4', '5'] }), [422, 'Cannot attach more than 4 files']);
  assert.equal((await ask({ status: 'x', media_ids: ['1'] }))[0], 422);
  assert.deepEqual(await ask({ status: 'x', in_reply_to_id: '1' }), [404, 'The post you are trying to reply to does not appear to exist.']);
  assert.equal((await ask({ status: 'x', visibility: 'secret' }))[0], 422);
});

test('a key answers the first status for an hour, whatever the repeat says; then it is new', async () => {
  const bench = await begin();
  const first = await post(bench, { status: 'Open today' }, 'key-1');
  const again = await post(bench, { status: 'Something else' }, 'key-1');
  assert.deepEqual([again['id'], again['content']], [first['id'], '<p>Open today</p>']);
  assert.notEqual((await post(bench, { status: 'Open today' }, 'key-2'))['id'], first['id']);
  bench.clock.advance(3_600_000 - 1);
  assert.equal((await post(bench, { status: 'Open today' }, 'key-1'))['id'], first['id']);
  bench.clock.advance(1);
  assert.notEqual((await post(bench, { status: 'Open today' }, 'key-1'))['id'], first['id']);
  assert.equal(bench.server.posts().length, 3);
});

test('media is accepted, processed, described and attached once', async () => {
  const bench = await begin();
  const { origin } = bench.server;
  const accepted = await upload(bench);
  const waiting = readObject(await accepted.json());
  assert.deepEqual([accepted.status, waiting['url']], [202, null]);
  const id = String(waiting['id']);
  const early = await refusalOf(await send(bench, { status: 'x', media_ids: [id] }));
  assert.deepEqual(early, [422, 'Cannot attach files that have not finished processing. Try again in a moment!']);
  assert.equal((await get(origin, `/api/v1/media/${id}`, bench.token)).status, 206);
  const done = await get(origin, `/api/v1/media/${id}`, bench.token);
  assert.deepEqual([done.status, typeof readObject(await done.json())['url']], [200, 'string']);
  const described = await fetch(`${origin}/api/v1/media/${id}`, {
    method: 'PUT', headers: { authorization: `Bearer ${bench.token}` }, body: new URLSearchParams({ description: 'A heron' }),
  });
  assert.equal(readObject(await described.json())['description'], 'A heron');
  const status = await post(bench, { media_ids: [id] });
  assert.deepEqual(readList(status['media_attachments']).map((row) => row['description']), ['A heron']);
  assert.deepEqual(bench.server.posts()[0]?.images, ['A heron']);
  assert.equal((await send(bench, { status: 'again', media_ids: [id] })).status, 422);
  assert.equal((await get(origin, `/api/v1/media/${id}`, bench.token)).status, 404);
  assert.equal((await upload(bench, Buffer.from('no picture'))).status, 422);
});

test('a thread, visibility and deletion read as on a real server', async () => {
  const bench = await begin();
  const { origin } = bench.server;
  const root = await post(bench, { status: 'one', visibility: 'private', language: 'de' });
  const reply = await post(bench, { status: 'two', in_reply_to_id: root['id'] });
  assert.deepEqual([reply['in_reply_to_id'], reply['in_reply_to_account_id']], [root['id'], mainAccount]);
  assert.deepEqual([root['visibility'], root['language']], ['private', 'de']);
  assert.equal((await get(origin, `/api/v1/statuses/${String(root['id'])}`)).status, 404, 'not for strangers');
  assert.equal((await get(origin, `/api/v1/statuses/${String(reply['id'])}`)).status, 200);
  const path = `${origin}/api/v1/statuses/${String(root['id'])}`;
  const headers = { authorization: `Bearer ${bench.token}` };
  const remove = async (): Promise<Response> => await fetch(path, { method: 'DELETE', headers });
  const gone = readObject(await (await remove()).json());
  assert.deepEqual([gone['text'], 'content' in gone], ['one', false]);
  assert.deepEqual(await refusalOf(await remove()), [404, 'Record not found']);
  assert.equal((await get(origin, `/api/v1/statuses/${String(root['id'])}`, bench.token)).status, 404);
});

test('the list pages by Link, newest first, and can lag behind', async () => {
  const bench = await begin();
  const { origin } = bench.server;
  const ids: unknown[] = [];
  for (let n = 0; n < 5; n += 1) ids.unshift((await post(bench, { status: `n ${n}` }))['id']);
  const read = async (url: string): Promise<{ ids: readonly unknown[]; next: string | undefined; previous: string | undefined }> => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${bench.token}` } });
    const link = answer.headers.get('link') ?? '';
    return {
      ids: readList(await answer.json()).map((row) => row['id']),
      next: /<([^>]+)>; rel="next"/.exec(link)?.[1],
      previous: /<([^>]+)>; rel="prev"/.exec(link)?.[1],
    };
  };
  const list = `${origin}/api/v1/accounts/${mainAccount}/statuses`;
  const first = await read(`${list}?limit=2&exclude_reblogs=true`);
  assert.deepEqual(first.ids, ids.slice(0, 2));
  const second = await read(first.next ?? '');
  assert.deepEqual(second.ids, ids.slice(2, 4));
  assert.deepEqual((await read(second.previous ?? '')).ids, ids.slice(0, 2));
  const last = await read(second.next ?? '');
  assert.deepEqual([last.ids, last.next], [ids.slice(4), undefined]);
  bench.server.faults.delayVisibility(60_000);
  const late = (await post(bench, { status: 'late' }))['id'];
  assert.equal((await read(list)).ids.includes(late), false);
  assert.equal((await get(origin, `/api/v1/statuses/${String(late)}`, bench.token)).status, 200);
  bench.clock.advance(60_000);
  assert.equal((await read(list)).ids[0], late);
});

test('a token without write:statuses or write:media publishes nothing', async () => {
  const bench = await begin({ scope: 'read:accounts read:statuses' });
  const outside = [403, 'This action is outside the authorized scopes'];
  assert.deepEqual(await refusalOf(await send(bench, { status: 'x' })), outside);
  assert.deepEqual(await refusalOf(await upload(bench)), outside);
  assert.deepEqual(await refusalOf(await send({ ...bench, token: 'no' }, { status: 'x' })), [401, 'The access token is invalid']);
  assert.deepEqual(bench.server.posts(), []);
});

test('uploads and deletions have limits of their own, with a reset in ISO time', async () => {
  const bench = await begin();
  for (let n = 0; n < 30; n += 1) assert.equal((await upload(bench)).status, 202);
  const refused = await upload(bench);
  assert.deepEqual([refused.status, refused.headers.get('x-ratelimit-limit')], [429, '30']);
  assert.equal(refused.headers.get('x-ratelimit-reset'), '2026-11-20T10:30:00.000000Z');
  assert.equal((await send(bench, { status: 'still allowed' })).status, 200);
  bench.clock.advance(30 * 60_000);
  assert.equal((await upload(bench)).status, 202);
});

test('a lost answer has published, and its key finds the status; a dropped request has not', async () => {
  const bench = await begin();
  bench.server.faults.loseNext(1, '/api/v1/statuses');
  await assert.rejects(send(bench, { status: 'lost' }, 'key-9'));
  assert.deepEqual(bench.server.posts().map((one) => one.text), ['lost']);
  assert.equal((await post(bench, { status: 'lost' }, 'key-9'))['id'], bench.server.posts()[0]?.id);
  bench.server.faults.dropNext(1, '/api/v1/statuses');
  await assert.rejects(send(bench, { status: 'dropped' }));
  bench.server.faults.failNext(1, 503, '/api/v1/statuses');
  assert.equal((await send(bench, { status: 'failed' })).status, 503);
  assert.equal(bench.server.posts().length, 1);
});

test('statuses, their media and their keys survive a restart', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'mastodon-simulator-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const stateFile = join(directory, 'mastodon.json');
  const bench = await begin({ stateFile });
  const media = await ready(bench);
  const before = await post(bench, { status: 'kept', media_ids: [media] }, 'key-7');
  await closeAll();
  const server = await start({ clock: bench.clock, followersAtOrigin: 30, stateFile });
  const after = readObject(await (await get(server.origin, `/api/v1/statuses/${String(before['id'])}`, bench.token)).json());
  assert.deepEqual([after['id'], after['content'], readList(after['media_attachments']).length], [before['id'], '<p>kept</p>', 1]);
  assert.equal((await post({ ...bench, server }, { status: 'kept' }, 'key-7'))['id'], before['id']);
  assert.equal(server.posts().length, 1);
});
