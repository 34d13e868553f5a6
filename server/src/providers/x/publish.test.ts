import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding, ProviderCall, ProviderErrorKind, Publication, PublishRequest } from '../provider.ts';
import { recordProgress, sampleImage, samplePost } from '../publish-samples.ts';
import { expectFailure, scriptNetwork } from '../scripted-network.ts';
import { createXProvider } from './index.ts';

const secret = 'canary-access-1';
const call: ProviderCall = {
  tokens: { accessToken: secret, refreshToken: null, expiresAt: null, scopes: ['tweet.write', 'media.write'], extra: {} },
  externalId: '42', signal: new AbortController().signal,
};
const created = (id = '1990'): Response => Response.json({ data: { id, text: 'x', edit_history_tweet_ids: [id] } }, { status: 201 });
const refused = (status: number, detail: string, headers: Record<string, string> = {}): Response =>
  Response.json({ title: 'Forbidden', detail, type: 'about:blank', status }, { status, headers });
const post = (id: string): Publication => ({ externalId: id, url: `https://x.com/i/web/status/${id}`, ref: {} });

function start() {
  const network = scriptNetwork({ X_CLIENT_ID: 'client' });
  const provider = createXProvider(network.environment);
  const progress = recordProgress(network.seen);
  const { publish, checkPublication, deletePublication } = provider;
  assert.ok(publish !== undefined && checkPublication !== undefined && deletePublication !== undefined);
  return {
    network, progress, remove: deletePublication,
    publish: (request: PublishRequest, by = call) => publish(by, request, progress),
    check: (request: PublishRequest): Promise<Finding> => checkPublication(call, request),
    bodies: () => network.seen.map(({ method, url, body }): unknown =>
      [`${method} ${url.pathname}`, body === '' ? null : JSON.parse(body)]),
  };
}

describe('X: publishing', () => {
  test('a text is one request, sent right after leave was given', async () => {
    const { network, progress, publish, bodies } = start();
    network.answer(created());
    assert.deepEqual(await publish(samplePost({ text: 'Hi “there”' })), post('1990'));
    assert.deepEqual(bodies(), [['POST /2/tweets', { text: 'Hi “there”' }]]);
    assert.equal(network.seen[0]?.headers.get('authorization'), `Bearer ${secret}`);
    assert.deepEqual(progress.events, ['0 leave']);
  });

  test('a part of a thread answers the part before it', async () => {
    const { network, publish, bodies } = start();
    network.answer(created('3'));
    await publish(samplePost({ text: 'c', replyTo: { root: post('1'), parent: post('2') } }));
    assert.deepEqual(bodies(), [['POST /2/tweets', { text: 'c', reply: { in_reply_to_tweet_id: '2' } }]]);
  });

  test('images are uploaded, described and saved one by one, and a later attempt does not upload them again', async () => {
    const { network, progress, publish, bodies } = start();
    const upload = { data: { id: '77', media_key: '3_77', expires_after_secs: 86_400 } };
    const working = { data: { id: '77', processing_info: { state: 'in_progress', check_after_secs: 1 } } };
    const done = { data: { id: '77', processing_info: { state: 'succeeded', progress_percent: 100 } } };
    network.answer(
      Response.json(upload), new Response(null, { status: 204 }), Response.json(working), Response.json(done),
      Response.json({ data: { id: '77' } }),
      Response.json({ data: { id: '78' } }), Response.json({}), Response.json({ data: { id: '78' } }),
      refused(403, 'Not now'),
    );
    const images = [sampleImage('A balloon'), sampleImage('')];
    const request = samplePost({ images });
    await expectFailure('rejected', publish(request), [secret]);
    const [begin, append, , status] = network.seen;
    const beginning = { media_type: 'image/jpeg', total_bytes: images[0]?.bytes, media_category: 'tweet_image' };
    assert.deepEqual(JSON.parse(begin?.body ?? ''), beginning);
    assert.equal(append?.form.get('segment_index'), '0');
    assert.equal(status?.url.search, '?command=STATUS&media_id=77');
    assert.deepEqual(bodies().slice(2), [
      ['POST /2/media/upload/77/finalize', {}],
      ['GET /2/media/upload', null],
      ['POST /2/media/metadata', { id: '77', metadata: { alt_text: { text: 'A balloon' } } }],
      ['POST /2/media/upload/initialize', beginning],
      ['POST /2/media/upload/78/append', null],
      ['POST /2/media/upload/78/finalize', {}],
      ['POST /2/tweets', { text: request.text, media: { media_ids: ['77', '78'] } }],
    ]);
    assert.deepEqual(progress.events, [
      `5 save media 0 ${images[0]?.mediaId}`, `8 save media 1 ${images[1]?.mediaId}`, '8 leave',
    ]);

    network.answer(created());
    await publish({ ...request, steps: progress.steps });
    assert.equal(network.seen.length, 10, 'one request more');
    network.clock.advance(21 * 3_600_000);
    network.answer(refused(400, 'too late'));
    await expectFailure('rejected', publish({ ...request, steps: progress.steps }));
    assert.equal(network.seen.at(-1)?.url.pathname, '/2/media/upload/initialize', 'what X has forgotten is uploaded again');
  });

  test('a large image goes up in pieces', async () => {
    const { network, publish } = start();
    const file = new Uint8Array(2_500_000);
    network.answer(
      Response.json({ data: { id: '7' } }), Response.json({}), Response.json({}), Response.json({}), Response.json({ data: { id: '7' } }),
      created(),
    );
    await publish(samplePost({ images: [sampleImage('', { read: () => Promise.resolve(file) })] }));
    assert.deepEqual(network.seen.slice(1, 4).map(({ form }) => form.get('segment_index')), ['0', '1', '2']);
  });

  test('before the public request nothing is ever in doubt', async () => {
    const cases: readonly (readonly [ProviderErrorKind, Response | Error])[] = [
      ['retryable', new TypeError('fetch failed')], ['retryable', new Response('', { status: 503 })], ['garbled', new Response('<html>')],
      ['rateLimited', refused(429, 'slow down')], ['expired', refused(401, 'Unauthorized')], ['rejected', refused(400, 'bad media')],
    ];
    for (const [kind, reply] of cases) {
      const { network, progress, publish } = start();
      network.answer(reply);
      await expectFailure(kind, publish(samplePost({ images: [sampleImage('')] })), [secret]);
      assert.deepEqual(progress.events, []);
    }
    const { network, publish } = start();
    const failed = { data: { id: '7', processing_info: { state: 'failed', error: { code: 1, name: 'InvalidMedia' } } } };
    network.answer(Response.json({ data: { id: '7' } }), Response.json({}), Response.json(failed));
    await expectFailure('rejected', publish(samplePost({ images: [sampleImage('')] })));
  });

  test('each answer to the public request says what is known', async () => {
    const usageCapped = { title: 'UsageCapExceeded', type: 'https://api.twitter.com/2/problems/usage-capped', detail: 'Usage cap' };
    const connectFailure = Object.assign(new Error('no'), { code: 'ECONNREFUSED', syscall: 'connect' });
    const cases: readonly (readonly [ProviderErrorKind, Response | Error])[] = [
      ['unknownOutcome', new TypeError('fetch failed')],
      ['unknownOutcome', new DOMException('stopped', 'TimeoutError')],
      ['unknownOutcome', new Response('', { status: 500 })],
      ['unknownOutcome', new Response('', { status: 503, headers: { 'retry-after': '5' } })],
      ['unknownOutcome', new Response('<html>', { status: 200 })],
      ['unknownOutcome', Response.json({ errors: [{ title: 'Odd', detail: 'data is missing' }] })],
      ['unknownOutcome', Response.json({ data: { text: 'no id' } }, { status: 201 })],
      ['retryable', new TypeError('fetch failed', { cause: connectFailure })],
      ['rejected', refused(403, 'You are not allowed to create a Tweet with duplicate content.')],
      ['rejected', refused(400, `Your media IDs are invalid ${secret}`)],
      ['rejected', Response.json(usageCapped, { status: 429 })],
      ['expired', refused(401, 'Unauthorized')],
      ['rateLimited', refused(429, 'Too Many Requests', { 'x-rate-limit-reset': '1796000000' })],
    ];
    for (const [kind, reply] of cases) {
      const { network, publish } = start();
      network.answer(reply);
      await expectFailure(kind, publish(samplePost()), [secret]);
      assert.equal(network.seen.length, 1);
    }
  });

  test('a repeated text and a spent day are said in words and with a time', async () => {
    const { network, publish } = start();
    network.answer(refused(403, 'You are not allowed to create a Tweet with duplicate content.'));
    assert.match((await expectFailure('rejected', publish(samplePost()))).message, /posted the same lately/);
    const reset = Math.floor(Date.parse('2026-11-24T20:00:00Z') / 1000);
    network.answer(refused(429, 'Too Many Requests', { 'x-user-limit-24hour-remaining': '0', 'x-user-limit-24hour-reset': String(reset) }));
    assert.equal((await expectFailure('rateLimited', publish(samplePost()))).until?.toISOString(), '2026-11-24T20:00:00.000Z');
  });

  test('an account that was connected for reading only is told to connect again, before anything is sent', async () => {
    const { network, publish } = start();
    const old = { ...call, tokens: { ...call.tokens, scopes: ['tweet.read', 'users.read'] } };
    assert.match((await expectFailure('rejected', publish(samplePost(), old))).message, /Connect it again/);
    assert.equal(network.seen.length, 0);
  });
});

describe('X: looking for a post', () => {
  const tweet = (over: Record<string, unknown>) =>
    ({ id: '5', text: 'A balloon over the bay', created_at: '2026-11-24T12:00:02.000Z', ...over });
  const page = (rows: readonly unknown[], next?: string): Response =>
    Response.json({ data: rows, meta: { result_count: rows.length, ...(next === undefined ? {} : { next_token: next }) } });
  const nothing = (): Response => Response.json({ meta: { result_count: 0 } });

  test('asks for the posts since shortly before the first attempt, replies included', async () => {
    const { network, check } = start();
    network.answer(nothing());
    assert.deepEqual(await check(samplePost()), { state: 'absent' });
    const url = network.seen[0]?.url;
    assert.equal(url?.pathname, '/2/users/42/tweets');
    assert.deepEqual([url.searchParams.get('start_time'), url.searchParams.get('exclude')], ['2026-11-24T11:59:00Z', null]);
  });

  test('a text is found again behind t.co links, escapes and the address of its images', async () => {
    const text = 'Tea & <cake>  at https://example.com/a?b=1 and example.org — é';
    const { network, check } = start();
    const found = tweet({
      attachments: { media_keys: ['3_1'] },
      text: 'Tea &amp; &lt;cake&gt; at https://t.co/aaa and https://t.co/bbb — é https://t.co/ccc',
      entities: { urls: [
        { url: 'https://t.co/aaa', expanded_url: 'https://example.com/a?b=1' },
        { url: 'https://t.co/bbb', expanded_url: 'http://example.org/' },
        { url: 'https://t.co/ccc', expanded_url: 'https://x.com/ann/status/5/photo/1', media_key: '3_1' },
      ] },
    });
    network.answer(page([tweet({ id: '6', text: 'something else' }), found]));
    assert.deepEqual(await check(samplePost({ text, images: [sampleImage('')] })), { state: 'published', publication: post('5') });
  });

  test('the same text elsewhere in a thread is another post', async () => {
    const answering = tweet({ referenced_tweets: [{ type: 'replied_to', id: '2' }] });
    const request = samplePost({ replyTo: { root: post('1'), parent: post('2') } });
    const cases: readonly (readonly [PublishRequest, unknown, Finding['state']])[] = [
      [request, answering, 'published'], [samplePost(), answering, 'absent'], [request, tweet({}), 'absent'],
      [samplePost(), tweet({ referenced_tweets: [{ type: 'quoted', id: '9' }] }), 'published'],
    ];
    for (const [wanted, row, state] of cases) {
      const { network, check } = start();
      network.answer(page([row]));
      assert.equal((await check(wanted)).state, state);
    }
  });

  test('several, almost equal and wordless posts are for a person to decide', async () => {
    const entities = { urls: [{ url: 'https://t.co/a', expanded_url: 'https://example.com/%C3%A9' }] };
    const cases: readonly (readonly [PublishRequest, readonly unknown[]])[] = [
      [samplePost(), [tweet({}), tweet({ id: '6' })]],
      [samplePost(), [tweet({ text: 'A balloon, over the bay!' })]],
      [samplePost({ text: 'Read https://example.com/é' }), [tweet({ text: 'Read https://t.co/a', entities })]],
      [samplePost({ text: '' }), [tweet({ text: '' })]],
      [samplePost(), [tweet({ attachments: { media_keys: ['3_1'] } })]],
    ];
    for (const [request, rows] of cases) {
      const { network, check } = start();
      network.answer(page(rows));
      assert.equal((await check(request)).state, 'unsure');
    }
  });

  test('the list is read to its end, and one without an end proves nothing', async () => {
    const { network, check } = start();
    network.answer(page([tweet({ text: 'b' })], 'next-1'), page([tweet({})]));
    assert.equal((await check(samplePost())).state, 'published');
    assert.equal(network.seen[1]?.url.searchParams.get('pagination_token'), 'next-1');
    network.answer(...Array.from({ length: 5 }, (_, index) => page([tweet({ text: `other ${index}` })], `next-${index}`)));
    assert.equal((await check(samplePost())).state, 'unsure');
  });

  test('a look that fails is no finding', async () => {
    const cases: readonly (readonly [ProviderErrorKind, Response | Error])[] = [
      ['garbled', Response.json({ data: [], meta: { result_count: 3 } })], ['garbled', Response.json({})],
      ['retryable', new TypeError('fetch failed')], ['expired', refused(401, 'Unauthorized')],
    ];
    for (const [kind, reply] of cases) {
      const { network, check } = start();
      network.answer(reply);
      await expectFailure(kind, check(samplePost()), [secret]);
    }
  });
});

test('X: a post is deleted, and one that is gone already is no failure', async () => {
  const { network, remove } = start();
  const gone = { errors: [{ type: 'https://api.twitter.com/2/problems/resource-not-found', title: 'Not Found Error' }] };
  network.answer(Response.json({ data: { deleted: true } }), refused(404, 'Not found'), Response.json(gone));
  for (let time = 0; time < 3; time += 1) await remove(call, post('5'));
  assert.deepEqual([network.seen[0]?.method, network.seen[0]?.url.pathname], ['DELETE', '/2/tweets/5']);
  network.answer(refused(403, 'Not yours'), Response.json({ data: { deleted: false } }), new Response('', { status: 503 }));
  for (const kind of ['rejected', 'garbled', 'retryable'] as const) await expectFailure(kind, remove(call, post('5')), [secret]);
});
