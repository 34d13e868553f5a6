import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createManualClock, type ManualClock } from '../../platform/clock.ts';
import { driveConsent } from '../simulation/drive-consent.ts';
import type { RunningSimulator, SimulatorOptions } from '../simulation/world.ts';
import { simulatorCredentials, startInstagramSimulator } from './simulator.ts';

const userId = '17841405793187218';
const basic = 'instagram_business_basic';
const publishScopes = `${basic},instagram_business_content_publish,instagram_business_manage_comments`;
const dayMs = 86_400_000;

type Row = Readonly<Record<string, unknown>>;

interface Bench {
  readonly instagram: RunningSimulator;
  readonly clock: ManualClock;
  readonly token: string;
  /** Address of a file served on loopback. */
  serve(bytes: Buffer, type?: string): string;
}

// Holds for each answer of these tests: the assertion before it.
function objectOf(value: unknown): Row {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
  return value as Row;
}

function listOf(value: unknown): readonly Row[] {
  assert.ok(Array.isArray(value));
  return value.map(objectOf);
}

function jpegOf(width: number, height: number): Buffer {
  const frame = Buffer.from('03012200021101031101', 'hex');
  const opening = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0001108', 'hex');
  const header = Buffer.concat([opening, Buffer.alloc(4)]);
  header.writeUInt16BE(height, header.length - 4);
  header.writeUInt16BE(width, header.length - 2);
  return Buffer.concat([header, frame, Buffer.from('ffd9', 'hex')]);
}

async function serveFiles(context: TestContext): Promise<Bench['serve']> {
  const files: { bytes: Buffer; type: string }[] = [];
  const server = createServer((request, response) => {
    const file = files[Number(request.url?.slice(1))];
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': file?.type ?? 'text/plain' }).end(file?.bytes);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return (bytes, type = 'image/jpeg') => `http://127.0.0.1:${address.port}/${files.push({ bytes, type }) - 1}`;
}

async function obtainToken(instagram: RunningSimulator, scope: string): Promise<string> {
  const { clientId, clientSecret } = simulatorCredentials;
  const redirect = 'https://rookery.example/callback';
  const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirect, response_type: 'code', scope, state: 'st' });
  const target = await driveConsent(`${instagram.origin}/oauth/authorize?${query.toString()}`);
  const form = new URLSearchParams({
    client_id: clientId, client_secret: clientSecret, grant_type: 'authorization_code', redirect_uri: redirect,
    code: target.searchParams.get('code') ?? '',
  });
  const answer = await fetch(`${instagram.origin}/oauth/access_token`, { method: 'POST', body: form });
  const short = String(objectOf(await answer.json())['access_token']);
  const asked = new URLSearchParams({ grant_type: 'ig_exchange_token', client_secret: clientSecret, access_token: short });
  return String(objectOf(await (await fetch(`${instagram.origin}/access_token?${asked.toString()}`)).json())['access_token']);
}

async function begin(context: TestContext, options: Partial<SimulatorOptions> & { scope?: string } = {}): Promise<Bench> {
  const { scope = publishScopes, ...rest } = options;
  const clock = createManualClock(new Date('2026-11-24T09:00:00.500Z'));
  const instagram = await startInstagramSimulator({ clock, seed: 4, port: 0, stateFile: null, followersAtOrigin: 60, ...rest });
  context.after(() => instagram.close());
  return { instagram, clock, token: await obtainToken(instagram, scope), serve: await serveFiles(context) };
}

type Params = Readonly<Record<string, string>>;

async function call(bench: Bench, method: 'GET' | 'POST' | 'DELETE', path: string, params: Params = {}): Promise<Response> {
  const query = new URLSearchParams(params);
  const headers = { authorization: `Bearer ${bench.token}` };
  if (method === 'POST') return await fetch(bench.instagram.origin + path, { method: 'POST', headers, body: query });
  return await fetch(`${bench.instagram.origin}${path}?${query.toString()}`, { method, headers });
}

async function done(answer: Response): Promise<Row> {
  assert.equal(answer.status, 200, await answer.clone().text());
  return objectOf(await answer.json());
}

async function errorOf(answer: Response): Promise<readonly [number, unknown, unknown]> {
  const error = objectOf(objectOf(await answer.json())['error']);
  return [answer.status, error['code'], error['error_subcode']];
}

async function contain(bench: Bench, params: Readonly<Record<string, string>> = {}): Promise<string> {
  const image_url = bench.serve(jpegOf(1080, 1080));
  return String((await done(await call(bench, 'POST', `/v23.0/${userId}/media`, { image_url, ...params })))['id']);
}

async function statusOf(bench: Bench, id: string): Promise<unknown> {
  return (await done(await call(bench, 'GET', `/${id}`, { fields: 'status_code' })))['status_code'];
}

async function ready(bench: Bench, params: Readonly<Record<string, string>> = {}): Promise<string> {
  const id = await contain(bench, params);
  assert.deepEqual([await statusOf(bench, id), await statusOf(bench, id)], ['IN_PROGRESS', 'FINISHED']);
  return id;
}

async function publish(bench: Bench, id: string): Promise<Response> {
  return await call(bench, 'POST', `/${userId}/media_publish`, { creation_id: id });
}

test('an image is fetched, processed and published once; the container says so ever after', async (context) => {
  const bench = await begin(context);
  const id = await contain(bench, { caption: 'Open today', alt_text: 'A heron' });
  assert.deepEqual(await errorOf(await publish(bench, id)), [400, 9007, 2207027], 'not ready');
  assert.equal(await statusOf(bench, id), 'FINISHED');
  const mediaId = String((await done(await publish(bench, id)))['id']);
  assert.equal(await statusOf(bench, id), 'PUBLISHED');
  assert.deepEqual(await errorOf(await publish(bench, id)), [400, 9007, 2207027]);
  const fields = 'caption,media_type,permalink,timestamp,alt_text,username';
  const { permalink, ...media } = await done(await call(bench, 'GET', `/v23.0/${mediaId}`, { fields }));
  assert.match(String(permalink), /^https:\/\/www\.instagram\.com\/p\/[\w-]{11}\/$/);
  assert.deepEqual(media, {
    id: mediaId, caption: 'Open today', media_type: 'IMAGE', timestamp: '2026-11-24T09:00:00+0000', alt_text: 'A heron',
    username: 'heronandpine',
  });
  assert.deepEqual(bench.instagram.posts().map((post) => [post.text, post.images]), [['Open today', ['A heron']]]);
});

test('what cannot be fetched, is no JPEG, or has another size or shape is refused with its own code', async (context) => {
  const bench = await begin(context);
  const ask = async (image_url: string): Promise<readonly [number, unknown, unknown]> =>
    await errorOf(await call(bench, 'POST', `/${userId}/media`, { image_url }));
  assert.deepEqual(await ask(`${bench.serve(jpegOf(5, 5))}99`), [400, 9004, 2207052], 'not there');
  assert.deepEqual(await ask(bench.serve(jpegOf(5, 5), 'text/html')), [400, 9004, 2207052], 'no image');
  assert.deepEqual(await ask('https://images.example/a.jpg'), [400, 9004, 2207052], 'not on this machine');
  assert.deepEqual(await ask(bench.serve(Buffer.from('89504e470d0a1a0a0000', 'hex'))), [400, 36001, 2207005]);
  assert.deepEqual(await ask(bench.serve(Buffer.concat([jpegOf(1080, 1080), Buffer.alloc(8_388_608)]))), [400, 36000, 2207004]);
  assert.deepEqual(await ask(bench.serve(jpegOf(1080, 1351))), [400, 36003, 2207009], 'too high');
  assert.deepEqual(await ask(bench.serve(jpegOf(1920, 1000))), [400, 36003, 2207009], 'too wide');
  assert.equal((await call(bench, 'POST', `/${userId}/media`, { image_url: bench.serve(jpegOf(1080, 1350)) })).status, 200);
  assert.equal((await call(bench, 'POST', `/${userId}/media`, { image_url: bench.serve(jpegOf(1910, 1000)) })).status, 200);
  assert.deepEqual(await ask(''), [400, 100, undefined]);
});

test('a file that cannot be decoded fails in processing, an old container expires', async (context) => {
  const bench = await begin(context);
  const broken = await contain(bench, { image_url: bench.serve(Buffer.from('ffd8ffe000104a464946ffd9', 'hex')) });
  assert.deepEqual([await statusOf(bench, broken), await statusOf(bench, broken)], ['IN_PROGRESS', 'ERROR']);
  const old = await ready(bench);
  bench.clock.advance(dayMs);
  assert.equal(await statusOf(bench, old), 'EXPIRED');
  assert.deepEqual(await errorOf(await publish(bench, old)), [400, 24, 2207008]);
  assert.deepEqual(await errorOf(await publish(bench, '17889999999999999')), [400, 24, 2207006]);
  assert.deepEqual(bench.instagram.posts(), []);
});

test('captions have their limits', async (context) => {
  const bench = await begin(context);
  const ask = async (caption: string): Promise<number> =>
    (await call(bench, 'POST', `/${userId}/media`, { caption, image_url: bench.serve(jpegOf(1080, 1080)) })).status;
  assert.equal(await ask('é'.repeat(2200)), 200);
  assert.equal(await ask('é'.repeat(2201)), 400);
  assert.equal(await ask('#tag '.repeat(30)), 200);
  assert.equal(await ask('#tag '.repeat(31)), 400);
});

test('a carousel holds two to ten items of its own kind and is one post', async (context) => {
  const bench = await begin(context);
  const one = await contain(bench, { is_carousel_item: 'true', alt_text: 'one' });
  const two = await contain(bench, { is_carousel_item: 'true', alt_text: 'two' });
  const create = async (children: string): Promise<Response> =>
    await call(bench, 'POST', `/${userId}/media`, { media_type: 'CAROUSEL', children, caption: 'Both' });
  assert.deepEqual(await errorOf(await create(one)), [400, 100, 2207028]);
  assert.deepEqual(await errorOf(await create(`${one},${await contain(bench)}`)), [400, 100, 2207028], 'no carousel item');
  assert.deepEqual(await errorOf(await publish(bench, one)), [400, 100, 2207028], 'not on its own');
  const id = String((await done(await create(`${one},${two}`)))['id']);
  assert.deepEqual([await statusOf(bench, id), await statusOf(bench, id)], ['IN_PROGRESS', 'FINISHED']);
  const mediaId = String((await done(await publish(bench, id)))['id']);
  const media = await done(await call(bench, 'GET', `/${mediaId}`, { fields: 'media_type,children' }));
  assert.equal(media['media_type'], 'CAROUSEL_ALBUM');
  assert.equal(listOf(objectOf(media['children'])['data']).length, 2);
  assert.deepEqual(bench.instagram.posts().map((post) => post.images), [['one', 'two']]);
});

test('the list pages newest first and can lag behind', async (context) => {
  const bench = await begin(context);
  const ids: unknown[] = [];
  for (let n = 0; n < 3; n += 1) ids.unshift((await done(await publish(bench, await ready(bench, { caption: `n ${n}` }))))['id']);
  const list = async (params: Params): Promise<Row> => await done(await call(bench, 'GET', `/v23.0/${userId}/media`, params));
  const first = await list({ fields: 'id,caption', limit: '2' });
  assert.deepEqual(listOf(first['data']).map((row) => row['caption']), ['n 2', 'n 1']);
  const paging = objectOf(first['paging']);
  const next = await fetch(String(paging['next']), { headers: { authorization: `Bearer ${bench.token}` } });
  const second = await done(next);
  assert.deepEqual(listOf(second['data']).map((row) => row['id']), ids.slice(2));
  assert.equal(objectOf(second['paging'])['next'], undefined);
  bench.instagram.faults.delayVisibility(60_000);
  bench.clock.advance(120_000);
  const late = (await done(await publish(bench, await ready(bench))))['id'];
  assert.equal(listOf((await list({}))['data']).some((row) => row['id'] === late), false);
  assert.equal((await call(bench, 'GET', `/${String(late)}`)).status, 200);
  bench.clock.advance(60_000);
  assert.equal(listOf((await list({}))['data'])[0]?.['id'], late);
});

test('comments are written, listed and deleted; posts cannot be deleted from here', async (context) => {
  const bench = await begin(context);
  const media = String((await done(await publish(bench, await ready(bench))))['id']);
  const comment = String((await done(await call(bench, 'POST', `/v23.0/${media}/comments`, { message: 'Link in bio' })))['id']);
  const rows = listOf((await done(await call(bench, 'GET', `/${media}/comments`)))['data']);
  assert.deepEqual(rows, [{ id: comment, text: 'Link in bio', timestamp: '2026-11-24T09:00:00+0000' }]);
  assert.deepEqual(bench.instagram.posts().map((post) => [post.isComment, post.replyTo]), [[false, null], [true, media]]);
  assert.deepEqual(await errorOf(await call(bench, 'DELETE', `/${media}`)), [400, 100, 33]);
  assert.deepEqual(await done(await call(bench, 'DELETE', `/${comment}`)), { success: true });
  assert.deepEqual(await errorOf(await call(bench, 'DELETE', `/${comment}`)), [400, 100, 33]);
  assert.deepEqual((await done(await call(bench, 'GET', `/${media}/comments`)))['data'], []);
});

test('a hundred posts a day, then 9 / 2207042 until the first is a day old', async (context) => {
  const bench = await begin(context);
  const limit = async (): Promise<unknown> =>
    (await done(await call(bench, 'GET', `/${userId}/content_publishing_limit`, { fields: 'config,quota_usage' })))['data'];
  const image_url = bench.serve(jpegOf(1080, 1080));
  const ids: string[] = [];
  for (let n = 0; n < 100; n += 1) ids.push(await contain(bench, { image_url }));
  // Processed by now without having been asked for.
  bench.clock.advance(5_000);
  for (const id of ids) await done(await publish(bench, id));
  assert.deepEqual(await limit(), [{ config: { quota_total: 100, quota_duration: 86_400 }, quota_usage: 100 }]);
  const id = await ready(bench, { image_url });
  assert.deepEqual(await errorOf(await publish(bench, id)), [400, 9, 2207042]);
  bench.clock.advance(dayMs - 1000);
  const late = await ready(bench, { image_url });
  bench.clock.advance(1000);
  await done(await publish(bench, late));
  assert.equal(listOf(await limit())[0]?.['quota_usage'], 1);
});

test('a token without the scopes publishes and comments nothing', async (context) => {
  const bench = await begin(context, { scope: basic });
  const image_url = bench.serve(jpegOf(1080, 1080));
  assert.deepEqual(await errorOf(await call(bench, 'POST', `/${userId}/media`, { image_url })), [403, 10, undefined]);
  assert.deepEqual(await errorOf(await publish(bench, '1')), [403, 10, undefined]);
  assert.equal((await call(bench, 'GET', `/${userId}/media`)).status, 200);
  assert.deepEqual(bench.instagram.posts(), []);
});

test('a lost answer has published, and the container tells; a dropped request has not', async (context) => {
  const bench = await begin(context);
  const id = await ready(bench);
  bench.instagram.faults.dropNext(1, `/${userId}/media_publish`);
  await assert.rejects(publish(bench, id));
  assert.equal(await statusOf(bench, id), 'FINISHED');
  bench.instagram.faults.loseNext(1, `/${userId}/media_publish`);
  await assert.rejects(publish(bench, id));
  assert.equal(await statusOf(bench, id), 'PUBLISHED');
  assert.equal(bench.instagram.posts().length, 1);
});

test('posts and containers survive a restart', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'instagram-simulator-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const stateFile = join(directory, 'instagram.json');
  const bench = await begin(context, { stateFile });
  const id = await ready(bench, { caption: 'kept' });
  const media = String((await done(await publish(bench, id)))['id']);
  const waiting = await ready(bench, { caption: 'later' });
  const again = await startInstagramSimulator({ clock: bench.clock, seed: 4, port: 0, stateFile, followersAtOrigin: 60 });
  context.after(() => again.close());
  const after = { ...bench, instagram: again };
  assert.equal((await done(await call(after, 'GET', `/${media}`, { fields: 'caption' })))['caption'], 'kept');
  assert.deepEqual([await statusOf(after, id), await statusOf(after, waiting)], ['PUBLISHED', 'FINISHED']);
  await done(await publish(after, waiting));
  assert.deepEqual(again.posts().map((post) => post.text), ['kept', 'later']);
});
