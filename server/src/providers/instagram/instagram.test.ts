import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProviderCall, ProviderErrorKind, TokenSet } from '../provider.ts';
import { expectFailure, scriptNetwork } from '../scripted-network.ts';
import { createInstagramProvider } from './index.ts';

const redirectUri = 'https://rookery.example/oauth/instagram/callback';
const signal = new AbortController().signal;
const secrets = ['canary-long', 'canary-short', 'canary-secret', 'canary-code'];
const settings = { INSTAGRAM_APP_ID: 'app', INSTAGRAM_APP_SECRET: 'canary-secret' };
const me = {
  user_id: '17841405793187218', id: '9876543210', username: 'ann', name: 'Ann', account_type: 'Business', followers_count: 5,
  follows_count: 3, media_count: 9,
};
const long = { access_token: 'canary-long', token_type: 'bearer', expires_in: 5_184_000 };

function start(withSettings: Record<string, string> = settings) {
  const network = scriptNetwork(withSettings);
  return { network, provider: createInstagramProvider(network.environment) };
}

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}

function graphError(code: number, subcode?: number, message = 'Error canary-long'): unknown {
  const optional = subcode === undefined ? {} : { error_subcode: subcode };
  return { error: { message, type: 'OAuthException', code, ...optional, fbtrace_id: 'A1' } };
}

function callWith(over: Partial<TokenSet> = {}): ProviderCall {
  const tokens: TokenSet = {
    accessToken: 'canary-long', refreshToken: null, expiresAt: new Date('2026-12-24T00:00:00Z'), scopes: ['instagram_business_basic'],
    extra: { issuedAt: '2026-11-01T00:00:00.000Z' }, ...over,
  };
  return { tokens, externalId: '17841405793187218', signal };
}

function finish({ provider }: ReturnType<typeof start>, query: Record<string, string>) {
  const input = { code: query['code'] ?? '', iss: query['iss'] ?? null, state: 'state-1', secrets: {}, query: new URLSearchParams(query) };
  return provider.finishConsent({ ...input, redirectUri, signal });
}

describe('Instagram: consent', () => {
  test('goes to Instagram itself with comma-separated scopes', async () => {
    const { authorizeUrl } = await start().provider.startConsent({ state: 'state-1', redirectUri, address: null, signal });
    const url = new URL(authorizeUrl);
    assert.equal(url.origin + url.pathname, 'https://www.instagram.com/oauth/authorize');
    assert.deepEqual(url.searchParams.get('scope')?.split(','), [
      'instagram_business_basic', 'instagram_business_manage_insights', 'instagram_business_content_publish',
      'instagram_business_manage_comments',
    ]);
    assert.deepEqual([url.searchParams.get('client_id'), url.searchParams.get('state')], ['app', 'state-1']);
  });

  test('exchanges the code by multipart, without its #_, for an hour and then for 60 days, and keeps user_id as the id', async () => {
    for (const short of [
      { access_token: 'canary-short', user_id: 17841405793187, permissions: ['instagram_business_basic'] },
      { data: [{ access_token: 'canary-short', user_id: '1', permissions: 'instagram_business_basic' }] },
    ]) {
      const stage = start();
      stage.network.answer(json(short), json(long), json(me));
      const { tokens, identity } = await finish(stage, { state: 'state-1', code: 'canary-code#_' });
      assert.deepEqual(identity, {
        externalId: '17841405793187218', handle: 'ann', name: 'Ann', profileUrl: 'https://www.instagram.com/ann/', avatarUrl: null,
      });
      assert.deepEqual(
        [tokens.refreshToken, tokens.scopes, tokens.extra['issuedAt']], [null, ['instagram_business_basic'], '2026-11-24T12:00:00.000Z'],
      );
      assert.equal(tokens.expiresAt?.toISOString(), '2027-01-23T12:00:00.000Z');
      const [code, exchange, profile] = stage.network.seen;
      assert.equal(code?.url.href, 'https://api.instagram.com/oauth/access_token');
      assert.match(code.headers.get('content-type') ?? '', /^multipart\/form-data; boundary=/);
      const sent = ['code', 'client_secret', 'redirect_uri'].map((name) => code.form.get(name));
      assert.deepEqual(sent, ['canary-code', 'canary-secret', redirectUri]);
      assert.equal(exchange?.url.origin + (exchange?.url.pathname ?? ''), 'https://graph.instagram.com/access_token');
      assert.equal(exchange?.url.searchParams.get('grant_type'), 'ig_exchange_token');
      assert.equal(profile?.headers.get('authorization'), 'Bearer canary-long');
    }
  });

  test('an id sent as a number beyond 2^53 keeps every digit', async () => {
    const stage = start();
    stage.network.answer(
      json({ access_token: 'canary-short' }), json(long), new Response('{"user_id":17841405793187219,"username":"ann"}'),
    );
    assert.equal((await finish(stage, { state: 'state-1', code: 'c' })).identity.externalId, '17841405793187219');
  });

  test('a personal account is refused and told what to do', async () => {
    const stage = start();
    stage.network.answer(json({ access_token: 'canary-short' }), json(long), json({ ...me, account_type: 'PERSONAL' }));
    const error = await expectFailure('rejected', finish(stage, { state: 'state-1', code: 'c' }), secrets);
    assert.match(error.message, /professional account/);
  });

  test('an account without its professional id is refused rather than known by the id of our app', async () => {
    const stage = start();
    stage.network.answer(json({ access_token: 'canary-short' }), json(long), json({ id: '9876543210', username: 'ann' }));
    await expectFailure('garbled', finish(stage, { state: 'state-1', code: 'c' }), secrets);
  });

  test('a declined, foreign or mixed-up answer never reaches the code exchange; a used code is refused with words', async () => {
    for (const query of [
      { state: 'state-1', error: 'access_denied', error_reason: 'user_denied' }, { state: 'other', code: 'canary-code' },
      { code: 'canary-code' }, { state: 'state-1', code: '#_' }, { state: 'state-1', code: 'canary-code', iss: 'https://evil.example' },
    ]) {
      const stage = start();
      await expectFailure('rejected', finish(stage, query), secrets);
      assert.equal(stage.network.seen.length, 0);
    }
    const stage = start();
    stage.network.answer(
      json({ error_type: 'OAuthException', code: 400, error_message: 'Matching code was not found or was already used' }, 400),
    );
    assert.match(
      (await expectFailure('rejected', finish(stage, { state: 'state-1', code: 'canary-code' }), secrets)).message, /already used/,
    );
    const bare = start({ INSTAGRAM_APP_ID: 'app' });
    await expectFailure('rejected', bare.provider.startConsent({ state: 's', redirectUri, address: null, signal }));
  });
});

describe('Instagram: tokens', () => {
  test('a token of a day or more renews itself for 60 days and remembers when', async () => {
    const { network, provider } = start();
    network.answer(json({ ...long, access_token: 'newer' }));
    const renewed = await provider.refresh?.(callWith());
    assert.deepEqual([renewed?.accessToken, renewed?.refreshToken, renewed?.extra['issuedAt'], renewed?.scopes], [
      'newer', null, '2026-11-24T12:00:00.000Z', ['instagram_business_basic'],
    ]);
    assert.equal(network.seen[0]?.url.searchParams.get('grant_type'), 'ig_refresh_token');
  });

  test('a token younger than a day is answered as it is, without a call', async () => {
    const { network, provider } = start();
    const call = callWith({ extra: { issuedAt: '2026-11-23T12:00:01.000Z' } });
    assert.deepEqual(await provider.refresh?.(call), call.tokens);
    assert.equal(network.seen.length, 0);
  });

  test('what cannot be renewed any more asks for a new connection', async () => {
    const { network, provider } = start();
    await expectFailure(
      'revoked', provider.refresh?.(callWith({ expiresAt: new Date('2026-11-24T12:00:00Z') })) ?? Promise.resolve(), secrets,
    );
    assert.equal(network.seen.length, 0);
    for (const subcode of [458, 460, 463]) {
      network.answer(json(graphError(190, subcode), 400));
      await expectFailure('revoked', provider.refresh?.(callWith()) ?? Promise.resolve(), secrets);
    }
    network.answer(new TypeError('fetch failed https://graph.instagram.com/refresh_access_token?access_token=canary-long'));
    await expectFailure('retryable', provider.refresh?.(callWith()) ?? Promise.resolve(), secrets);
  });
});

describe('Instagram: reading', () => {
  test('every error code maps to what the caller can do about it', async () => {
    const cases: readonly (readonly [ProviderErrorKind, number, unknown])[] = [
      ['expired', 400, graphError(190, 463)],
      ['expired', 401, graphError(190, undefined, 'Error validating access token: Session has expired')],
      ['revoked', 400, graphError(190, 458)],
      ['revoked', 400, graphError(190, 459)],
      ['revoked', 400, graphError(190, 460)],
      ['revoked', 400, graphError(190, 467)],
      ['revoked', 400, graphError(190)],
      ['rateLimited', 400, graphError(4)],
      ['rateLimited', 403, graphError(17)],
      ['rateLimited', 400, graphError(32)],
      ['rateLimited', 400, graphError(613)],
      ['rateLimited', 429, {}],
      ['rejected', 403, graphError(10)],
      ['rejected', 403, graphError(200)],
      ['rejected', 400, graphError(100)],
      ['retryable', 500, graphError(2)],
      ['retryable', 400, graphError(1)],
      ['retryable', 503, '<html>'],
      ['garbled', 200, []],
      ['expired', 200, graphError(190, 463)],
    ];
    for (const [kind, status, body] of cases) {
      const { network, provider } = start();
      network.answer(json(body, status));
      await expectFailure(kind, provider.readProfile(callWith()), secrets);
    }
  });

  test('an ended access says why, so that the owner knows what to do', async () => {
    for (const [subcode, words] of [[458, /removed/], [459, /log in/], [460, /password/]] as const) {
      const { network, provider } = start();
      network.answer(json(graphError(190, subcode), 400));
      assert.match((await expectFailure('revoked', provider.readProfile(callWith()))).message, words);
    }
  });

  test('the longest of the waits that Meta names counts; without one it is an hour', async () => {
    const usage = {
      17841405793187218: [{ type: 'instagram', estimated_time_to_regain_access: 5 }, { estimated_time_to_regain_access: 19 }],
    };
    for (const [header, until] of [
      [JSON.stringify(usage), '2026-11-24T12:19:00.000Z'], ['{', '2026-11-24T13:00:00.000Z'], ['{"a":1}', '2026-11-24T13:00:00.000Z'],
    ] as const) {
      const { network, provider } = start();
      network.answer(json(graphError(4), 400, { 'x-business-use-case-usage': header }));
      const error = await expectFailure('rateLimited', provider.readProfile(callWith()));
      assert.equal(error.until?.toISOString(), until);
    }
  });

  test('one figure that the account does not have costs only that figure', async () => {
    const { network, provider } = start();
    const figure = (name: string, value: number): Response => json({ data: [{ name, period: 'day', total_value: { value } }] });
    network.answer(json(me), json(graphError(100, undefined, '(#100) metric[1] must be one of the following values'), 400));
    network.answer(figure('reach', 70), json(graphError(100), 400), json({ data: [] }));
    network.answer(json({ data: [{ name: 'total_interactions', values: [{ value: 1 }, { value: 4 }] }] }));
    network.answer(...['likes', 'comments', 'saves', 'shares'].map((name) => figure(name, 0)));
    const metrics = new Map((await provider.readMetrics?.(callWith()))?.map(({ metric, value, source }) => [metric, `${value} ${source}`]));
    assert.deepEqual(Object.fromEntries(metrics), {
      followers: '5 measured', following: '3 measured', posts: '9 measured', reach: '70 measured', views: 'null unsupported',
      accounts_engaged: 'null unsupported', total_interactions: '4 measured', likes: '0 measured', comments: '0 measured',
      saves: '0 measured', shares: '0 measured',
    });
  });

  test('without the permission for figures the counts are still read, and a limit is not taken for an unsupported figure', async () => {
    const { network, provider } = start();
    network.answer(json(me), json(graphError(10), 403));
    const metrics = await provider.readMetrics?.(callWith());
    assert.deepEqual(
      metrics?.filter(({ source }) => source === 'measured').map(({ metric }) => metric), ['followers', 'following', 'posts'],
    );
    network.answer(json(me), json(graphError(4), 400));
    await expectFailure('rateLimited', provider.readMetrics?.(callWith()) ?? Promise.resolve());
  });

  test('it declares no follower list and no revoke, and says what to do instead', () => {
    const { provider } = start();
    assert.equal(provider.listFollowers ?? provider.revoke, undefined);
    assert.match(provider.manifest.limitation ?? '', /upload/);
  });
});
