import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createManualClock, type ManualClock } from '../../platform/clock.ts';
import { driveConsent } from '../simulation/drive-consent.ts';
import type { RunningSimulator, SimulatorOptions } from '../simulation/world.ts';
import { simulatorCredentials, startInstagramSimulator } from './simulator.ts';

const redirectUri = 'https://rookery.example/callback/instagram';
const allScopes = 'instagram_business_basic,instagram_business_manage_insights';
const { clientId, clientSecret } = simulatorCredentials;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Bench {
  readonly instagram: RunningSimulator;
  readonly clock: ManualClock;
}

async function start(context: TestContext, change: Partial<SimulatorOptions> = {}): Promise<Bench> {
  const clock = createManualClock(new Date('2026-11-24T09:00:00Z'));
  const instagram = await startInstagramSimulator({ clock, seed: 4, port: 0, stateFile: null, followersAtOrigin: 600, ...change });
  context.after(() => instagram.close());
  return { instagram, clock };
}

function authorizeUrl(bench: Bench, change: Readonly<Record<string, string>> = {}): string {
  const query = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: allScopes, state: 'st', ...change };
  return `${bench.instagram.origin}/oauth/authorize?${new URLSearchParams(query).toString()}`;
}

async function obtainCode(bench: Bench, options: { account?: string; scope?: string } = {}): Promise<string> {
  const url = authorizeUrl(bench, options.scope === undefined ? {} : { scope: options.scope });
  const callback = await driveConsent(url, options.account === undefined ? {} : { account: options.account });
  return callback.searchParams.get('code') ?? '';
}

async function redeem(bench: Bench, code: string, change: Readonly<Record<string, string>> = {}): Promise<Response> {
  const form = new FormData();
  const fields = { client_id: clientId, client_secret: clientSecret, grant_type: 'authorization_code', redirect_uri: redirectUri };
  for (const [name, value] of Object.entries({ ...fields, code, ...change })) form.append(name, value);
  return fetch(`${bench.instagram.origin}/oauth/access_token`, { method: 'POST', body: form });
}

interface Body {
  readonly access_token?: string;
  readonly token_type?: string;
  readonly expires_in?: number;
  readonly error?: { readonly message: string; readonly code: number; readonly error_subcode?: number; readonly fbtrace_id: string };
  readonly error_message?: string;
  readonly data?: readonly {
    readonly name: string;
    readonly period: string;
    readonly total_value?: { readonly value: number; readonly breakdowns?: readonly unknown[] };
    readonly values?: readonly { readonly value: number; readonly end_time: string }[];
  }[];
}

/** Bodies are what this file checks, so their shape is claimed here and nowhere else. */
async function bodyOf(response: Response): Promise<Body> {
  return (await response.json()) as Body;
}

async function graph(bench: Bench, path: string, query: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${bench.instagram.origin}${path}?${new URLSearchParams(query).toString()}`);
}

async function exchange(bench: Bench, token: string): Promise<Response> {
  return graph(bench, '/access_token', { grant_type: 'ig_exchange_token', client_secret: clientSecret, access_token: token });
}

async function refresh(bench: Bench, token: string): Promise<Response> {
  return graph(bench, '/refresh_access_token', { grant_type: 'ig_refresh_token', access_token: token });
}

/** Consent, code, short-lived and long-lived token. */
async function connect(bench: Bench, options: { account?: string; scope?: string } = {}): Promise<string> {
  const short = (await bodyOf(await redeem(bench, await obtainCode(bench, options)))).access_token ?? '';
  return (await bodyOf(await exchange(bench, short))).access_token ?? '';
}

async function errorOf(response: Response): Promise<readonly [number, number | undefined, number | undefined]> {
  const { error } = await bodyOf(response);
  assert.ok(error === undefined || (error.fbtrace_id !== '' && error.message !== ''));
  return [response.status, error?.code, error?.error_subcode];
}

test('the redirect carries code and state and ends in #_; a denial says so', async (context) => {
  const bench = await start(context);
  const callback = await driveConsent(authorizeUrl(bench));
  assert.equal(callback.hash, '#_');
  assert.deepEqual([...callback.searchParams.keys()].sort(), ['code', 'state']);
  const denial = await driveConsent(authorizeUrl(bench), { decision: 'deny' });
  assert.deepEqual(Object.fromEntries(denial.searchParams), {
    error: 'access_denied', error_reason: 'user_denied', error_description: 'The user denied your request.', state: 'st',
  });
});

test('a bad authorize request is shown as an error and never redirected', async (context) => {
  const bench = await start(context, { redirectUris: [redirectUri] });
  for (const change of [
    { client_id: '1' }, { redirect_uri: `${redirectUri}/` }, { response_type: 'token' }, { scope: 'instagram_business_basic,user_photos' },
    { scope: 'instagram_business_manage_insights' },
  ]) {
    const response = await fetch(authorizeUrl(bench, change), { redirect: 'manual' });
    assert.deepEqual([response.status, response.headers.get('location')], [400, null], JSON.stringify(change));
  }
});

test('a personal account is refused on the page, with the reason, and a professional one can still be chosen', async (context) => {
  const bench = await start(context);
  await assert.rejects(driveConsent(authorizeUrl(bench), { account: 'jonah.at.home' }), /personal account/);
  assert.ok(await connect(bench, { account: 'mirela.vance' }));
});

test('the code is exchanged once, by a multipart or urlencoded form, and gives token, id and permissions', async (context) => {
  const bench = await start(context);
  const code = await obtainCode(bench);
  const text = await (await redeem(bench, code)).text();
  // A bare number, longer than some readers can hold: what the real endpoint does.
  assert.match(text, /^\{"access_token":"IGAA[\w-]+","user_id":\d{16},"permissions":\["instagram_business_basic",/);
  const again = await redeem(bench, code);
  const used = { error_type: 'OAuthException', code: 400, error_message: 'This authorization code has been used' };
  assert.deepEqual([again.status, await again.json()], [400, used]);
  const body = new URLSearchParams({
    client_id: clientId, client_secret: clientSecret, grant_type: 'authorization_code', redirect_uri: redirectUri,
    code: await obtainCode(bench),
  });
  assert.equal((await fetch(`${bench.instagram.origin}/oauth/access_token`, { method: 'POST', body })).status, 200);
});

test('a code with its fragment, of another redirect address, with a wrong secret, or an hour old gives nothing', async (context) => {
  const bench = await start(context);
  const failed = async (code: string, change: Readonly<Record<string, string>> = {}): Promise<string | undefined> => {
    const response = await redeem(bench, code, change);
    assert.equal(response.status, 400);
    return (await bodyOf(response)).error_message;
  };
  assert.match((await failed(`${await obtainCode(bench)}#_`)) ?? '', /not found/);
  assert.match((await failed(await obtainCode(bench), { redirect_uri: `${redirectUri}/` })) ?? '', /redirect_uri/);
  assert.match((await failed(await obtainCode(bench), { client_secret: 'x' })) ?? '', /secret/);
  const old = await obtainCode(bench);
  bench.clock.advance(hourMs);
  assert.match((await failed(old)) ?? '', /expired/);
});

test('tokens live an hour, then 60 days, and are refreshed from 24 hours on until they expire', async (context) => {
  const bench = await start(context);
  const short = (await bodyOf(await redeem(bench, await obtainCode(bench)))).access_token ?? '';
  const exchanged = await bodyOf(await exchange(bench, short));
  assert.deepEqual([exchanged.token_type, exchanged.expires_in], ['bearer', 5_183_944]);
  const long = exchanged.access_token ?? '';
  bench.clock.advance(hourMs);
  assert.deepEqual(await errorOf(await exchange(bench, short)), [400, 190, 463]);
  assert.equal((await graph(bench, '/me', { access_token: long })).status, 200);
  bench.clock.advance(22 * hourMs);
  assert.deepEqual((await errorOf(await refresh(bench, long)))[0], 400);
  bench.clock.advance(hourMs);
  const renewed = (await bodyOf(await refresh(bench, long))).access_token ?? '';
  assert.notEqual(renewed, long);
  bench.clock.advance(5_183_944 * 1000 - dayMs);
  assert.deepEqual(await errorOf(await graph(bench, '/me', { access_token: long })), [400, 190, 463]);
  assert.equal((await graph(bench, '/me', { access_token: renewed })).status, 200);
  bench.clock.advance(dayMs);
  assert.deepEqual(await errorOf(await refresh(bench, renewed)), [400, 190, 463]);
  assert.equal(bench.instagram.counts()['refresh.done'], 1);
});

test('a short-lived token cannot be refreshed, a long-lived one not exchanged', async (context) => {
  const bench = await start(context);
  const short = (await bodyOf(await redeem(bench, await obtainCode(bench)))).access_token ?? '';
  assert.deepEqual((await errorOf(await refresh(bench, short)))[1], 190);
  assert.deepEqual((await errorOf(await exchange(bench, await connect(bench))))[1], 190);
});

test('the profile has both ids and the counts, by query or header token, with and without a version', async (context) => {
  const bench = await start(context);
  const token = await connect(bench, { account: 'heronandpine' });
  const fields = 'user_id,username,name,account_type,profile_picture_url,followers_count,follows_count,media_count';
  const response = await graph(bench, '/v23.0/me', { fields, access_token: token });
  const expected = {
    user_id: '17841405793187218', username: 'heronandpine', name: 'Heron & Pine', account_type: 'BUSINESS',
    profile_picture_url: 'https://scontent.cdninstagram.com/simulated/17841405793187218.jpg',
    followers_count: bench.instagram.world.followersOf('17841405793187218').length, follows_count: 318, media_count: 642,
    id: '8913047725530191',
  };
  assert.deepEqual(await response.json(), expected);
  for (const path of ['/me', '/17841405793187218', '/v22.0/8913047725530191']) {
    const byHeader = await fetch(`${bench.instagram.origin}${path}?fields=${fields}`, { headers: { authorization: `Bearer ${token}` } });
    assert.deepEqual(await byHeader.json(), expected, path);
  }
  const creator = await graph(bench, '/me', { fields: 'account_type', access_token: await connect(bench, { account: 'mirela.vance' }) });
  assert.equal(Reflect.get(await bodyOf(creator), 'account_type'), 'MEDIA_CREATOR');
});

test('there is no follower list, no other account and no unknown field to read', async (context) => {
  const bench = await start(context);
  const access_token = await connect(bench);
  for (const path of ['/me/followers', '/v23.0/17841405793187218/followers', '/v23.0/me/follows']) {
    const { error } = await bodyOf(await graph(bench, path, { access_token }));
    assert.deepEqual([error?.code, /nonexisting field/.test(error?.message ?? '')], [100, true], path);
  }
  assert.deepEqual(await errorOf(await graph(bench, '/17841462200518843', { access_token })), [400, 100, 33]);
  assert.deepEqual((await errorOf(await graph(bench, '/me', { access_token, fields: 'id,shoe_size' })))[1], 100);
});

test('total values come per metric, and follows and unfollows match the graph', async (context) => {
  const bench = await start(context);
  const access_token = await connect(bench, { account: 'heronandpine' });
  const id = '17841405793187218';
  const metric = 'reach,views,accounts_engaged,total_interactions,likes,comments,saves,shares';
  const response = await graph(bench, `/v23.0/${id}/insights`, { metric, period: 'day', metric_type: 'total_value', access_token });
  const { data = [] } = await bodyOf(response);
  assert.deepEqual(data.map((one) => one.name).join(','), metric);
  assert.ok(data.every((one) => one.period === 'day' && Number.isInteger(one.total_value?.value) && one.values === undefined));
  const since = new Date('2026-11-10T00:00:00Z');
  const until = new Date('2026-11-24T00:00:00Z');
  const flow = await bodyOf(
    await graph(bench, `/${id}/insights`, {
      metric: 'follows_and_unfollows', period: 'day', metric_type: 'total_value', breakdown: 'follow_type', access_token,
      since: String(since.getTime() / 1000), until: String(until.getTime() / 1000),
    }),
  );
  const { gained, lost } = bench.instagram.world.changesBetween(id, since, until);
  assert.ok(gained > 0 && lost > 0);
  const results = [{ dimension_values: ['FOLLOWER'], value: gained }, { dimension_values: ['NON_FOLLOWER'], value: lost }];
  assert.deepEqual(flow.data?.[0]?.total_value?.breakdowns, [{ dimension_keys: ['follow_type'], results }]);
  const days = { since: '2026-11-22', until: '2026-11-24' };
  const series = await bodyOf(await graph(bench, `/${id}/insights`, { metric: 'follower_count', period: 'day', access_token, ...days }));
  assert.deepEqual(series.data?.[0]?.values?.map((one) => one.end_time), ['2026-11-23T07:00:00+0000', '2026-11-24T07:00:00+0000']);
});

test('one metric that is not available fails the whole call with code 100', async (context) => {
  const bench = await start(context);
  const access_token = await connect(bench, { account: 'heronandpine' });
  const ask = async (query: Readonly<Record<string, string>>): Promise<readonly [number, number | undefined, number | undefined]> =>
    errorOf(await graph(bench, '/me/insights', { period: 'day', metric_type: 'total_value', access_token, ...query }));
  const refused = [400, 100, undefined];
  assert.deepEqual(await ask({ metric: 'reach,impressions' }), refused);
  assert.deepEqual(await ask({ metric: 'reach,follower_count' }), refused);
  assert.deepEqual(await ask({ metric: 'reach', period: 'week' }), refused);
  assert.deepEqual(await ask({ metric: 'reach', since: '2026-09-01', until: '2026-11-01' }), refused);
  const plain = await graph(bench, '/me/insights', { metric: 'reach,views', period: 'day', access_token });
  assert.match((await bodyOf(plain)).error?.message ?? '', /\(views\) should be specified with parameter metric_type=total_value/);
});

test('an account below 100 followers has no follower_count, and gets no rows for follows_and_unfollows', async (context) => {
  const bench = await start(context);
  const access_token = await connect(bench, { account: 'tidewater.coop' });
  const count = await graph(bench, '/me/insights', { metric: 'follower_count', period: 'day', access_token });
  assert.deepEqual(await errorOf(count), [400, 100, undefined]);
  const query = { metric: 'follows_and_unfollows', period: 'day', metric_type: 'total_value', breakdown: 'follow_type', access_token };
  assert.deepEqual((await bodyOf(await graph(bench, '/me/insights', query))).data, []);
});

test('insights need their permission', async (context) => {
  const bench = await start(context);
  const access_token = await connect(bench, { scope: 'instagram_business_basic' });
  const response = await graph(bench, '/me/insights', { metric: 'reach', period: 'day', access_token });
  assert.deepEqual(await errorOf(response), [403, 10, undefined]);
});

test('usage is stated in per cent and grows; the three rate-limit codes come in turn', async (context) => {
  const bench = await start(context);
  const access_token = await connect(bench, { account: 'heronandpine' });
  const me = async (): Promise<Response> => graph(bench, '/me', { access_token });
  const usage: unknown = JSON.parse((await me()).headers.get('x-business-use-case-usage') ?? '');
  const idle = { type: 'instagram', call_count: 0, total_time: 0, total_cputime: 0, estimated_time_to_regain_access: 0 };
  assert.deepEqual(usage, { '17841405793187218': [idle] });
  for (let call = 0; call < 60; call += 1) await (await me()).arrayBuffer();
  assert.match((await me()).headers.get('x-app-usage') ?? '', /"call_count":1,/);
  bench.instagram.faults.rateLimitNext(3, '/me');
  const codes: unknown[] = [];
  for (let call = 0; call < 3; call += 1) {
    const limited = await me();
    assert.match(limited.headers.get('x-app-usage') ?? '', /"call_count":100,/);
    codes.push((await errorOf(limited)).slice(0, 2));
  }
  assert.deepEqual(codes, [[403, 4], [400, 17], [400, 613]]);
  assert.equal((await me()).status, 200);
});

test('expired, revoked, password-changed and unknown tokens are told apart by their subcodes', async (context) => {
  const bench = await start(context);
  const { faults } = bench.instagram;
  const first = await connect(bench);
  const me = async (access_token: string): Promise<readonly unknown[]> => errorOf(await graph(bench, '/me', { access_token }));
  faults.failNext(1, 460);
  assert.deepEqual(await me(first), [400, 190, 460]);
  faults.expireTokens();
  assert.deepEqual(await me(first), [400, 190, 463]);
  const second = await connect(bench);
  faults.revokeGrants();
  assert.deepEqual(await me(second), [400, 190, 458]);
  assert.deepEqual(await me('IGAAnothing'), [400, 190, undefined]);
  faults.failNext(1, 500);
  assert.deepEqual(await me(second), [500, 2, undefined]);
  faults.skewCount(-3);
  const third = await connect(bench, { account: 'heronandpine' });
  const profile = await (await graph(bench, '/me', { fields: 'followers_count', access_token: third })).text();
  assert.ok(profile.includes(`"followers_count":${bench.instagram.world.followersOf('17841405793187218').length - 3}`));
});

test('a restart keeps the account connected', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-instagram-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const clock = createManualClock(new Date('2026-11-24T09:00:00Z'));
  const options = { clock, seed: 4, port: 0, stateFile: join(folder, 'instagram.json'), followersAtOrigin: 600 };
  const before = await startInstagramSimulator(options);
  const token = await connect({ instagram: before, clock });
  const followers = before.world.followersOf('17841405793187218');
  await before.close();
  const after = await startInstagramSimulator(options);
  context.after(() => after.close());
  assert.equal((await graph({ instagram: after, clock }, '/me', { access_token: token })).status, 200);
  assert.deepEqual(after.world.followersOf('17841405793187218'), followers);
});
