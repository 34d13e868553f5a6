import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding, ProviderCall, ProviderErrorKind, Publication, PublishRequest } from '../provider.ts';
import { recordProgress, sampleImage, samplePost } from '../publish-samples.ts';
import { expectFailure, scriptNetwork } from '../scripted-network.ts';
import { createMastodonProvider } from './index.ts';

const secret = 'a-secret-token-of-me';
const call: ProviderCall = {
  tokens: {
    accessToken: secret, refreshToken: null, expiresAt: null, scopes: ['read:statuses', 'write:statuses', 'write:media'],
    extra: { host: 'mastodon.social', domain: 'mastodon.social' },
  },
  externalId: '109@mastodon.social', signal: new AbortController().signal,
};
const post = (id: string): Publication => ({ externalId: id, url: `https://mastodon.social/@me/${id}`, ref: {} });
const status = (over: Record<string, unknown> = {}) => ({
  id: '5', url: 'https://mastodon.social/@me/5', created_at: '2026-11-24T12:00:01.000Z', content: '<p>A balloon over the bay</p>',
  in_reply_to_id: null, media_attachments: [], ...over,
});
const refused = (code: number, error: string): Response => Response.json({ error }, { status: code });

function start() {
  const network = scriptNetwork({});
  const provider = createMastodonProvider(network.environment);
  const progress = recordProgress(network.seen);
  const { publish, checkPublication, deletePublication, readPublishLimits } = provider;
  assert.ok(publish !== undefined && checkPublication !== undefined && deletePublication !== undefined && readPublishLimits !== undefined);
  return {
    network, progress, remove: deletePublication, limits: readPublishLimits,
    publish: (request: PublishRequest, by = call) => publish(by, request, progress),
    check: (request: PublishRequest): Promise<Finding> => checkPublication(call, request),
  };
}

describe('Mastodon: publishing', () => {
  test('the server of an account is the one of its grant', () => {
    assert.equal(createMastodonProvider(scriptNetwork({}).environment).serverOf?.(call.tokens), 'mastodon.social');
  });

  test('a post carries its key, the same at every attempt, and is public', async () => {
    const { network, progress, publish } = start();
    const request = samplePost({ replyTo: { root: post('1'), parent: post('2') } });
    network.answer(Response.json(status()), Response.json(status()));
    assert.deepEqual(await publish(request), post('5'));
    await publish(request);
    for (const { url, method, headers, form } of network.seen) {
      assert.deepEqual([method, url.href], ['POST', 'https://mastodon.social/api/v1/statuses']);
      assert.equal(headers.get('idempotency-key'), request.key);
      assert.deepEqual(Object.fromEntries(form), { status: request.text, visibility: 'public', in_reply_to_id: '2' });
    }
    assert.deepEqual(progress.events, ['0 leave', '1 leave']);
  });

  test('images are uploaded, waited for and saved, and a later attempt uploads none of them again', async () => {
    const { network, progress, publish } = start();
    const images = [sampleImage('A balloon'), sampleImage('')];
    network.answer(
      Response.json({ id: '7', url: 'https://files.example/7' }),
      Response.json({ id: '8', url: null }, { status: 202 }), Response.json({ id: '8', url: null }, { status: 206 }),
      Response.json({ id: '8' }),
      new TypeError('fetch failed'),
    );
    const request = samplePost({ images });
    await expectFailure('unknownOutcome', publish(request), [secret]);
    const [first, second, ...rest] = network.seen;
    assert.deepEqual([first?.url.pathname, first?.form.get('description')], ['/api/v2/media', 'A balloon']);
    assert.equal(second?.form.has('description'), false);
    assert.deepEqual(rest.map(({ url }) => url.pathname), ['/api/v1/media/8', '/api/v1/media/8', '/api/v1/statuses']);
    assert.deepEqual(new URLSearchParams(rest[2]?.body).getAll('media_ids[]'), ['7', '8']);
    assert.deepEqual(progress.events, [`1 save media 0 ${images[0]?.mediaId}`, `2 save media 1 ${images[1]?.mediaId}`, '4 leave']);
    network.answer(Response.json({ id: '7' }), Response.json({ id: '8' }), Response.json(status()));
    assert.deepEqual(await publish({ ...request, steps: progress.steps }), post('5'));
    network.answer(refused(404, 'Record not found'), refused(404, 'Record not found'), Response.json(status()));
    assert.deepEqual(await publish({ ...request, steps: progress.steps }), post('5'), 'the post that was out carries them already');
  });

  test('before the public request nothing is ever in doubt', async () => {
    const cases: readonly (readonly [ProviderErrorKind, Response | Error])[] = [
      ['retryable', new TypeError('fetch failed')], ['retryable', new Response('', { status: 500 })], ['garbled', new Response('<html>')],
      ['rateLimited', refused(429, 'Too many requests')], ['revoked', refused(401, 'The access token is invalid')],
      ['rejected', refused(422, 'Validation failed: File content type is invalid')],
    ];
    for (const [kind, reply] of cases) {
      const { network, progress, publish } = start();
      network.answer(reply);
      await expectFailure(kind, publish(samplePost({ images: [sampleImage('')] })), [secret]);
      assert.deepEqual(progress.events, []);
    }
  });

  test('each answer to the public request says what is known', async () => {
    const cases: readonly (readonly [ProviderErrorKind, Response | Error])[] = [
      ['unknownOutcome', new TypeError('fetch failed')], ['unknownOutcome', new Response('', { status: 502 })],
      ['unknownOutcome', new Response('<html>')], ['unknownOutcome', Response.json({ url: 'https://mastodon.social/@me/5' })],
      ['unknownOutcome', Response.json([])],
      ['rateLimited', Response.json({ error: 'Too many' }, { status: 429, headers: { 'x-ratelimit-reset': '2026-11-24T12:04:00.000Z' } })],
      ['revoked', refused(401, 'The access token is invalid')], ['rejected', refused(403, `This action is outside ${secret}`)],
      ['rejected', refused(422, 'Validation failed: Text character limit of 500 exceeded')],
    ];
    for (const [kind, reply] of cases) {
      const { network, publish } = start();
      network.answer(reply);
      await expectFailure(kind, publish(samplePost()), [secret]);
    }
    const { network, publish } = start();
    network.answer(refused(404, 'Record not found'));
    const answering = samplePost({ replyTo: { root: post('1'), parent: post('2') } });
    assert.match((await expectFailure('rejected', publish(answering))).message, /this one answers/);
  });

  test('an account that was connected for reading only is told to connect again', async () => {
    const { network, publish } = start();
    const old = { ...call, tokens: { ...call.tokens, scopes: ['read:accounts'] } };
    assert.match((await expectFailure('rejected', publish(samplePost(), old))).message, /Connect it again/);
    assert.equal(network.seen.length, 0);
  });
});

describe('Mastodon: looking for a post', () => {
  const older = status({ id: '1', content: '<p>before</p>', created_at: '2026-11-24T11:00:00.000Z' });
  const next = { link: '<https://mastodon.social/api/v1/accounts/109/statuses?limit=40&max_id=55>; rel="next"' };

  test('a post is found behind the markup of links, tags and mentions', async () => {
    const { network, check } = start();
    const content = '<p>Hello <span class="h-card" translate="no"><a href="https://other.example/@bob" class="u-url mention">'
      + '@<span>bob</span></a></span> '
      + '&amp; all:<br />see <a href="https://example.com/a/long/path" rel="nofollow"><span class="invisible">https://</span>'
      + '<span class="ellipsis">example.com/a/long</span><span class="invisible">/path</span></a></p>'
      + '<p><a href="https://mastodon.social/tags/bay" class="mention hashtag" rel="tag">#<span>bay</span></a></p>';
    network.answer(Response.json([status({ id: '6', content: '<p>else</p>' }), status({ content }), older]));
    const text = 'Hello @bob@other.example & all:\nsee https://example.com/a/long/path\n\n#bay';
    assert.deepEqual(await check(samplePost({ text })), { state: 'published', publication: post('5') });
    assert.equal(network.seen[0]?.url.href, 'https://mastodon.social/api/v1/accounts/109/statuses?limit=40&exclude_reblogs=true');
  });

  test('a list that reaches back to before the first attempt proves that a post does not exist', async () => {
    const { network, check } = start();
    network.answer(Response.json([status({ content: '<p>else</p>' })], { headers: next }), Response.json([older], { headers: next }));
    assert.deepEqual(await check(samplePost()), { state: 'absent' });
    assert.equal(network.seen[1]?.url.searchParams.get('max_id'), '55');
    network.answer(Response.json([]));
    assert.deepEqual(await check(samplePost()), { state: 'absent' });
    network.answer(Response.json([status({ created_at: '2026-11-24T11:00:00.000Z' })]));
    assert.deepEqual(await check(samplePost()), { state: 'absent' }, 'the same text of long before');
    const pages = Array.from({ length: 10 }, (_, index) => {
      const link = `<https://mastodon.social/api/v1/accounts/109/statuses?max_id=${index + 1}>; rel="next"`;
      return Response.json([status({ content: '<p>else</p>' })], { headers: { link } });
    });
    network.answer(...pages);
    assert.equal((await check(samplePost())).state, 'unsure');
  });

  test('another place in a thread and other images make another post; what is doubtful is for a person', async () => {
    const cases: readonly (readonly [PublishRequest, readonly unknown[], Finding['state']])[] = [
      [samplePost(), [status({ in_reply_to_id: '2' })], 'absent'],
      [samplePost({ replyTo: { root: post('1'), parent: post('2') } }), [status({ in_reply_to_id: '2' })], 'published'],
      [samplePost({ images: [sampleImage('')] }), [status({ media_attachments: [{ id: '7' }] })], 'published'],
      [samplePost({ images: [sampleImage('')] }), [status()], 'unsure'],
      [samplePost(), [status(), status({ id: '6' })], 'unsure'],
      [samplePost(), [status({ content: '<p><em>A balloon</em> over… the bay</p>' })], 'unsure'],
    ];
    for (const [request, rows, state] of cases) {
      const { network, check } = start();
      network.answer(Response.json(rows));
      assert.equal((await check(request)).state, state);
    }
  });

  test('a look that fails is no finding', async () => {
    const cases: readonly (readonly [ProviderErrorKind, Response | Error])[] = [
      ['retryable', new TypeError('fetch failed')], ['garbled', Response.json({ not: 'a list' })], ['revoked', refused(401, 'invalid')],
    ];
    for (const [kind, reply] of cases) {
      const { network, check } = start();
      network.answer(reply);
      await expectFailure(kind, check(samplePost()), [secret]);
    }
  });
});

test('Mastodon: a post is deleted, and one that is gone already is no failure', async () => {
  const { network, remove } = start();
  network.answer(Response.json(status()), refused(404, 'Record not found'));
  for (let time = 0; time < 2; time += 1) await remove(call, post('5'));
  assert.deepEqual([network.seen[0]?.method, network.seen[0]?.url.pathname], ['DELETE', '/api/v1/statuses/5']);
  network.answer(refused(403, 'Not yours'), new Response('', { status: 503 }));
  for (const kind of ['rejected', 'retryable'] as const) await expectFailure(kind, remove(call, post('5')), [secret]);
});

test('Mastodon: a server says its own limits; one that says none, or nonsense, has the usual ones', async () => {
  const { network, limits } = start();
  network.answer(
    Response.json({ configuration: { statuses: { max_characters: 5000, max_media_attachments: 16, characters_reserved_per_url: 30 } } }),
    Response.json({ configuration: { statuses: { max_characters: 'many', characters_reserved_per_url: 0 } } }),
    refused(404, 'Not found'), refused(503, 'later'),
  );
  assert.deepEqual(await limits(call), { textLengthMax: 5000, imagesMax: 16, linkLength: 30 });
  assert.deepEqual(await limits(call), {});
  assert.deepEqual(await limits(call), {});
  await expectFailure('retryable', limits(call));
});
