import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { callOf, connect, startStage } from '../conformance-stage.ts';
import { isRecord } from '../json.ts';
import type { Finding, ProviderCall, ProviderErrorKind, Publication, PublishRequest } from '../provider.ts';
import { recordProgress, sampleImage, samplePost } from '../publish-samples.ts';
import { expectFailure, scriptNetwork } from '../scripted-network.ts';
import { createBlueskyProvider } from './index.ts';
import { recordKeyOf } from './record-key.ts';
import { startBlueskySimulator } from './simulator.ts';

const secret = 'canary-access-jwt';
const did = 'did:plc:ewvi7nxzyoun6zhxrhs64oiz';
const call: ProviderCall = {
  tokens: { accessToken: secret, refreshToken: null, expiresAt: null, scopes: [], extra: { kind: 'password', pds: 'https://pds.example' } },
  externalId: did, signal: new AbortController().signal,
};
const uriOf = (rkey: string): string => `at://${did}/app.bsky.feed.post/${rkey}`;
const post = (rkey: string): Publication => ({
  externalId: uriOf(rkey), url: `https://bsky.app/profile/${did}/post/${rkey}`, ref: { uri: uriOf(rkey), cid: `cid-${rkey}` },
});
const stored = (rkey: string): Response => Response.json({ uri: uriOf(rkey), cid: `cid-${rkey}` });
const refused = (status: number, error: string, message = ''): Response => Response.json({ error, message }, { status });
const blob = { $type: 'blob', ref: { $link: 'bafkrei1' }, mimeType: 'image/jpeg', size: 125 };

function start() {
  const network = scriptNetwork({});
  const provider = createBlueskyProvider(network.environment);
  const progress = recordProgress(network.seen);
  const { publish, checkPublication, deletePublication } = provider;
  assert.ok(publish !== undefined && checkPublication !== undefined && deletePublication !== undefined);
  return {
    network, progress, remove: deletePublication,
    publish: (request: PublishRequest, by = call) => publish(by, request, progress),
    check: (request: PublishRequest): Promise<Finding> => checkPublication(call, request),
    sentRecord: (): Readonly<Record<string, unknown>> => {
      const sent: unknown = JSON.parse(network.seen.at(-1)?.body ?? '');
      assert.ok(isRecord(sent) && isRecord(sent['record']));
      return sent['record'];
    },
  };
}

describe('Bluesky: publishing', () => {
  test('a post is put under a key of ours with the time of the first attempt, the same at every attempt', async () => {
    const { network, progress, publish } = start();
    const request = samplePost();
    const rkey = recordKeyOf(request.createdAt, request.key);
    network.answer(stored(rkey), stored(rkey));
    assert.deepEqual(await publish(request), post(rkey));
    network.clock.advance(3_600_000);
    await publish({ ...request, steps: progress.steps });
    const [first, second] = network.seen;
    assert.equal(first?.url.href, 'https://pds.example/xrpc/com.atproto.repo.putRecord');
    assert.equal(first.headers.get('authorization'), `Bearer ${secret}`);
    assert.deepEqual(JSON.parse(first.body), {
      repo: did, collection: 'app.bsky.feed.post', rkey,
      record: { $type: 'app.bsky.feed.post', text: request.text, createdAt: '2026-11-24T12:00:00.123Z' },
    });
    assert.equal(second?.body, first.body);
    assert.deepEqual(progress.events, ['0 leave', '1 leave']);
  });

  test('links, tags and mentions are marked by bytes; what a handle led to is kept for the next attempt', async () => {
    const { network, progress, publish, sentRecord } = start();
    const request = samplePost({ text: 'Grüße 🎈 @Ann.example.com, @nobody.example.com #bay https://example.com/a.' });
    const unresolved = refused(400, 'InvalidRequest', 'Unable to resolve handle');
    network.answer(Response.json({ did: 'did:plc:ann' }), unresolved, new TypeError('fetch failed'));
    await expectFailure('unknownOutcome', publish(request), [secret]);
    assert.equal(network.seen[0]?.url.search, '?handle=ann.example.com');
    const { facets } = sentRecord();
    const bytes = Buffer.from(request.text);
    assert.ok(Array.isArray(facets));
    assert.deepEqual(facets.map((facet: { index: { byteStart: number; byteEnd: number }; features: unknown }) =>
      [bytes.subarray(facet.index.byteStart, facet.index.byteEnd).toString(), facet.features]), [
      ['@Ann.example.com', [{ $type: 'app.bsky.richtext.facet#mention', did: 'did:plc:ann' }]],
      ['#bay', [{ $type: 'app.bsky.richtext.facet#tag', tag: 'bay' }]],
      ['https://example.com/a', [{ $type: 'app.bsky.richtext.facet#link', uri: 'https://example.com/a' }]],
    ]);
    assert.deepEqual(progress.events, ['2 save facets', '2 leave']);
    const sent = network.seen.at(-1)?.body;
    network.answer(stored(recordKeyOf(request.createdAt, request.key)));
    await publish({ ...request, steps: progress.steps });
    assert.equal(network.seen.at(-1)?.body, sent, 'the handle may lead elsewhere by now; the record stays the same');
    assert.equal(network.seen.length, 4);
  });

  test('images are uploaded once, with their alternative text and shape; a reply names root and parent', async () => {
    const { network, progress, publish, sentRecord } = start();
    const [image, plain] = [sampleImage('A balloon', { width: 1600, height: 900 }), sampleImage('')];
    const parent: Publication = { externalId: uriOf('b'), url: null, ref: {} };
    const request = samplePost({ images: [image, plain], replyTo: { root: post('a'), parent } });
    const rkey = recordKeyOf(request.createdAt, request.key);
    network.answer(Response.json({ blob }), Response.json({ blob }), stored('b'), new Response('', { status: 500 }));
    await expectFailure('unknownOutcome', publish(request), [secret]);
    const [upload] = network.seen;
    assert.deepEqual([upload?.url.pathname, upload?.headers.get('content-type')], ['/xrpc/com.atproto.repo.uploadBlob', 'image/jpeg']);
    const { embed, reply } = sentRecord();
    assert.deepEqual(embed, { $type: 'app.bsky.embed.images', images: [
      { image: blob, alt: 'A balloon', aspectRatio: { width: 1600, height: 900 } },
      { image: blob, alt: '', aspectRatio: { width: 1, height: 1 } },
    ] });
    assert.deepEqual(reply, { root: { uri: uriOf('a'), cid: 'cid-a' }, parent: { uri: uriOf('b'), cid: 'cid-b' } });
    assert.deepEqual(progress.events, [`1 save image 0 ${image.mediaId}`, `2 save image 1 ${plain.mediaId}`, '3 leave']);
    network.answer(stored('b'), stored(rkey));
    await publish({ ...request, steps: progress.steps });
    network.clock.advance(3_600_000);
    network.answer(Response.json({ blob }), Response.json({ blob }), stored('b'), stored(rkey));
    await publish({ ...request, steps: progress.steps });
    assert.equal(network.seen.length, 10, 'what the server may have dropped is uploaded again');
  });

  test('before the public request nothing is ever in doubt', async () => {
    const cases: readonly (readonly [ProviderErrorKind, Response | Error])[] = [
      ['retryable', new TypeError('fetch failed')], ['retryable', refused(500, 'InternalServerError')], ['garbled', new Response('<html>')],
      ['garbled', Response.json({})], ['expired', refused(400, 'ExpiredToken')], ['rateLimited', refused(429, 'RateLimitExceeded')],
      ['rejected', refused(400, 'InvalidMimeType')],
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
      ['unknownOutcome', new TypeError('fetch failed')], ['unknownOutcome', refused(500, 'InternalServerError')],
      ['unknownOutcome', refused(502, 'UpstreamFailure')], ['unknownOutcome', new Response('<html>')],
      ['unknownOutcome', Response.json({ ok: true })],
      ['expired', refused(400, 'ExpiredToken')], ['expired', refused(401, 'InvalidToken')], ['revoked', refused(403, 'AccountTakedown')],
      ['rateLimited', refused(429, 'RateLimitExceeded')], ['rejected', refused(403, 'ScopeMissingError')],
      ['rejected', refused(400, 'InvalidRequest', `Record/text must not be longer than 300 graphemes ${secret}`)],
    ];
    for (const [kind, reply] of cases) {
      const { network, publish } = start();
      network.answer(reply);
      const error = await expectFailure(kind, publish(samplePost()), [secret]);
      if (kind === 'rejected' && /take this post/.test(error.message)) assert.match(error.message, /300 graphemes/);
      assert.equal(network.seen.length, 1);
    }
  });

  test('an account that was connected for reading only is told to connect again', async () => {
    const { network, publish } = start();
    const old = { ...call, tokens: { ...call.tokens, scopes: ['atproto'], extra: {} } };
    assert.match((await expectFailure('rejected', publish(samplePost(), old))).message, /Connect it again/);
    assert.equal(network.seen.length, 0);
  });
});

test('Bluesky: a post is looked for under its own key', async () => {
  const { network, check } = start();
  const request = samplePost();
  const rkey = recordKeyOf(request.createdAt, request.key);
  network.answer(Response.json({ uri: uriOf(rkey), cid: `cid-${rkey}`, value: {} }));
  assert.deepEqual(await check(request), { state: 'published', publication: post(rkey) });
  assert.deepEqual(Object.fromEntries(network.seen[0]?.url.searchParams ?? []), { repo: did, collection: 'app.bsky.feed.post', rkey });
  for (const reply of [refused(400, 'RecordNotFound'), refused(400, 'InvalidRequest', `Could not locate record: ${uriOf(rkey)}`)]) {
    network.answer(reply);
    assert.deepEqual(await check(request), { state: 'absent' });
  }
  for (const [kind, reply] of [
    ['retryable', refused(502, 'UpstreamFailure')], ['rejected', refused(400, 'InvalidRequest', 'Could not find repo')],
    ['garbled', Response.json({})],
    ['expired', refused(400, 'ExpiredToken')],
  ] as const) {
    network.answer(reply);
    await expectFailure(kind, check(request), [secret]);
  }
});

test('Bluesky: a post is deleted by its key', async () => {
  const { network, remove } = start();
  network.answer(Response.json({}));
  await remove(call, post('3abc'));
  assert.equal(network.seen[0]?.url.pathname, '/xrpc/com.atproto.repo.deleteRecord');
  assert.deepEqual(JSON.parse(network.seen[0].body), { repo: did, collection: 'app.bsky.feed.post', rkey: '3abc' });
  network.answer(refused(500, 'InternalServerError'));
  await expectFailure('retryable', remove(call, post('3abc')), [secret]);
  await expectFailure('rejected', remove(call, { externalId: 'at://did:plc:a/app.bsky.graph.follow/1', url: null, ref: {} }));
});

test('Bluesky: a server that wants its new nonce is sent the post once more, and one that goes on wanting is not', async () => {
  let refusals = 0;
  const proofs: (string | null)[] = [];
  const stage = await startStage({
    create: (environment) => createBlueskyProvider({
      ...environment,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        if (!request.url.endsWith('putRecord')) return environment.fetch(request);
        proofs.push(request.headers.get('dpop'));
        await request.text();
        refusals -= 1;
        const headers = { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': `nonce-${proofs.length}` };
        return refusals < 0 ? stored('3abc') : Response.json({ error: 'use_dpop_nonce' }, { status: 401, headers });
      },
    }),
    start: startBlueskySimulator,
    addressOf: ({ world }) => world.accounts[0]?.handle ?? '',
  });
  try {
    const by = callOf(await connect(stage));
    refusals = 1;
    const progress = recordProgress(proofs);
    assert.equal((await stage.provider.publish?.(by, samplePost(), progress))?.externalId, uriOf('3abc'));
    assert.deepEqual(progress.events, ['0 leave', '1 leave'], 'leave is asked again, as time has passed');
    const nonceOf = (proof: string | null | undefined): unknown => {
      const claims: unknown = JSON.parse(Buffer.from(proof?.split('.')[1] ?? '', 'base64url').toString('utf8'));
      return isRecord(claims) ? claims['nonce'] : null;
    };
    assert.equal(nonceOf(proofs[1]), 'nonce-1');
    refusals = 9;
    await expectFailure('expired', stage.provider.publish?.(by, samplePost(), recordProgress([])) ?? assert.fail());
    assert.equal(proofs.length, 4);
  } finally {
    await stage.simulator.close();
  }
});
