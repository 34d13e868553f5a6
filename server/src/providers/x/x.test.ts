import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { ProviderCall, ProviderErrorKind, TokenSet } from '../provider.ts';
import { expectFailure, scriptNetwork, type ScriptedNetwork } from '../scripted-network.ts';
import { createXProvider } from './index.ts';

const redirectUri = 'https://rookery.example/oauth/x/callback';
const signal = new AbortController().signal;
const secrets = ['canary-access-1', 'canary-refresh-1', 'canary-secret', 'canary-code'];
const tokens: TokenSet = {
  accessToken: 'canary-access-1', refreshToken: 'canary-refresh-1', expiresAt: null, scopes: ['users.read'], extra: {},
};
const call: ProviderCall = { tokens, externalId: '42', signal };
const tokenReply = {
  token_type: 'bearer', expires_in: 7200, access_token: 'new-access', scope: 'tweet.read users.read', refresh_token: 'new-refresh',
};
const me = {
  id: '1234567890123456789', name: 'Ann', username: 'ann', public_metrics: { followers_count: 5, following_count: 3, tweet_count: 9 },
};
const problems = 'https://api.twitter.com/2/problems';

function start(settings: Record<string, string> = { X_CLIENT_ID: 'client', X_CLIENT_SECRET: 'canary-secret' }) {
  const network = scriptNetwork(settings);
  return { network, provider: createXProvider(network.environment) };
}

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}

async function connect({ network, provider }: ReturnType<typeof start>, query: Record<string, string>, replies: readonly Response[]) {
  const { authorizeUrl, secrets: kept } = await provider.startConsent({ state: 'state-1', redirectUri, address: null, signal });
  network.answer(...replies);
  const input = {
    code: query['code'] ?? '', iss: query['iss'] ?? null, state: 'state-1', secrets: kept, query: new URLSearchParams(query),
  };
  return { authorizeUrl: new URL(authorizeUrl), kept, grant: provider.finishConsent({ ...input, redirectUri, signal }) };
}

describe('X: consent', () => {
  test('asks for PKCE S256 and the declared scopes, and redeems the code with Basic and the verifier', async () => {
    const stage = start();
    const { authorizeUrl, kept, grant } = await connect(
      stage, { state: 'state-1', code: 'canary-code' }, [json(tokenReply), json({ data: me })],
    );
    const query = authorizeUrl.searchParams;
    assert.equal(authorizeUrl.origin + authorizeUrl.pathname, 'https://x.com/i/oauth2/authorize');
    assert.equal(query.get('scope'), 'tweet.read users.read follows.read tweet.write media.write offline.access');
    assert.equal(query.get('code_challenge'), createHash('sha256').update(kept['codeVerifier'] ?? '').digest('base64url'));
    assert.deepEqual([query.get('code_challenge_method'), query.get('state'), query.get('redirect_uri')], ['S256', 'state-1', redirectUri]);

    const { identity, tokens: given } = await grant;
    assert.deepEqual(identity, {
      externalId: '1234567890123456789', handle: 'ann', name: 'Ann', profileUrl: 'https://x.com/ann', avatarUrl: null,
    });
    assert.deepEqual(given.scopes, ['tweet.read', 'users.read']);
    assert.equal(given.expiresAt?.toISOString(), '2026-11-24T14:00:00.000Z');
    const [exchange] = stage.network.seen;
    assert.equal(exchange?.url.href, 'https://api.x.com/2/oauth2/token');
    assert.equal(exchange.headers.get('authorization'), `Basic ${Buffer.from('client:canary-secret').toString('base64')}`);
    assert.deepEqual([exchange.form.get('code_verifier'), exchange.form.get('redirect_uri')], [kept['codeVerifier'], redirectUri]);
  });

  test('a public client names itself in the form and sends no Basic', async () => {
    const stage = start({ X_CLIENT_ID: 'client' });
    await (await connect(stage, { state: 'state-1', code: 'c' }, [json(tokenReply), json({ data: me })])).grant;
    assert.equal(stage.network.seen[0]?.headers.get('authorization'), null);
    assert.equal(stage.network.seen[0]?.form.get('client_id'), 'client');
  });

  test('a declined, foreign or mixed-up answer never reaches the token endpoint', async () => {
    for (const query of [
      { state: 'state-1', error: 'access_denied' }, { state: 'other', code: 'canary-code' }, { code: 'canary-code' }, { state: 'state-1' },
      { state: 'state-1', code: 'canary-code', iss: 'https://evil.example' },
    ]) {
      const stage = start();
      await expectFailure('rejected', (await connect(stage, query, [])).grant, secrets);
      assert.equal(stage.network.seen.length, 0);
    }
  });

  test('without a client id the refusal names the setting', async () => {
    const { provider } = start({});
    const error = await expectFailure('rejected', provider.startConsent({ state: 's', redirectUri, address: null, signal }));
    assert.match(error.message, /X_CLIENT_ID/);
  });
});

describe('X: tokens', () => {
  test('a refresh answers the new pair, and keeps the old scopes and refresh token when the answer leaves them out', async () => {
    const { network, provider } = start();
    network.answer(json(tokenReply), json({ token_type: 'bearer', access_token: 'newer', expires_in: 7200 }));
    assert.equal((await provider.refresh?.(call))?.refreshToken, 'new-refresh');
    const second = await provider.refresh?.(call);
    assert.deepEqual([second?.accessToken, second?.refreshToken, second?.scopes], ['newer', 'canary-refresh-1', ['users.read']]);
  });

  test('each refusal of a refresh says what helps: connect again, wait, or correct the credentials', async () => {
    const cases: readonly (readonly [ProviderErrorKind, Response | Error])[] = [
      ['revoked', json({ error: 'invalid_request', error_description: 'Value passed for the token was invalid.' }, 400)],
      ['revoked', json({ error: 'invalid_grant' }, 400)],
      ['rejected', json({ error: 'invalid_request', error_description: 'Missing required parameter canary-refresh-1' }, 400)],
      ['rejected', json({ error: 'unauthorized_client', error_description: 'Missing valid authorization header' }, 401)],
      ['rejected', json({ error: 'invalid_client' }, 401, { 'www-authenticate': 'Basic realm="x"' })],
      ['rateLimited', json({ title: 'Too Many Requests' }, 429)],
      ['retryable', new Response('<html>', { status: 503 })],
      ['retryable', new TypeError('fetch failed canary-refresh-1')],
      ['garbled', new Response('{"access_tok')],
      ['garbled', json({ token_type: 'bearer' })],
    ];
    for (const [kind, reply] of cases) {
      const { network, provider } = start();
      network.answer(reply);
      await expectFailure(kind, provider.refresh?.(call) ?? Promise.resolve(), secrets);
    }
  });

  test('revoking ends both tokens, and one that is dead already is no failure', async () => {
    const { network, provider } = start();
    network.answer(
      json({ error: 'invalid_request', error_description: 'Value passed for the token was invalid.' }, 400), json({ revoked: true }),
    );
    await provider.revoke?.(call);
    assert.deepEqual(network.seen.map(({ url, form }) => [url.href, form.get('token'), form.get('token_type_hint')]), [
      ['https://api.x.com/2/oauth2/revoke', 'canary-refresh-1', 'refresh_token'],
      ['https://api.x.com/2/oauth2/revoke', 'canary-access-1', 'access_token'],
    ]);
    network.answer(json({}, 503));
    await expectFailure('retryable', provider.revoke?.(call) ?? Promise.resolve(), secrets);
  });
});

describe('X: reading', () => {
  test('old and new names of the counts are both read, and errors beside data do no harm', async () => {
    const { network, provider } = start();
    const errors = [{ title: 'Not Found Error', type: `${problems}/resource-not-found` }];
    network.answer(json({ data: me }), json({ data: { ...me, public_metrics: { post_count: 11 } }, errors }));
    assert.deepEqual((({ followers, following, posts }) => [followers, following, posts])(await provider.readProfile(call)), [5, 3, 9]);
    const renamed = await provider.readProfile(call);
    assert.deepEqual([renamed.followers, renamed.posts], [null, 11]);
    assert.equal(network.seen[0]?.headers.get('authorization'), 'Bearer canary-access-1');
  });

  test('a figure that X does not give is unsupported, never zero', async () => {
    const { network, provider } = start();
    network.answer(json({ data: me }));
    assert.deepEqual((await provider.readMetrics?.(call))?.slice(2, 4), [
      { metric: 'posts', value: 9, source: 'measured' }, { metric: 'listed', value: null, source: 'unsupported' },
    ]);
  });

  test('pages of 1000 follow next_token to the end', async () => {
    const { network, provider } = start();
    const row = { id: '9007199254740993', username: 'bo', name: 'Bo', verified: true, public_metrics: { followers_count: 1 } };
    network.answer(json({ data: [row], meta: { result_count: 1, next_token: 'n1' } }), json({ meta: { result_count: 0 } }));
    const first = await provider.listFollowers?.(call, null);
    assert.deepEqual(first, {
      rows: [{ externalId: '9007199254740993', handle: 'bo', name: 'Bo', verified: true, followers: 1, profileUrl: 'https://x.com/bo' }],
      nextCursor: 'n1',
    });
    assert.deepEqual(await provider.listFollowers?.(call, 'n1'), { rows: [], nextCursor: null });
    const [one, two] = network.seen.map(({ url }) => url);
    assert.equal(one?.pathname, '/2/users/42/followers');
    assert.deepEqual([one?.searchParams.get('max_results'), one?.searchParams.get('pagination_token')], ['1000', null]);
    assert.equal(two?.searchParams.get('pagination_token'), 'n1');
  });

  test('a page that is not whole is an error, never a shorter page', async () => {
    const row = { id: '1' };
    const cases: readonly (readonly [ProviderErrorKind, unknown])[] = [
      ['garbled', { data: [row], meta: { result_count: 2 } }],
      ['garbled', { meta: { result_count: 3 } }],
      ['garbled', { data: [row] }],
      ['garbled', { data: [{ username: 'no-id' }], meta: { result_count: 1 } }],
      ['garbled', { data: [row], meta: { result_count: 1, next_token: 'same' } }],
      ['garbled', { data: [row], meta: { result_count: 1, next_token: 7 } }],
      ['garbled', {}],
      ['notSupported', { errors: [{ type: `${problems}/not-authorized-for-resource`, detail: 'Sorry, you are not authorized' }] }],
      ['rejected', { errors: [{ type: `${problems}/resource-not-found`, detail: 'User has been suspended: [42].' }] }],
    ];
    for (const [kind, body] of cases) {
      const { network, provider } = start();
      network.answer(json(body));
      await expectFailure(kind, provider.listFollowers?.(call, 'same') ?? Promise.resolve(), secrets);
    }
  });

  test('a vanished person is told apart: suspended, gone, still there, or not known', async () => {
    const problem = (detail: string, title: string, type = 'resource-not-found') =>
      ({ errors: [{ value: '7', resource_id: '7', detail, title, resource_type: 'user', parameter: 'id', type: `${problems}/${type}` }] });
    const cases = [
      ['active', json({ data: { id: '7' } })],
      ['suspended', json(problem('User has been suspended: [7].', 'Forbidden'))],
      ['deactivated', json(problem('Could not find user with id: [7].', 'Not Found Error'))],
      ['deactivated', json(problem('Could not find user with id: [7].', 'Not Found Error'), 404)],
      ['unknown', json(problem('Sorry, you are not authorized', 'Authorization Error', 'not-authorized-for-resource'))],
      ['unknown', json({ data: { id: '8' } })],
    ] as const;
    for (const [status, reply] of cases) {
      const { network, provider } = start();
      network.answer(reply);
      assert.equal(await provider.lookUpPerson?.(call, '7'), status);
    }
    const { network, provider } = start();
    network.answer(json({ title: 'Unauthorized', status: 401 }, 401));
    await expectFailure('expired', provider.lookUpPerson?.(call, '7') ?? Promise.resolve());
  });

  test('every refusal maps to what the caller can do about it', async () => {
    const reset = (network: ScriptedNetwork): string => String(network.clock.now().getTime() / 1000 + 300);
    const cases: readonly (readonly [ProviderErrorKind, number, unknown])[] = [
      ['expired', 401, { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized canary-access-1' }],
      ['rejected', 429, { title: 'UsageCapExceeded', type: `${problems}/usage-capped`, detail: 'Usage cap exceeded: Monthly product cap' }],
      ['rejected', 402, { title: 'CreditsDepleted', type: `${problems}/credits` }],
      ['rejected', 403, { title: 'Forbidden', type: 'about:blank', detail: 'Your account is temporarily locked.' }],
      ['notSupported', 403, { type: `${problems}/not-authorized-for-resource` }],
      ['rejected', 400, { title: 'Invalid Request' }],
      ['retryable', 500, { title: 'Internal Server Error' }],
      ['rateLimited', 429, { title: 'Too Many Requests', type: 'about:blank' }],
    ];
    for (const [kind, status, body] of cases) {
      const { network, provider } = start();
      network.answer(json(body, status, { 'x-rate-limit-reset': reset(network) }));
      const error = await expectFailure(kind, provider.readProfile(call), secrets);
      if (kind === 'rateLimited') assert.equal(error.until?.toISOString(), '2026-11-24T12:05:00.000Z');
    }
  });
});
