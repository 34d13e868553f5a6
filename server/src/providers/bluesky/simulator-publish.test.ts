import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { createManualClock, type ManualClock } from '../../platform/clock.ts';
import type { RunningSimulator } from '../simulation/world.ts';
import { cidOfBytes, cidOfRecord } from './simulator-cid.ts';
import { simulatorAppPassword } from './simulator.ts';
import { isTid, mintTid } from './simulator-tid.ts';
import { closeAll, createVisitor, loopbackMetadata, mainHandle, readObject, signIn, start } from './simulator-visitor.ts';

afterEach(closeAll);

type Row = Readonly<Record<string, unknown>>;

interface Bench {
  readonly server: RunningSimulator;
  readonly clock: ManualClock;
  readonly did: string;
  readonly token: string;
}

const collection = 'app.bsky.feed.post';
const jpeg = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), Buffer.alloc(300, 9)]);
const startedAt = new Date('2026-11-20T10:00:00Z');

async function begin(options: { stateFile?: string; limitShare?: number } = {}): Promise<Bench> {
  const clock = createManualClock(startedAt);
  const server = await start({ clock, followersAtOrigin: 30, ...options });
  const answer = await fetch(`${server.origin}/xrpc/com.atproto.server.createSession`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier: mainHandle, password: simulatorAppPassword }),
  });
  const session = readObject(await answer.json());
  return { server, clock, did: String(session['did']), token: String(session['accessJwt']) };
}

async function send(bench: Bench, method: string, body: Row): Promise<Response> {
  return await fetch(`${bench.server.origin}/xrpc/com.atproto.repo.${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bench.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ repo: bench.did, collection, ...body }),
  });
}

async function done(answer: Response): Promise<Row> {
  assert.equal(answer.status, 200, await answer.clone().text());
  return readObject(await answer.json());
}

async function refusalOf(answer: Response): Promise<readonly [number, unknown, unknown]> {
  const body = readObject(await answer.json());
  return [answer.status, body['error'], body['message']];
}

function postOf(text: string, more: Row = {}): Row {
  return { $type: collection, text, createdAt: '2026-11-20T09:59:00.000Z', ...more };
}

async function read(bench: Bench, method: string, query: Readonly<Record<string, string>>): Promise<Response> {
  const search = new URLSearchParams({ repo: bench.did, collection, ...query }).toString();
  return await fetch(`${bench.server.origin}/xrpc/com.atproto.repo.${method}?${search}`);
}

async function upload(bench: Bench, bytes: Buffer, type: string): Promise<Response> {
  return await fetch(`${bench.server.origin}/xrpc/com.atproto.repo.uploadBlob`, {
    method: 'POST', headers: { authorization: `Bearer ${bench.token}`, 'content-type': type }, body: new Uint8Array(bytes),
  });
}

const key = (serial: number): string => mintTid(startedAt, serial);

test('content addresses are those of the real data model', () => {
  assert.equal(cidOfBytes(Buffer.from('hello')), 'bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq');
  const image = { $type: 'blob', ref: { $link: cidOfBytes(Buffer.from('hello')) }, mimeType: 'image/jpeg', size: 300 };
  const embed = { $type: 'app.bsky.embed.images', images: [{ alt: '', image }] };
  const numbers = { n: 70_000, neg: -5, big: 2 ** 40 };
  const post = { $type: collection, text: 'hé 👍', createdAt: '2026-11-20T10:00:00.000Z', ...numbers, langs: ['en'], embed };
  // Computed with @atproto/lex-cbor.
  assert.equal(cidOfRecord(post), 'bafyreicppvstckb73lytxkflxncyw3mtw74hkijpz5l4gatcx7hkh27k5e');
  assert.equal(cidOfRecord({ b: 1, a: 'x' }), cidOfRecord({ a: 'x', b: 1 }));
});

test('the same put again is the same record and no new post; other content replaces it in its place', async () => {
  const bench = await begin();
  const first = await done(await send(bench, 'putRecord', { rkey: key(1), record: postOf('Open today') }));
  assert.deepEqual([first['uri'], first['validationStatus']], [`at://${bench.did}/${collection}/${key(1)}`, 'valid']);
  assert.ok(first['commit'] !== undefined);
  const again = await done(await send(bench, 'putRecord', { rkey: key(1), record: postOf('Open today') }));
  assert.deepEqual([again['cid'], again['commit']], [first['cid'], undefined]);
  assert.equal(bench.server.posts().length, 1);
  const changed = await done(await send(bench, 'putRecord', { rkey: key(1), record: postOf('Closed today') }));
  assert.notEqual(changed['cid'], first['cid']);
  assert.deepEqual(bench.server.posts().map((post) => post.text), ['Closed today']);
  const shown = await done(await read(bench, 'getRecord', { rkey: key(1) }));
  assert.deepEqual([shown['cid'], readObject(shown['value'])['text']], [changed['cid'], 'Closed today']);
  const swapped = await send(bench, 'putRecord', { rkey: key(1), record: postOf('New'), swapRecord: null });
  assert.deepEqual(await refusalOf(swapped), [400, 'InvalidSwap', `Record was at ${String(changed['cid'])}`]);
});

test('createRecord chooses a key, and one in use fails as on a real server without changing anything', async () => {
  const bench = await begin();
  const made = await done(await send(bench, 'createRecord', { record: postOf('one') }));
  assert.equal(isTid(String(made['uri']).split('/').at(-1) ?? ''), true);
  await done(await send(bench, 'createRecord', { rkey: key(5), record: postOf('two') }));
  const refused = await refusalOf(await send(bench, 'createRecord', { rkey: key(5), record: postOf('three') }));
  assert.deepEqual(refused.slice(0, 2), [500, 'InternalServerError']);
  assert.deepEqual(bench.server.posts().map((post) => post.text), ['one', 'two']);
});

test('records that break the lexicon are refused in the words of a real server', async () => {
  const bench = await begin();
  const ask = async (record: Row, rkey = key(1)): Promise<string> => {
    const [status, error, message] = await refusalOf(await send(bench, 'putRecord', { rkey, record }));
    return `${status} ${String(error)} ${String(message)}`;
  };
  const invalid = '400 InvalidRequest Invalid app.bsky.feed.post record: ';
  assert.equal(await ask(postOf('x'.repeat(301))), `${invalid}grapheme too big (maximum 300, got 301) at $.record.text`);
  assert.equal(await ask(postOf('👩‍👩‍👧‍👦'.repeat(150))), `${invalid}string too big (maximum 3000, got 3750) at $.record.text`);
  assert.equal(await ask(postOf('x', { createdAt: 'yesterday' })), `${invalid}Invalid datetime (got "yesterday") at $.record.createdAt`);
  assert.equal(await ask({ $type: 'app.bsky.feed.like' }), `400 InvalidRequest Invalid $type: expected ${collection}, got app.bsky.feed.like`);
  const badKey = `Invalid record key for ${collection}: Invalid TID string (got "my-key") at $`;
  assert.equal(await ask(postOf('x'), 'my-key'), `400 InvalidRequest ${badKey}`);
  const facet = (byteStart: number, byteEnd: number, uri = 'https://a.example'): Row => ({
    facets: [{ index: { byteStart, byteEnd }, features: [{ $type: 'app.bsky.richtext.facet#link', uri }] }],
  });
  assert.match(await ask(postOf('é x', facet(1, 3))), /range 1 to 3 is not within the 4 bytes/);
  assert.match(await ask(postOf('é x', facet(3, 5))), /range 3 to 5/);
  assert.match(await ask(postOf('é x', facet(3, 4, 'no uri'))), /Invalid uri \(got "no uri"\) at \$\.record\.facets\[0\]\.features/);
  await done(await send(bench, 'putRecord', { rkey: key(1), record: postOf('é x', facet(3, 4)) }));
});

test('a post shows blobs that were uploaded, as they are; the type that the bytes show wins', async () => {
  const bench = await begin();
  const blob = readObject((await done(await upload(bench, jpeg, 'image/png')))['blob']);
  assert.deepEqual([blob['mimeType'], blob['size'], blob['$type']], ['image/jpeg', jpeg.length, 'blob']);
  const embed = (image: Row): Row => ({ embed: { $type: 'app.bsky.embed.images', images: [{ alt: 'A heron', image }] } });
  await done(await send(bench, 'putRecord', { rkey: key(1), record: postOf('Look', embed(blob)) }));
  assert.deepEqual(bench.server.posts()[0]?.images, ['A heron']);
  const ask = async (image: Row): Promise<unknown> => {
    const answer = await send(bench, 'putRecord', { rkey: key(2), record: postOf('x', embed(image)) });
    return (await refusalOf(answer))[1];
  };
  assert.equal(await ask({ ...blob, ref: { $link: cidOfBytes(Buffer.from('never')) } }), 'BlobNotFound');
  assert.equal(await ask({ ...blob, mimeType: 'image/png' }), 'InvalidMimeType');
  assert.equal(await ask({ ...blob, size: 1 }), 'InvalidSize');
  const large = readObject((await done(await upload(bench, Buffer.concat([jpeg, Buffer.alloc(2_000_000)]), 'image/jpeg')))['blob']);
  assert.equal(await ask(large), 'InvalidRequest');
});

test('an answer names its parent and the root of the thread by their content', async () => {
  const bench = await begin();
  const put = async (serial: number, record: Row): Promise<Row> => {
    const { uri, cid } = await done(await send(bench, 'putRecord', { rkey: key(serial), record }));
    return { uri, cid };
  };
  const root = await put(1, postOf('one'));
  const second = await put(2, postOf('two', { reply: { root, parent: root } }));
  const third = await put(3, postOf('three', { reply: { root, parent: second } }));
  assert.deepEqual(bench.server.posts().map((post) => post.replyTo), [null, root['uri'], second['uri']]);
  const ask = async (reply: Row): Promise<number> => {
    return (await send(bench, 'putRecord', { rkey: key(4), record: postOf('four', { reply }) })).status;
  };
  assert.equal(await ask({ root, parent: { ...third, cid: root['cid'] } }), 400, 'content of another');
  assert.equal(await ask({ root: second, parent: third }), 400, 'not the root');
  assert.equal(await ask({ root, parent: { uri: `${String(root['uri'])}x`, cid: root['cid'] } }), 400, 'no such record');
});

test('deletion is no error twice, frees the key, and takes the record out of every list', async () => {
  const bench = await begin();
  await done(await send(bench, 'putRecord', { rkey: key(1), record: postOf('one') }));
  assert.ok((await done(await send(bench, 'deleteRecord', { rkey: key(1) })))['commit'] !== undefined);
  assert.deepEqual(await done(await send(bench, 'deleteRecord', { rkey: key(1) })), {});
  assert.deepEqual((await refusalOf(await read(bench, 'getRecord', { rkey: key(1) }))).slice(0, 2), [400, 'RecordNotFound']);
  assert.deepEqual((await done(await read(bench, 'listRecords', {})))['records'], []);
  assert.deepEqual(bench.server.posts().map((post) => post.isDeleted), [true]);
  await done(await send(bench, 'putRecord', { rkey: key(1), record: postOf('one') }));
  assert.deepEqual(bench.server.posts().map((post) => post.isDeleted), [false]);
});

test('lists page by key, newest first, and can lag behind; the record\'s own address does not', async () => {
  const bench = await begin();
  for (const serial of [1, 2, 3]) await done(await send(bench, 'putRecord', { rkey: key(serial), record: postOf(`n ${serial}`) }));
  const list = async (query: Readonly<Record<string, string>>): Promise<{ keys: readonly unknown[]; cursor: unknown }> => {
    const { records, cursor } = await done(await read(bench, 'listRecords', query));
    assert.ok(Array.isArray(records));
    return { keys: records.map((row) => String(readObject(row)['uri']).split('/').at(-1)), cursor };
  };
  assert.deepEqual(await list({ limit: '2' }), { keys: [key(3), key(2)], cursor: key(2) });
  assert.deepEqual(await list({ limit: '2', cursor: key(2) }), { keys: [key(1)], cursor: key(1) });
  assert.deepEqual(await list({ cursor: key(1) }), { keys: [], cursor: undefined });
  assert.deepEqual((await list({ reverse: 'true' })).keys, [key(1), key(2), key(3)]);
  bench.server.faults.delayVisibility(60_000);
  bench.clock.advance(120_000);
  await done(await send(bench, 'putRecord', { rkey: key(4), record: postOf('late') }));
  assert.equal((await list({})).keys.includes(key(4)), false);
  assert.equal((await read(bench, 'getRecord', { rkey: key(4) })).status, 200);
  const feed = await fetch(`${bench.server.origin}/xrpc/app.bsky.feed.getAuthorFeed?actor=${bench.did}&limit=2`, {
    headers: { authorization: `Bearer ${bench.token}` },
  });
  const rows = readObject(await feed.json())['feed'];
  assert.ok(Array.isArray(rows));
  assert.deepEqual(rows.map((row) => readObject(readObject(readObject(row)['post'])['record'])['text']), ['n 3', 'n 2']);
});

test('an OAuth session writes what its scopes name, and nothing else', async () => {
  const { origin } = await start();
  const write = async (scope: string): Promise<readonly [number, unknown, unknown]> => {
    const session = await signIn(createVisitor(origin, { clientMetadata: loopbackMetadata(scope) }));
    const upload = await session.fetchHandler('/xrpc/com.atproto.repo.uploadBlob', {
      method: 'POST', headers: { 'content-type': 'image/jpeg' }, body: new Uint8Array(jpeg),
    });
    const put = await session.fetchHandler('/xrpc/com.atproto.repo.putRecord', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ repo: session.did, collection, rkey: key(1), record: postOf('x') }),
    });
    return [upload.status, put.status, readObject(await put.json())['message'] ?? null];
  };
  assert.deepEqual(await write('atproto transition:generic'), [200, 200, null]);
  assert.deepEqual(await write(`atproto repo:${collection} blob:image/*`), [200, 200, null]);
  const noUpdate = `Missing required scope "repo:${collection}?action=update"`;
  assert.deepEqual(await write(`atproto repo:${collection}?action=create blob:*/*`), [200, 403, noUpdate]);
  assert.deepEqual(await write('atproto'), [403, 403, `Missing required scope "repo:${collection}?action=create"`]);
});

test('nobody writes to another repository or without a session', async () => {
  const bench = await begin();
  const other = bench.server.world.accounts[1]?.id;
  assert.equal((await send(bench, 'putRecord', { repo: other, rkey: key(1), record: postOf('x') })).status, 401);
  assert.equal((await send({ ...bench, token: 'no' }, 'putRecord', { rkey: key(1), record: postOf('x') })).status, 400);
  assert.deepEqual(bench.server.posts(), []);
});

test('writes cost points of an hour, and the refusal says when to come back', async () => {
  const bench = await begin({ limitShare: 0.002 });
  // 10 points: five puts, and not a sixth.
  const answers = [];
  for (let serial = 1; serial <= 5; serial += 1) {
    answers.push((await send(bench, 'putRecord', { rkey: key(serial), record: postOf(`n ${serial}`) })).status);
  }
  assert.deepEqual(answers, [200, 200, 200, 200, 200]);
  bench.clock.advance(300_000);
  const refused = await send(bench, 'putRecord', { rkey: key(6), record: postOf('n 6') });
  const said = ['ratelimit-policy', 'retry-after'].map((name) => refused.headers.get(name));
  assert.deepEqual([refused.status, ...said], [429, '10;w=3600', '3300']);
  assert.equal(bench.server.posts().length, 5);
});

test('a lost answer has written, and the same put finds it done; a dropped request has not', async () => {
  const bench = await begin();
  const put = async (): Promise<Response> => await send(bench, 'putRecord', { rkey: key(1), record: postOf('lost') });
  bench.server.faults.dropNext(1, '/xrpc/com.atproto.repo.putRecord');
  await assert.rejects(put());
  assert.deepEqual(bench.server.posts(), []);
  bench.server.faults.loseNext(1, '/xrpc/com.atproto.repo.putRecord');
  await assert.rejects(put());
  assert.equal(bench.server.posts().length, 1);
  assert.equal((await done(await put()))['commit'], undefined);
  assert.equal(bench.server.posts().length, 1);
});

test('records and blobs survive a restart', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'bluesky-simulator-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const stateFile = join(directory, 'bluesky.json');
  const bench = await begin({ stateFile });
  const { blob } = await done(await upload(bench, jpeg, 'image/jpeg'));
  const embed = { $type: 'app.bsky.embed.images', images: [{ alt: '', image: blob }] };
  await done(await send(bench, 'putRecord', { rkey: key(1), record: postOf('kept', { embed }) }));
  const before = await (await read(bench, 'getRecord', { rkey: key(1) })).json();
  await closeAll();
  const server = await start({ clock: bench.clock, followersAtOrigin: 30, stateFile });
  const again = { ...bench, server };
  assert.deepEqual(await (await read(again, 'getRecord', { rkey: key(1) })).json(), before);
  assert.deepEqual(server.posts().map((post) => post.text), ['kept']);
  await done(await send(again, 'putRecord', { rkey: key(2), record: postOf('the same picture', { embed }) }));
});
