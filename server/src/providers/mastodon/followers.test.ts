import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProviderCall } from '../provider.ts';
import { expectFailure, scriptNetwork } from '../scripted-network.ts';
import { createMastodonProvider } from './index.ts';

const call: ProviderCall = {
  tokens: {
    accessToken: 'a-secret-token-of-me', refreshToken: null, expiresAt: null, scopes: [],
    extra: { host: 'mastodon.social', domain: 'mastodon.social' },
  },
  externalId: '109@mastodon.social',
  signal: AbortSignal.timeout(60_000),
};
const network = scriptNetwork({});
const provider = createMastodonProvider(network.environment);
const list = (cursor: string | null): Promise<unknown> => provider.listFollowers?.(call, cursor) ?? assert.fail('no list');
const nextLink = { link: '<https://mastodon.social/api/v1/accounts/109/followers?limit=80&max_id=55>; rel="next"' };

test('rows carry ids of this server, and the next page is asked by the cursor of the Link header', async () => {
  const [annUrl, bobUrl] = ['https://mastodon.social/@ann', 'https://other.example/@bob'];
  network.answer(Response.json([
    { id: '7', acct: 'ann', display_name: '', url: annUrl, followers_count: 4 },
    { id: '8', acct: 'bob@other.example', display_name: 'B &lt;b&gt;', url: bobUrl, followers_count: -1 },
  ], { headers: nextLink }));
  assert.deepEqual(await list(null), {
    rows: [
      { externalId: '7@mastodon.social', handle: 'ann@mastodon.social', name: null, verified: null, followers: 4, profileUrl: annUrl },
      { externalId: '8@mastodon.social', handle: 'bob@other.example', name: 'B <b>', verified: null, followers: null, profileUrl: bobUrl },
    ],
    nextCursor: 'max_id=55',
  });
  network.answer(Response.json([]));
  await list('max_id=55');
  assert.equal(network.seen.at(-1)?.url.search, '?max_id=55&limit=80');
});

test('an empty list beside a stated count is hidden, and an empty list beside none is empty', async () => {
  const account = { id: '109', acct: 'me' };
  network.answer(Response.json([]), Response.json({ ...account, followers_count: 12 }));
  await expectFailure('notSupported', list(null));
  network.answer(Response.json([]), Response.json({ ...account, followers_count: 0 }));
  assert.deepEqual(await list(null), { rows: [], nextCursor: null });
});

test('a list that points at itself is garbled, not endless', async () => {
  network.answer(Response.json([], { headers: nextLink }));
  await expectFailure('garbled', list('max_id=55'));
});

test('the rate limit ends at the ISO time of the server', async () => {
  const headers = { 'x-ratelimit-reset': '2026-11-24T12:03:20.123456Z' };
  network.answer(Response.json({ error: 'Too many requests' }, { status: 429, headers }));
  const { until } = await expectFailure('rateLimited', list(null));
  assert.equal(until?.toISOString(), '2026-11-24T12:03:20.123Z');
});

test('a token without end that is refused is a withdrawn grant', async () => {
  network.answer(Response.json({ error: 'The access token is invalid' }, { status: 401 }));
  await expectFailure('revoked', list(null), [call.tokens.accessToken]);
  network.answer(Response.json({ error: 'The access token expired' }, { status: 401 }));
  await expectFailure('expired', list(null));
});

test('who vanished is told apart, and a person of another server is never looked up here', async () => {
  const lookUp = (externalId: string): Promise<unknown> => provider.lookUpPerson?.(call, externalId) ?? assert.fail('no look-up');
  network.answer(
    Response.json({ error: 'Record not found' }, { status: 404 }), Response.json({}, { status: 410 }),
    Response.json({ id: '7', acct: 'ann', suspended: true }), Response.json({ id: '7', acct: 'ann' }),
  );
  assert.deepEqual([await lookUp('7@mastodon.social'), await lookUp('7@mastodon.social')], ['deactivated', 'deactivated']);
  assert.deepEqual([await lookUp('7@mastodon.social'), await lookUp('7@mastodon.social')], ['suspended', 'active']);
  const asked = network.seen.length;
  await expectFailure('rejected', lookUp('7@other.example'));
  await expectFailure('rejected', lookUp('../../7@mastodon.social'));
  assert.equal(network.seen.length, asked);
});
