import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startXSimulator } from './simulator.ts';
import { weigh } from './simulator-text.ts';
import { call, listOf, objectOf, obtainToken, publishScope, visit, type Visit } from './simulator-visitor.ts';

const mainAccount = '1389204417365012481';
const jpeg = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), Buffer.alloc(2000, 7)]);

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
}

async function post(bench: Visit, body: unknown): Promise<Answer> {
  const response = await call(bench, 'POST', '/2/tweets', body);
  const answer = objectOf(await response.json());
  return { status: response.status, body: answer, data: objectOf(answer['data'] ?? {}) };
}

async function messageOf(response: Response): Promise<readonly [number, string]> {
  const body = objectOf(await response.json());
  const errors = body['errors'] === undefined ? [] : listOf(body['errors']);
  return [response.status, String(errors[0]?.['message'] ?? body['detail'])];
}

async function upload(bench: Visit, file: Buffer, category = 'tweet_image'): Promise<string> {
  const media_type = category === 'tweet_gif' ? 'image/gif' : 'image/jpeg';
  const begun = await call(bench, 'POST', '/2/media/upload/initialize', { media_type, total_bytes: file.length, media_category: category });
  assert.equal(begun.status, 200);
  const id = String(objectOf(objectOf(await begun.json())['data'])['id']);
  for (const [index, piece] of [file.subarray(0, 1000), file.subarray(1000)].entries()) {
    const form = new FormData();
    form.append('segment_index', String(index));
    form.append('media', new Blob([new Uint8Array(piece)]), 'piece');
    assert.equal((await call(bench, 'POST', `/2/media/upload/${id}/append`, form)).status, 200);
  }
  return id;
}

async function readTimeline(bench: Visit, query = ''): Promise<{ ids: readonly string[]; meta: Readonly<Record<string, unknown>> }> {
  const response = await call(bench, 'GET', `/2/users/${mainAccount}/tweets${query}`);
  assert.equal(response.status, 200, await response.clone().text());
  const body = objectOf(await response.json());
  return { ids: listOf(body['data'] ?? []).map((row) => String(row['id'])), meta: objectOf(body['meta']) };
}

test('a post is created with 201 and read back with wrapped links, escaped text and whole seconds', async (context) => {
  const bench = await visit(context);
  const made = await post(bench, { text: 'Fish & chips <3 https://example.com/menu/today?a=1' });
  assert.equal(made.status, 201);
  assert.match(String(made.data['text']), /^Fish &amp; chips &lt;3 https:\/\/t\.co\/\w{10}$/);
  const id = String(made.data['id']);
  const read = await call(bench, 'GET', `/2/tweets/${id}?tweet.fields=created_at,entities,conversation_id,author_id`);
  const data = objectOf(objectOf(await read.json())['data']);
  assert.deepEqual([data['created_at'], data['conversation_id'], data['author_id']], ['2026-11-24T09:00:00.000Z', id, mainAccount]);
  const [url] = listOf(objectOf(data['entities'])['urls']);
  assert.equal(url?.['expanded_url'], 'https://example.com/menu/today?a=1');
  assert.equal([...String(data['text'])].slice(Number(url['start']), Number(url['end'])).join(''), url['url']);
  assert.deepEqual(bench.x.posts().map((one) => one.text), ['Fish & chips <3 https://example.com/menu/today?a=1']);
});

test('weights follow the documented counting', () => {
  assert.equal(weigh('a'.repeat(280)), 280);
  assert.equal(weigh('Zürich – “quoted”'), 17);
  assert.equal(weigh('日本'), 4);
  assert.equal(weigh('👩‍👩‍👧‍👦🏳️‍🌈'), 4);
  assert.equal(weigh('e\u0301'), 1, 'composed first');
  assert.equal(weigh('see https://example.com/a/very/long/path?with=query#end, ok'), 'see '.length + 23 + ', ok'.length);
  assert.equal(weigh('example.com'), 23);
  assert.equal(weigh('https://rookery.example/x'), 25, 'no such top-level domain');
  assert.equal(weigh('me@example.com'), 14);
});

test('text past 280, no text, unknown fields and unknown media are refused in X\'s form', async (context) => {
  const bench = await visit(context);
  const ask = async (body: unknown): Promise<readonly [number, string]> => await messageOf(await call(bench, 'POST', '/2/tweets', body));
  assert.match((await ask({ text: '字'.repeat(141) })).join(' '), /^400 Your Tweet text is too long/);
  assert.match((await ask({ text: ' ' })).join(' '), /^400 `text` is required/);
  assert.match((await ask({ text: 'x', status: 'y' })).join(' '), /^400 \[\$\.status: is not defined/);
  assert.deepEqual(await ask({ text: 'x', media: { media_ids: ['123'] } }), [400, 'Your media IDs are invalid.']);
  assert.deepEqual(bench.x.posts(), []);
});

test('the same text is refused for a day, not from another account and not once the first is deleted', async (context) => {
  const bench = await visit(context);
  const first = await post(bench, { text: 'Open today' });
  const again = await post(bench, { text: 'Open today ' });
  assert.deepEqual([again.status, again.body], [403, {
    title: 'Forbidden', detail: 'You are not allowed to create a Tweet with duplicate content.', type: 'about:blank', status: 403,
  }]);
  const other = { ...bench, token: await obtainToken(bench.x, publishScope, 'mirelavance') };
  assert.equal((await post(other, { text: 'Open today' })).status, 201);
  const deleted = await call(bench, 'DELETE', `/2/tweets/${String(first.data['id'])}`);
  assert.deepEqual(await deleted.json(), { data: { deleted: true } });
  assert.equal((await post(bench, { text: 'Open today' })).status, 201);
  bench.clock.advance(24 * 3_600_000);
  const later = { ...bench, token: await obtainToken(bench.x, publishScope) };
  assert.equal((await post(later, { text: 'Open today' })).status, 201);
});

test('images go up in segments, carry alt text and end the text with their own link', async (context) => {
  const bench = await visit(context);
  const id = await upload(bench, jpeg);
  assert.equal((await post(bench, { text: 'x', media: { media_ids: [id] } })).status, 400, 'not finalized');
  const done = objectOf(objectOf(await (await call(bench, 'POST', `/2/media/upload/${id}/finalize`)).json())['data']);
  assert.deepEqual([done['id'], done['size'], done['media_key'], done['processing_info']], [id, jpeg.length, `3_${id}`, undefined]);
  assert.equal((await call(bench, 'POST', '/2/media/metadata', { id, metadata: { alt_text: { text: 'A heron' } } })).status, 200);
  const made = await post(bench, { text: 'Look', media: { media_ids: [id] } });
  assert.match(String(made.data['text']), /^Look https:\/\/t\.co\/\w{10}$/);
  const read = await call(bench, 'GET', `/2/tweets/${String(made.data['id'])}?expansions=attachments.media_keys&media.fields=alt_text`);
  const body = objectOf(await read.json());
  assert.equal(listOf(objectOf(body['includes'])['media'])[0]?.['alt_text'], 'A heron');
  assert.deepEqual(bench.x.posts()[0]?.images, ['A heron']);
  bench.clock.advance(25 * 3_600_000);
  const later = { ...bench, token: await obtainToken(bench.x, publishScope) };
  const tooLate = await call(later, 'POST', '/2/tweets', { media: { media_ids: [id] } });
  assert.deepEqual(await messageOf(tooLate), [400, 'Your media IDs are invalid.']);
});

test('a file with a missing segment or of another type is refused; what moves is processed first', async (context) => {
  const bench = await visit(context);
  const announced = { media_type: 'image/jpeg', total_bytes: 10, media_category: 'tweet_image' };
  const begun = await call(bench, 'POST', '/2/media/upload/initialize', announced);
  const id = String(objectOf(objectOf(await begun.json())['data'])['id']);
  const finalize = async (which: string): Promise<Response> => await call(bench, 'POST', `/2/media/upload/${which}/finalize`);
  assert.deepEqual(await messageOf(await finalize(id)), [400, 'Segments do not add up to provided total file size.']);
  assert.deepEqual(await messageOf(await finalize(await upload(bench, Buffer.alloc(1500, 1)))), [400, 'media type unrecognized.']);
  const gif = await upload(bench, Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(1500, 1)]), 'tweet_gif');
  const states = [objectOf(objectOf(await (await finalize(gif)).json())['data'])];
  for (let n = 0; n < 2; n += 1) {
    states.push(objectOf(objectOf(await (await call(bench, 'GET', `/2/media/upload?command=STATUS&media_id=${gif}`)).json())['data']));
  }
  assert.deepEqual(states.map((state) => objectOf(state['processing_info'])['state']), ['pending', 'in_progress', 'succeeded']);
  assert.match((await messageOf(await call(bench, 'POST', '/2/media/upload/initialize', {
    media_type: 'image/jpeg', total_bytes: 5_242_881, media_category: 'tweet_image',
  }))).join(' '), /^400 File size exceeds/);
});

test('a thread hangs together, and a reply to nothing or to a stranger is refused', async (context) => {
  const bench = await visit(context);
  const root = String((await post(bench, { text: 'one' })).data['id']);
  const second = String((await post(bench, { text: 'two', reply: { in_reply_to_tweet_id: root } })).data['id']);
  const third = String((await post(bench, { text: 'three', reply: { in_reply_to_tweet_id: second } })).data['id']);
  const read = await call(bench, 'GET', `/2/tweets/${third}?tweet.fields=conversation_id,referenced_tweets`);
  const data = objectOf(objectOf(await read.json())['data']);
  assert.equal(data['conversation_id'], root);
  assert.deepEqual(data['referenced_tweets'], [{ type: 'replied_to', id: second }]);
  const gone = await post(bench, { text: 'four', reply: { in_reply_to_tweet_id: '1' } });
  assert.deepEqual([gone.status, gone.body['detail']], [403, 'You attempted to reply to a Tweet that is deleted or not visible to you.']);
  const other = { ...bench, token: await obtainToken(bench.x, publishScope, 'mirelavance') };
  assert.equal((await post(other, { text: 'hello', reply: { in_reply_to_tweet_id: root } })).status, 403);
  const missing = await call(bench, 'GET', '/2/tweets/12345');
  assert.deepEqual([missing.status, listOf(objectOf(await missing.json())['errors'])[0]?.['title']], [200, 'Not Found Error']);
});

test('the timeline pages newest first, filters by time to the second and can lag behind', async (context) => {
  const bench = await visit(context);
  assert.deepEqual((await readTimeline(bench)).meta, { result_count: 0 });
  const ids: string[] = [];
  for (let n = 0; n < 7; n += 1) {
    ids.unshift(String((await post(bench, { text: `post ${n}` })).data['id']));
    bench.clock.advance(60_000);
  }
  const first = await readTimeline(bench, '?max_results=5');
  assert.deepEqual(first.ids, ids.slice(0, 5));
  const second = await readTimeline(bench, `?max_results=5&pagination_token=${String(first.meta['next_token'])}`);
  assert.deepEqual([second.ids, second.meta['next_token']], [ids.slice(5), undefined]);
  // Created at 09:03:00.7, shown as 09:03:00: the second of its making finds it.
  assert.deepEqual((await readTimeline(bench, '?start_time=2026-11-24T09:03:00Z')).ids, ids.slice(0, 4));
  assert.equal((await call(bench, 'GET', `/2/users/${mainAccount}/tweets?max_results=4`)).status, 400);
  bench.x.faults.delayVisibility(90_000);
  const late = String((await post(bench, { text: 'late' })).data['id']);
  assert.equal((await readTimeline(bench)).ids.includes(late), false);
  assert.equal((await call(bench, 'GET', `/2/tweets/${late}`)).status, 200);
  bench.clock.advance(90_000);
  assert.equal((await readTimeline(bench)).ids[0], late);
});

test('a token without tweet.write or media.write publishes nothing', async (context) => {
  const bench = await visit(context, { scope: 'tweet.read users.read' });
  assert.equal((await post(bench, { text: 'x' })).status, 403);
  assert.equal((await call(bench, 'POST', '/2/media/upload/initialize', {})).status, 403);
  assert.equal((await call({ ...bench, token: 'no' }, 'POST', '/2/tweets', { text: 'x' })).status, 401);
  assert.deepEqual(bench.x.posts(), []);
});

test('the 101st post in 15 minutes waits for the time that the headers name', async (context) => {
  const bench = await visit(context);
  for (let n = 0; n < 100; n += 1) assert.equal((await post(bench, { text: `n ${n}` })).status, 201);
  const refused = await call(bench, 'POST', '/2/tweets', { text: 'one more' });
  assert.equal(refused.status, 429);
  assert.deepEqual(['limit', 'remaining'].map((name) => refused.headers.get(`x-rate-limit-${name}`)), ['100', '0']);
  bench.clock.set(new Date(Number(refused.headers.get('x-rate-limit-reset')) * 1000));
  assert.equal((await post(bench, { text: 'one more' })).status, 201);
});

test('a lost answer has published, a dropped, failed or limited request has not', async (context) => {
  const bench = await visit(context);
  bench.x.faults.loseNext(1, '/2/tweets');
  await assert.rejects(call(bench, 'POST', '/2/tweets', { text: 'lost' }));
  assert.deepEqual(bench.x.posts().map((one) => one.text), ['lost']);
  bench.x.faults.dropNext(1, '/2/tweets');
  await assert.rejects(call(bench, 'POST', '/2/tweets', { text: 'dropped' }));
  bench.x.faults.failNext(1, 503, '/2/tweets');
  assert.equal((await call(bench, 'POST', '/2/tweets', { text: 'failed' })).status, 503);
  bench.x.faults.rateLimitNext(1, '/2/tweets');
  const limited = await call(bench, 'POST', '/2/tweets', { text: 'limited' });
  assert.deepEqual([limited.status, limited.headers.get('x-rate-limit-limit')], [429, '100']);
  assert.equal(bench.x.posts().length, 1);
});

test('posts, with their media, survive a restart', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'x-simulator-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const bench = await visit(context, { stateFile: join(directory, 'x.json') });
  const media = await upload(bench, jpeg);
  await call(bench, 'POST', `/2/media/upload/${media}/finalize`);
  const id = String((await post(bench, { text: 'kept', media: { media_ids: [media] } })).data['id']);
  const before = await (await call(bench, 'GET', `/2/tweets/${id}?tweet.fields=attachments`)).json();
  await bench.x.close();
  const again = await startXSimulator({ clock: bench.clock, seed: 3, port: 0, stateFile: join(directory, 'x.json') });
  bench.x.close = async () => await again.close();
  const after = await (await call({ ...bench, x: again }, 'GET', `/2/tweets/${id}?tweet.fields=attachments`)).json();
  assert.deepEqual(after, before);
  assert.deepEqual(again.posts().map((one) => one.text), ['kept']);
});
