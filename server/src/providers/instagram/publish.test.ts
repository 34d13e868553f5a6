import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding, ProviderCall, ProviderErrorKind, Publication, PublishRequest } from '../provider.ts';
import { recordProgress, sampleImage, samplePost } from '../publish-samples.ts';
import { expectFailure, scriptNetwork } from '../scripted-network.ts';
import { createInstagramProvider } from './index.ts';

const secret = 'canary-long-token';
const call: ProviderCall = {
  tokens: {
    accessToken: secret, refreshToken: null, expiresAt: null, extra: {},
    scopes: ['instagram_business_basic', 'instagram_business_content_publish', 'instagram_business_manage_comments'],
  },
  externalId: '178', signal: new AbortController().signal,
};
const url = 'https://www.instagram.com/p/abc/';
const out: Publication = { externalId: '900', url, ref: {} };
const text = 'A balloon over the bay';

const id = (value: string): Response => Response.json({ id: value });
const state = (word: string): Response => Response.json({ id: '1', status_code: word, status: `${word}: in words` });
const permalink = (): Response => Response.json({ id: '900', permalink: url });
const refused = (code: number, subcode?: number, status = 400): Response => Response.json({
  error: {
    message: `(#${code}) ${secret}`, type: 'OAuthException', code, error_user_msg: 'In words.',
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
  },
}, { status });
const media = (over: Record<string, unknown> = {}) => ({
  id: '900', caption: text, timestamp: '2026-11-24T12:00:05+0000', permalink: url, media_type: 'IMAGE', ...over,
});
const list = (...rows: readonly unknown[]): Response => Response.json({ data: rows });
const photo = (over: Partial<PublishRequest> = {}): PublishRequest => samplePost({ text, images: [sampleImage('A balloon')], ...over });

function start() {
  const network = scriptNetwork({ INSTAGRAM_APP_ID: 'app', INSTAGRAM_APP_SECRET: 'canary-secret' });
  const provider = createInstagramProvider(network.environment);
  const progress = recordProgress(network.seen);
  const { publish, checkPublication } = provider;
  assert.ok(publish !== undefined && checkPublication !== undefined);
  return {
    network, progress,
    publish: (request: PublishRequest, by = call) => publish(by, request, progress),
    check: (request: PublishRequest): Promise<Finding> => checkPublication(call, request),
    calls: () => network.seen.map(({ method, url: { pathname }, form }) => [`${method} ${pathname}`, Object.fromEntries(form)]),
  };
}

describe('Instagram: publishing', () => {
  test('an image becomes a container, whose id is saved, and is published once it is finished', async () => {
    const { network, progress, publish, calls } = start();
    const request = photo();
    network.answer(id('1'), state('IN_PROGRESS'), state('FINISHED'), id('900'), permalink());
    assert.deepEqual(await publish(request), out);
    assert.deepEqual(calls(), [
      ['POST /178/media', { image_url: await request.images[0]?.publicUrl(), alt_text: 'A balloon', caption: text }],
      ['GET /1', {}], ['GET /1', {}],
      ['POST /178/media_publish', { creation_id: '1' }],
      ['GET /900', {}],
    ]);
    assert.equal(network.seen[3]?.headers.get('authorization'), `Bearer ${secret}`);
    assert.deepEqual(progress.events, ['1 save container', '3 save tried', '3 leave']);
  });

  test('several images become a carousel of finished children; the caption stands on the whole', async () => {
    const { network, progress, publish, calls } = start();
    const request = photo({ images: [sampleImage('one'), sampleImage('')] });
    network.answer(id('11'), id('12'), state('FINISHED'), state('FINISHED'), id('1'), state('FINISHED'), id('900'), permalink());
    await publish(request);
    assert.deepEqual(calls().slice(0, 5), [
      ['POST /178/media', { image_url: await request.images[0]?.publicUrl(), alt_text: 'one', is_carousel_item: 'true' }],
      ['POST /178/media', { image_url: await request.images[1]?.publicUrl(), is_carousel_item: 'true' }],
      ['GET /11', {}], ['GET /12', {}],
      ['POST /178/media', { media_type: 'CAROUSEL', children: '11,12', caption: text }],
    ]);
    assert.deepEqual(progress.events.map((event) => event.split(' ').slice(0, 3).join(' ')), [
      '1 save child', '2 save child', '5 save container', '6 save tried', '6 leave',
    ]);
  });

  test('a later attempt takes up the container where it stands, and never makes a second one beside it', async () => {
    const steps = { container: '1', tried: '1' };
    const cases: readonly (readonly [readonly Response[], readonly string[]])[] = [
      [[state('FINISHED'), id('900'), permalink()], ['GET /1', 'POST /178/media_publish', 'GET /900']],
      [[state('IN_PROGRESS'), state('FINISHED'), id('900'), permalink()], ['GET /1', 'GET /1', 'POST /178/media_publish', 'GET /900']],
      [[state('PUBLISHED'), list(media())], ['GET /1', 'GET /178/media']],
      [[state('ERROR'), list(media())], ['GET /1', 'GET /178/media']],
      [[refused(100, 33), state('FINISHED'), id('900'), permalink()], ['GET /1', 'GET /1', 'POST /178/media_publish', 'GET /900']],
    ];
    for (const [replies, paths] of cases) {
      const { network, publish, calls } = start();
      network.answer(...replies);
      assert.deepEqual(await publish(photo({ steps })), out);
      assert.deepEqual(calls().map(([path]) => path), paths);
    }
  });

  test('a container that is surely unpublished is made anew', async () => {
    const afresh = [id('2'), state('FINISHED'), id('900'), permalink()];
    const cases: readonly (readonly [Record<string, string>, readonly Response[]])[] = [
      [{ container: '1', tried: '1' }, [state('EXPIRED')]], [{ container: '1' }, [state('ERROR')]],
      [{ container: '1', tried: '1' }, [state('ERROR'), list(media({ caption: 'else' }))]],
    ];
    for (const [steps, replies] of cases) {
      const { network, progress, publish } = start();
      network.answer(...replies, ...afresh.map((reply) => reply.clone()));
      assert.deepEqual(await publish(photo({ steps })), out);
      assert.equal(progress.steps['container'], '2');
    }
  });

  test('a container that is published but not listed yet stays in doubt', async () => {
    for (const replies of [
      [state('PUBLISHED'), list()], [state('PUBLISHED'), refused(2, undefined, 500)],
      [state('ERROR'), list(media(), media({ id: '901' }))],
    ]) {
      const { network, publish } = start();
      network.answer(...replies);
      await expectFailure('unknownOutcome', publish(photo({ steps: { container: '1', tried: '1' } })), [secret]);
    }
  });

  test('while the container is prepared nothing is in doubt, and a spoilt one is tried anew', async () => {
    const cases: readonly (readonly [ProviderErrorKind, readonly (Response | Error)[]])[] = [
      ['retryable', [new TypeError('fetch failed')]], ['retryable', [refused(2)]], ['garbled', [new Response('<html>')]],
      ['retryable', [refused(9004, 2207052)]], ['retryable', [refused(-1, 2207032)]], ['rejected', [refused(36003, 2207009)]],
      ['rateLimited', [refused(9, 2207042)]], ['rateLimited', [refused(4)]], ['revoked', [refused(190, 460, 401)]],
      ['rejected', [refused(10)]], ['rejected', [refused(25, 2207050)]],
      ['retryable', [id('1'), state('ERROR')]], ['garbled', [id('1'), Response.json({ id: '1' })]],
    ];
    for (const [kind, replies] of cases) {
      const { network, progress, publish } = start();
      network.answer(...replies);
      await expectFailure(kind, publish(photo()), [secret]);
      assert.equal(progress.events.some((event) => event.endsWith('leave')), false);
    }
    const { network, progress, publish } = start();
    const request = photo({ images: [sampleImage(''), sampleImage('')] });
    network.answer(id('11'), id('12'), state('FINISHED'), state('ERROR'));
    await expectFailure('retryable', publish(request));
    network.answer(id('13'), state('FINISHED'), state('FINISHED'), id('1'), state('FINISHED'), id('900'), permalink());
    await publish({ ...request, steps: progress.steps });
    assert.equal(network.seen.at(-4)?.form.get('children'), '11,13');
  });

  test('each answer to the public request says what is known', async () => {
    const cases: readonly (readonly [ProviderErrorKind, Response | Error])[] = [
      ['unknownOutcome', new TypeError('fetch failed')], ['unknownOutcome', new Response('', { status: 500 })],
      ['unknownOutcome', refused(2, undefined, 500)], ['unknownOutcome', new Response('<html>')],
      ['unknownOutcome', Response.json({ success: true })],
      ['revoked', refused(190, 458)], ['expired', refused(190, 463)], ['rejected', refused(10)], ['rateLimited', refused(9, 2207042)],
      ['rateLimited', refused(4)], ['retryable', refused(9007, 2207027)],
    ];
    for (const [kind, reply] of cases) {
      const { network, publish } = start();
      network.answer(id('1'), state('FINISHED'), reply);
      const error = await expectFailure(kind, publish(photo()), [secret]);
      if (kind === 'rateLimited') assert.ok(error.until !== null && error.until > network.clock.now());
    }
  });

  test('a refusal that has been seen on posts that were out is believed only after a look that found nothing', async () => {
    for (const doubtful of [refused(4, 2207051), refused(2), refused(-1, 2207001), refused(100)]) {
      const { network, progress, publish } = start();
      network.answer(id('1'), state('FINISHED'), doubtful.clone(), state('FINISHED'));
      await expectFailure('unknownOutcome', publish(photo()), [secret]);
      network.answer(state('FINISHED'), doubtful, state('FINISHED'));
      const second = publish(photo({ steps: progress.steps }));
      const error: unknown = await second.catch((reason: unknown) => reason);
      assert.match(String(error), /In words|problem of its own/);
      assert.ok(error instanceof Error && 'kind' in error && error.kind !== 'unknownOutcome');
    }
    const { network, publish } = start();
    network.answer(id('1'), state('FINISHED'), refused(4, 2207051), state('PUBLISHED'), list(media()));
    assert.deepEqual(await publish(photo()), out, 'out in spite of the refusal');
  });

  test('that the address of a post cannot be read changes nothing about its being out', async () => {
    for (const reply of [refused(100, 33), new TypeError('fetch failed'), new Response('<html>')]) {
      const { network, publish } = start();
      network.answer(id('1'), state('FINISHED'), id('900'), reply);
      assert.deepEqual(await publish(photo()), { externalId: '900', url: null, ref: {} });
    }
  });

  test('a post without image and an account that was connected for reading only are refused before anything is sent', async () => {
    const { network, publish } = start();
    await expectFailure('rejected', publish(samplePost()));
    const old = { ...call, tokens: { ...call.tokens, scopes: ['instagram_business_basic'] } };
    assert.match((await expectFailure('rejected', publish(photo(), old))).message, /Connect it again/);
    assert.equal(network.seen.length, 0);
  });
});

describe('Instagram: looking for a post', () => {
  test('the state of the container decides; its post is found by caption and time', async () => {
    const kept = { container: '1', tried: '1' };
    const found: Finding = { state: 'published', publication: out };
    const cases: readonly (readonly [PublishRequest, readonly Response[], Finding])[] = [
      [photo(), [], { state: 'absent' }],
      [photo({ steps: kept }), [state('FINISHED')], { state: 'absent' }],
      [photo({ steps: kept }), [state('EXPIRED')], { state: 'absent' }],
      [photo({ steps: kept }), [state('IN_PROGRESS')], { state: 'pending' }],
      [photo({ steps: kept }), [state('PUBLISHED'), list(media({ id: '7', caption: 'else' }), media())], found],
      [photo({ steps: kept, text: '' }), [state('PUBLISHED'), list(media({ caption: undefined }))], found],
      [photo({ steps: kept }), [state('PUBLISHED'), list()], { state: 'pending' }],
      [photo({ steps: kept }), [state('PUBLISHED'), list(media({ timestamp: '2026-11-23T12:00:05+0000' }))], { state: 'pending' }],
      [photo({ steps: kept }), [state('ERROR'), list(media())], found],
      [photo({ steps: kept }), [state('ERROR'), list()], { state: 'absent' }],
      [photo({ steps: kept }), [refused(100, 33), list(media())], found],
      [photo({ steps: kept }), [refused(100, 33), list()], { state: 'pending' }],
    ];
    for (const [request, replies, finding] of cases) {
      const { network, check } = start();
      network.answer(...replies);
      assert.deepEqual(await check(request), finding);
    }
  });

  test('pages are read until they reach back to before the first attempt', async () => {
    const { network, check } = start();
    const paging = { cursors: { after: 'c1' }, next: 'https://graph.instagram.com/x' };
    const first = { data: [media({ id: '7', caption: 'else' })], paging };
    network.answer(state('PUBLISHED'), Response.json(first), list(media()));
    assert.equal((await check(photo({ steps: { container: '1' } }))).state, 'published');
    assert.equal(network.seen[2]?.url.searchParams.get('after'), 'c1');
  });
});

describe('Instagram: the first comment', () => {
  const comment = (): PublishRequest => samplePost({ text: 'First!', isComment: true, replyTo: { root: out, parent: out } });

  test('is one request below its post', async () => {
    const { network, progress, publish, calls } = start();
    network.answer(id('55'));
    assert.deepEqual(await publish(comment()), { externalId: '55', url: null, ref: {} });
    assert.deepEqual(calls(), [['POST /900/comments', { message: 'First!' }]]);
    assert.deepEqual(progress.events, ['0 leave']);
    for (const [kind, reply] of [
      ['unknownOutcome', new TypeError('fetch failed')], ['unknownOutcome', refused(2)], ['rejected', refused(100)],
      ['rateLimited', refused(4)],
    ] as const) {
      network.answer(reply);
      await expectFailure(kind, publish(comment()), [secret]);
    }
  });

  test('is found again below its post', async () => {
    const { network, check } = start();
    const row = { id: '55', text: 'First!', timestamp: '2026-11-24T12:00:05+0000' };
    network.answer(list({ ...row, id: '54', text: 'Nice' }, row));
    assert.deepEqual(await check(comment()), { state: 'published', publication: { externalId: '55', url: null, ref: {} } });
    assert.equal(network.seen[0]?.url.pathname, '/900/comments');
    network.answer(list());
    assert.deepEqual(await check(comment()), { state: 'absent' });
    network.answer(list(row, { ...row, id: '56' }));
    assert.equal((await check(comment())).state, 'unsure');
  });
});
