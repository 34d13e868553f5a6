import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import * as oauth from 'oauth4webapi';
import { createManualClock, type ManualClock } from '../../platform/clock.ts';
import { driveConsent } from '../simulation/drive-consent.ts';
import type { RunningSimulator, SimulatorOptions } from '../simulation/world.ts';
import { simulatorCredentials, startXSimulator } from './simulator.ts';

const redirectUri = 'http://localhost:4000/callback/x';
const defaultScope = 'tweet.read users.read follows.read offline.access';
const client: oauth.Client = { client_id: simulatorCredentials.clientId };
const secret = oauth.ClientSecretBasic(simulatorCredentials.clientSecret);
const insecure = { [oauth.allowInsecureRequests]: true };

interface Bench {
  readonly x: RunningSimulator;
  readonly clock: ManualClock;
  readonly server: oauth.AuthorizationServer;
}

async function start(context: TestContext, change: Partial<SimulatorOptions> = {}): Promise<Bench> {
  const clock = createManualClock(new Date('2026-11-24T09:00:00Z'));
  const x = await startXSimulator({ clock, seed: 3, port: 0, stateFile: null, followersAtOrigin: 250, ...change });
  context.after(() => x.close());
  return { x, clock, server: serverAt(x.origin) };
}

function serverAt(origin: string): oauth.AuthorizationServer {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/i/oauth2/authorize`,
    token_endpoint: `${origin}/2/oauth2/token`,
    revocation_endpoint: `${origin}/2/oauth2/revoke`,
  };
}

function authorizeUrl(bench: Bench, change: Readonly<Record<string, string>>): string {
  const url = new URL(bench.server.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    scope: defaultScope,
    code_challenge_method: 'S256',
    ...change,
  }).toString();
  return url.href;
}

/** The whole of consent as a conforming client does it; `pause` runs between code and token. */
async function connect(
  bench: Bench,
  options: { scope?: string; account?: string; pause?: () => void; verifier?: string } = {},
): Promise<oauth.TokenEndpointResponse> {
  const { code, verifier } = await obtainCode(bench, options);
  options.pause?.();
  return redeem(bench, code, options.verifier ?? verifier);
}

async function obtainCode(
  bench: Bench,
  options: { scope?: string; account?: string },
): Promise<{ code: URLSearchParams; verifier: string }> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const code_challenge = await oauth.calculatePKCECodeChallenge(verifier);
  const url = authorizeUrl(bench, { state, code_challenge, scope: options.scope ?? defaultScope });
  const callback = await driveConsent(url, options.account === undefined ? {} : { account: options.account });
  return { code: oauth.validateAuthResponse(bench.server, client, callback, state), verifier };
}

async function redeem(bench: Bench, code: URLSearchParams, verifier: string, redirect = redirectUri): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.authorizationCodeGrantRequest(bench.server, client, secret, code, redirect, verifier, insecure);
  return oauth.processAuthorizationCodeResponse(bench.server, client, response);
}

async function refresh(bench: Bench, token: string | undefined): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.refreshTokenGrantRequest(bench.server, client, secret, token ?? '', insecure);
  return oauth.processRefreshTokenResponse(bench.server, client, response);
}

const isOauthError = (error: string, status = 400) => (thrown: unknown): boolean =>
  thrown instanceof oauth.ResponseBodyError && thrown.error === error && thrown.status === status;

interface XBody {
  readonly data?: unknown;
  readonly errors?: readonly Readonly<Record<string, unknown>>[];
  readonly meta?: { readonly result_count: number; readonly next_token?: string; readonly previous_token?: string };
  readonly status?: number;
  readonly title?: string;
  readonly type?: string;
}

/** Bodies are what this file checks, so their shape is claimed here and nowhere else. */
async function bodyOf(response: Response): Promise<XBody> {
  return (await response.json()) as XBody;
}

function rowsOf(body: XBody): readonly { id: string; username: string }[] {
  return Array.isArray(body.data) ? body.data : [];
}

async function get(bench: Bench, token: string, path: string): Promise<Response> {
  return fetch(bench.x.origin + path, { headers: { authorization: `Bearer ${token}` } });
}

test('a conforming client gets tokens by PKCE, and they open the chosen account', async (context) => {
  const bench = await start(context);
  const tokens = await connect(bench, { account: 'mirelavance' });
  assert.deepEqual([tokens.token_type, tokens.expires_in, tokens.scope], ['bearer', 7200, defaultScope]);
  const fields = ['created_at', 'profile_image_url', 'public_metrics', 'verified', 'verified_type'];
  const me = await get(bench, tokens.access_token, `/2/users/me?user.fields=${fields.join(',')}`);
  const { data } = await bodyOf(me);
  assert.ok(typeof data === 'object' && data !== null);
  assert.deepEqual(Object.keys(data).sort(), ['id', 'name', 'username', ...fields].sort());
  const [account] = bench.x.world.accounts.filter((one) => one.handle === 'mirelavance');
  assert.deepEqual({ ...data, public_metrics: null, created_at: null, profile_image_url: null }, {
    id: account?.id, name: 'Mirela Vance', username: 'mirelavance', verified: false, verified_type: 'none',
    public_metrics: null, created_at: null, profile_image_url: null,
  });
  assert.equal(Reflect.get(Reflect.get(data, 'public_metrics'), 'followers_count'), bench.x.world.followersOf(account?.id ?? '').length);
});

test('a refresh token comes only with offline.access, and plain PKCE is accepted too', async (context) => {
  const bench = await start(context);
  assert.equal((await connect(bench, { scope: 'tweet.read users.read' })).refresh_token, undefined);
  const verifier = oauth.generateRandomCodeVerifier();
  const callback = await driveConsent(authorizeUrl(bench, { state: 's', code_challenge: verifier, code_challenge_method: 'plain' }));
  const code = oauth.validateAuthResponse(bench.server, client, callback, 's');
  assert.ok((await redeem(bench, code, verifier)).refresh_token);
});

test('a denied consent comes back as access_denied with the state', async (context) => {
  const bench = await start(context);
  const url = authorizeUrl(bench, { state: 'abc', code_challenge: 'c'.repeat(43) });
  const callback = await driveConsent(url, { decision: 'deny' });
  assert.throws(() => oauth.validateAuthResponse(bench.server, client, callback, 'abc'), oauth.AuthorizationResponseError);
  assert.equal(callback.searchParams.get('error'), 'access_denied');
});

test('a bad authorize request is shown as an error and never redirected', async (context) => {
  const bench = await start(context, { redirectUris: [redirectUri] });
  const good = { state: 's', code_challenge: 'c'.repeat(43) };
  const bad: readonly Readonly<Record<string, string>>[] = [
    { client_id: 'other' }, { redirect_uri: `${redirectUri}/` }, { redirect_uri: `${redirectUri}?x=1` }, { state: '' },
    { state: 's'.repeat(501) },
    { response_type: 'token' }, { code_challenge: 'short' }, { code_challenge_method: 'none' }, { scope: 'everything' }, { scope: '' },
  ];
  for (const change of bad) {
    const response = await fetch(authorizeUrl(bench, { ...good, ...change }), { redirect: 'manual' });
    assert.deepEqual([response.status, response.headers.get('location')], [400, null], JSON.stringify(change));
  }
  assert.equal((await fetch(authorizeUrl(bench, { ...good, state: 's'.repeat(500) }))).status, 200);
});

test('a consent form works once, and not without its page', async (context) => {
  const bench = await start(context);
  const html = await (await fetch(authorizeUrl(bench, { state: 's', code_challenge: 'c'.repeat(43) }))).text();
  const ticket = /name="ticket" value="([^"]*)"/.exec(html)?.[1] ?? '';
  const send = async (value: string): Promise<number> => {
    const body = new URLSearchParams({ ticket: value, account: '718204533', decision: 'allow' });
    return (await fetch(`${bench.x.origin}/i/oauth2/consent`, { method: 'POST', body, redirect: 'manual' })).status;
  };
  assert.deepEqual([await send('guessed'), await send(ticket), await send(ticket)], [400, 303, 400]);
});

test('a code lives 30 seconds, works once, and needs its verifier and redirect address', async (context) => {
  const bench = await start(context);
  const invalid = isOauthError('invalid_request');
  assert.ok(await connect(bench, { pause: () => bench.clock.advance(29_999) }));
  await assert.rejects(connect(bench, { pause: () => bench.clock.advance(30_000) }), invalid);
  await assert.rejects(connect(bench, { verifier: oauth.generateRandomCodeVerifier() }), invalid);
  const elsewhere = await obtainCode(bench, {});
  await assert.rejects(redeem(bench, elsewhere.code, elsewhere.verifier, `${redirectUri}2`), invalid);
  const twice = await obtainCode(bench, {});
  const { access_token } = await redeem(bench, twice.code, twice.verifier);
  await assert.rejects(redeem(bench, twice.code, twice.verifier), invalid);
  assert.equal((await get(bench, access_token, '/2/users/me')).status, 401, 'a code shown twice costs its tokens');
});

test('the token endpoint wants the client to sign in by Basic', async (context) => {
  const bench = await start(context);
  const { refresh_token = '' } = await connect(bench);
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token, client_id: client.client_id });
  const bare = await fetch(bench.server.token_endpoint ?? '', { method: 'POST', body });
  const refusal = { error: 'unauthorized_client', error_description: 'Missing valid authorization header' };
  assert.deepEqual([bare.status, await bare.json()], [401, refusal]);
  const wrong = oauth.ClientSecretBasic('wrong');
  const response = await oauth.refreshTokenGrantRequest(bench.server, client, wrong, refresh_token, insecure);
  // oauth4webapi reads a 401 with WWW-Authenticate as a challenge.
  await assert.rejects(oauth.processRefreshTokenResponse(bench.server, client, response), oauth.WWWAuthenticateChallengeError);
  assert.ok(await refresh(bench, refresh_token), 'neither call has spent the token');
});

test('refreshing rotates the token, and reuse of an old one kills the grant', async (context) => {
  const bench = await start(context);
  const first = await connect(bench);
  bench.clock.advance(7_200_000);
  assert.equal((await get(bench, first.access_token, '/2/users/me')).status, 401);
  const second = await refresh(bench, first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal((await get(bench, second.access_token, '/2/users/me')).status, 200);
  await assert.rejects(refresh(bench, first.refresh_token), isOauthError('invalid_request'));
  assert.equal((await get(bench, second.access_token, '/2/users/me')).status, 401);
  await assert.rejects(refresh(bench, second.refresh_token), isOauthError('invalid_request'));
  assert.deepEqual([bench.x.counts()['token.authorization_code'], bench.x.counts()['token.refresh_token']], [1, 3]);
});

test('a refresh whose answer is lost has spent the old token', async (context) => {
  const bench = await start(context);
  const first = await connect(bench);
  bench.x.faults.loseNext(1, '/2/oauth2/token');
  await assert.rejects(refresh(bench, first.refresh_token), TypeError);
  await assert.rejects(refresh(bench, first.refresh_token), isOauthError('invalid_request'));
});

test('revocation ends the grant', async (context) => {
  const bench = await start(context);
  const tokens = await connect(bench);
  const response = await oauth.revocationRequest(bench.server, client, secret, tokens.refresh_token ?? '', insecure);
  assert.deepEqual(await response.clone().json(), { revoked: true });
  await oauth.processRevocationResponse(response);
  assert.equal((await get(bench, tokens.access_token, '/2/users/me')).status, 401);
  await assert.rejects(refresh(bench, tokens.refresh_token), isOauthError('invalid_request'));
});

test('follower pages close, hold everyone once, newest first, and stay whole while people come and go', async (context) => {
  const bench = await start(context);
  const { access_token } = await connect(bench, { account: 'heronandpine' });
  const { world } = bench.x;
  const [account] = world.accounts;
  const id = account?.id ?? '';
  world.freeze(true);
  const expected = world.followersOf(id);
  const seen: string[] = [];
  let token: string | undefined;
  let pages = 0;
  do {
    const cursor = token === undefined ? '' : `&pagination_token=${token}`;
    const body = await bodyOf(await get(bench, access_token, `/2/users/${id}/followers?max_results=60${cursor}`));
    const rows = rowsOf(body);
    assert.equal(body.meta?.result_count, rows.length);
    assert.equal(body.meta?.previous_token === undefined, pages === 0);
    seen.push(...rows.map((row) => row.id));
    token = body.meta?.next_token;
    pages += 1;
    // The last person read leaves, and someone new comes in front: neither may shift the rest.
    if (pages === 2) world.unfollow(id, seen.at(-1) ?? '');
    if (pages === 2) world.follow(id);
  } while (token !== undefined && pages < 50);
  assert.deepEqual(seen, expected.map((person) => person.id));
  assert.equal(pages, Math.ceil(expected.length / 60));
  assert.equal(bench.x.counts()['users.followers'], pages);
});

test('previous_token leads back, the default page has 100, and a token of another list is refused', async (context) => {
  const bench = await start(context);
  const { access_token } = await connect(bench);
  const [one, two] = bench.x.world.accounts;
  const list = async (query: string, id = one?.id): Promise<XBody> =>
    bodyOf(await get(bench, access_token, `/2/users/${id}/followers?${query}`));
  const first = await list('');
  assert.equal(first.meta?.result_count, 100);
  const second = await list(`pagination_token=${first.meta?.next_token}`);
  const back = await list(`pagination_token=${second.meta?.previous_token}`);
  assert.deepEqual(back, first);
  assert.equal((await list(`pagination_token=${first.meta?.next_token}`, two?.id)).title, 'Invalid Request');
});

test('what X refuses, it refuses in its form', async (context) => {
  const bench = await start(context);
  const { access_token } = await connect(bench);
  const id = bench.x.world.accounts[0]?.id;
  for (const path of [
    `/2/users/${id}/followers?max_results=1001`, `/2/users/${id}/followers?max_results=0`, `/2/users/${id}/followers?pagination_token=x`,
    `/2/users/${id}/followers?cursor=1`, '/2/users/heron', '/2/users', '/2/users/me?user.fields=shoe_size',
    `/2/users?ids=${'1,'.repeat(101)}`,
  ]) {
    const response = await get(bench, access_token, path);
    const body = await bodyOf(response);
    assert.deepEqual([response.status, body.title, body.errors?.length], [400, 'Invalid Request', 1], path);
    assert.ok(typeof body.errors?.[0]?.['message'] === 'string' && response.headers.has('x-rate-limit-remaining'));
  }
  const unsigned = await fetch(`${bench.x.origin}/2/users/me`);
  assert.equal(unsigned.status, 401);
  assert.deepEqual(await unsigned.json(), { title: 'Unauthorized', detail: 'Unauthorized', type: 'about:blank', status: 401 });
  const narrow = await connect(bench, { scope: 'tweet.read users.read' });
  assert.equal((await get(bench, narrow.access_token, `/2/users/${id}/followers`)).status, 403);
});

test('people who are gone are told apart: suspended, deactivated, and those who only left', async (context) => {
  const bench = await start(context);
  const { access_token } = await connect(bench);
  const { world } = bench.x;
  const id = world.accounts[0]?.id ?? '';
  const [suspended, deactivated, left] = world.followersOf(id);
  assert.ok(suspended && deactivated && left);
  world.setState(suspended.id, 'suspended');
  world.setState(deactivated.id, 'deactivated');
  world.unfollow(id, left.id);
  const one = await get(bench, access_token, `/2/users/${suspended.id}`);
  const error = (await bodyOf(one)).errors?.[0];
  assert.deepEqual([one.status, error?.['detail']], [200, `User has been suspended: [${suspended.id}].`]);
  assert.match(String(error?.['type']), /resource-not-found$/);
  const many = await bodyOf(await get(bench, access_token, `/2/users?ids=${suspended.id},${left.id},${deactivated.id}`));
  assert.deepEqual(rowsOf(many).map((row) => row.username), [left.handle]);
  assert.deepEqual(many.errors?.map((one) => one['resource_id']), [suspended.id, deactivated.id]);
  assert.match(String(many.errors?.[1]?.['detail']), /^Could not find user/);
});

test('300 follower calls in 15 minutes, then 429 until the window ends, for this account alone', async (context) => {
  const bench = await start(context);
  const { access_token } = await connect(bench, { account: 'tidewatercoop' });
  const other = await connect(bench, { account: 'mirelavance' });
  const path = '/2/users/1620011858842337284/followers?max_results=1';
  const first = await get(bench, access_token, path);
  const headers = ['x-rate-limit-limit', 'x-rate-limit-remaining'].map((name) => first.headers.get(name));
  assert.deepEqual(headers, ['300', '299']);
  const reset = Number(first.headers.get('x-rate-limit-reset')) * 1000;
  assert.equal(reset, bench.clock.now().getTime() + 900_000);
  for (let call = 2; call <= 300; call += 1) await (await get(bench, access_token, path)).arrayBuffer();
  const refused = await get(bench, access_token, path);
  assert.deepEqual([refused.status, refused.headers.get('x-rate-limit-remaining')], [429, '0']);
  assert.deepEqual(await refused.json(), { title: 'Too Many Requests', detail: 'Too Many Requests', type: 'about:blank', status: 429 });
  assert.equal((await get(bench, other.access_token, path)).status, 200);
  bench.clock.set(new Date(reset));
  assert.equal((await get(bench, access_token, path)).status, 200);
});

test('each fault shows as it would on the network', async (context) => {
  const bench = await start(context);
  const tokens = await connect(bench);
  const { faults, world } = bench.x;
  const id = world.accounts[0]?.id ?? '';
  const list = async (): Promise<Response> => get(bench, tokens.access_token, `/2/users/${id}/followers?max_results=1000`);
  faults.rateLimitNext(1, '/2/users/');
  const limited = await list();
  assert.deepEqual([limited.status, limited.headers.get('x-rate-limit-remaining')], [429, '0']);
  assert.ok(Number(limited.headers.get('x-rate-limit-reset')) * 1000 > bench.clock.now().getTime());
  faults.failNext(1, 503);
  assert.equal((await bodyOf(await list())).status, 503);
  faults.truncateFollowersAt(40);
  const cut = await bodyOf(await list());
  assert.deepEqual([cut.meta?.result_count, cut.meta?.next_token], [40, undefined]);
  faults.reset();
  faults.hideFollowers(true);
  assert.deepEqual(await bodyOf(await list()), { meta: { result_count: 0 } });
  faults.reset();
  assert.equal((await bodyOf(await list())).meta?.result_count, world.followersOf(id).length);
  faults.skewCount(17);
  const me = await (await get(bench, tokens.access_token, '/2/users/me?user.fields=public_metrics')).text();
  assert.ok(me.includes(`"followers_count":${world.followersOf(id).length + 17}`));
  faults.expireTokens();
  assert.equal((await list()).status, 401);
  const renewed = await refresh(bench, tokens.refresh_token);
  assert.equal((await get(bench, renewed.access_token, '/2/users/me')).status, 200);
  faults.revokeGrants();
  assert.equal((await get(bench, renewed.access_token, '/2/users/me')).status, 401);
  await assert.rejects(refresh(bench, renewed.refresh_token), isOauthError('invalid_request'));
});

test('a restart keeps grants, changes by hand and the graph', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-x-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const stateFile = join(folder, 'x.json');
  const clock = createManualClock(new Date('2026-11-24T09:00:00Z'));
  const options = { clock, seed: 3, port: 0, stateFile, followersAtOrigin: 250 };
  const before = await startXSimulator(options);
  const tokens = await connect({ x: before, clock, server: serverAt(before.origin) });
  const id = before.world.accounts[0]?.id ?? '';
  const added = before.world.follow(id);
  await before.close();
  clock.advance(3 * 86_400_000);
  const after = await startXSimulator(options);
  context.after(() => after.close());
  const bench = { x: after, clock, server: serverAt(after.origin) };
  assert.ok(after.world.followersOf(id).some((person) => person.id === added.id));
  assert.equal((await get(bench, tokens.access_token, '/2/users/me')).status, 401, 'expired meanwhile');
  const renewed = await refresh(bench, tokens.refresh_token);
  assert.equal((await get(bench, renewed.access_token, '/2/users/me')).status, 200);
});
