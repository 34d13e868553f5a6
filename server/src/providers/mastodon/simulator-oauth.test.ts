import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { authorizeUrl, closeAll, consent, get, insecure, mainAccount, readObject } from './simulator-visitor.ts';
import { redirectUri, register, scope, signIn, start, tokenOf } from './simulator-visitor.ts';

afterEach(closeAll);

test('an independent OAuth client signs in, by secret in the body and by Basic', async () => {
  const { origin } = await start();
  const app = await register(origin);
  for (const auth of [oauth.ClientSecretPost(app.secret), oauth.ClientSecretBasic(app.secret)]) {
    const token = await signIn(app, auth);
    assert.equal(token.token_type, 'bearer');
    assert.equal(token.scope, scope);
    assert.equal(token['created_at'], Date.parse('2026-11-20T10:00:00Z') / 1000);
    assert.equal(token.expires_in, undefined);
    assert.equal(token.refresh_token, undefined);
    const me = readObject(await (await get(origin, '/api/v1/accounts/verify_credentials', token.access_token)).json());
    assert.equal(me['id'], mainAccount);
  }
});

test('denied consent comes back as access_denied with the state', async () => {
  const { origin } = await start();
  const target = await consent(authorizeUrl(await register(origin), { state: 'st' }), 'deny');
  assert.equal(target.searchParams.get('error'), 'access_denied');
  assert.equal(target.searchParams.get('state'), 'st');
  assert.equal(target.searchParams.has('code'), false);
});

test('the authorize page refuses unknown clients, other redirects and scopes that were not registered', async () => {
  const { origin } = await start();
  const app = await register(origin);
  const wrong = [{ client_id: 'x' }, { redirect_uri: 'https://evil.example/' }, { scope: 'write:statuses' }, { scope: 'read' }];
  for (const change of [...wrong, { code_challenge: 'x', code_challenge_method: 'plain' }]) {
    const page = await fetch(authorizeUrl(app, change), { redirect: 'manual' });
    assert.ok(page.status === 400 || page.status === 401, JSON.stringify(change));
  }
});

test('a code works once, with its own verifier, redirect and client', async () => {
  const { origin } = await start();
  const app = await register(origin);
  const other = await register(origin);
  const verifier = oauth.generateRandomCodeVerifier();
  const challenge = await oauth.calculatePKCECodeChallenge(verifier);
  const target = await consent(authorizeUrl(app, { code_challenge: challenge, code_challenge_method: 'S256' }), 'allow');
  const good = {
    grant_type: 'authorization_code',
    code: target.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    client_id: app.client.client_id,
    client_secret: app.secret,
    code_verifier: verifier,
  };
  const exchange = async (change: Readonly<Record<string, string>>): Promise<[number, unknown]> => {
    const response = await fetch(`${origin}/oauth/token`, { method: 'POST', body: new URLSearchParams({ ...good, ...change }) });
    return [response.status, readObject(await response.json())['error']];
  };
  assert.deepEqual(await exchange({ code_verifier: oauth.generateRandomCodeVerifier() }), [400, 'invalid_grant']);
  assert.deepEqual(await exchange({ code_verifier: '' }), [400, 'invalid_request']);
  assert.deepEqual(await exchange({ redirect_uri: 'https://other.example/' }), [400, 'invalid_grant']);
  assert.deepEqual(await exchange({ client_id: other.client.client_id, client_secret: other.secret }), [400, 'invalid_grant']);
  assert.deepEqual(await exchange({ client_secret: 'wrong' }), [401, 'invalid_client']);
  assert.deepEqual(await exchange({ grant_type: 'refresh_token' }), [400, 'unsupported_grant_type']);
  assert.deepEqual(await exchange({}), [200, undefined]);
  assert.deepEqual(await exchange({}), [400, 'invalid_grant']);
});

test('app registration takes JSON too and refuses what Mastodon refuses', async () => {
  const { origin } = await start();
  const send = async (body: object): Promise<Response> =>
    await fetch(`${origin}/api/v1/apps`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const fine = await send({ client_name: 'R', redirect_uris: [redirectUri, 'https://b.example/'], scopes: 'read' });
  assert.equal(fine.status, 200);
  assert.deepEqual(readObject(await fine.json())['redirect_uris'], [redirectUri, 'https://b.example/']);
  const named = { client_name: 'R', redirect_uris: redirectUri };
  for (const body of [{ redirect_uris: redirectUri }, { client_name: 'R' }, { ...named, scopes: 'no:such' }]) {
    assert.equal((await send(body)).status, 422);
  }
});

test('the same app and person get the same token again, and revoking it ends both', async () => {
  const { origin } = await start();
  const app = await register(origin);
  const first = await signIn(app);
  const second = await signIn(app);
  assert.equal(second.access_token, first.access_token);
  assert.notEqual((await signIn(app, undefined, '108911223344556677')).access_token, first.access_token);
  const auth = oauth.ClientSecretPost(app.secret);
  const revocation = await oauth.revocationRequest(app.server, app.client, auth, first.access_token, insecure);
  await oauth.processRevocationResponse(revocation);
  const after = await get(origin, '/api/v1/accounts/verify_credentials', second.access_token);
  assert.deepEqual([after.status, await after.json()], [401, { error: 'The access token was revoked' }]);
});

test('no token, a wrong token and a token without the scope are refused in Mastodon words', async () => {
  const { origin } = await start();
  for (const token of [undefined, 'nonsense']) {
    const response = await get(origin, '/api/v1/accounts/verify_credentials', token);
    assert.deepEqual([response.status, await response.json()], [401, { error: 'The access token is invalid' }]);
  }
  const app = await register(origin);
  const url = authorizeUrl(app, { scope: 'profile' });
  const code = (await consent(url, 'allow')).searchParams.get('code') ?? '';
  const asked = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
  const body = new URLSearchParams({ ...asked, client_id: app.client.client_id, client_secret: app.secret });
  const token = String(readObject(await (await fetch(`${origin}/oauth/token`, { method: 'POST', body })).json())['access_token']);
  assert.equal((await get(origin, '/api/v1/accounts/verify_credentials', token)).status, 200);
  assert.equal((await get(origin, `/api/v1/accounts/${mainAccount}/followers`, token)).status, 403);
});

test('expired and revoked tokens are refused, each with its reason', async () => {
  const { origin, faults } = await start();
  const token = await tokenOf(origin);
  const ask = async (): Promise<unknown> => await (await get(origin, '/api/v1/accounts/verify_credentials', token)).json();
  faults.expireTokens();
  assert.deepEqual(await ask(), { error: 'The access token expired' });
  faults.revokeGrants();
  assert.deepEqual(await ask(), { error: 'The access token was revoked' });
  assert.notEqual(await tokenOf(origin), token);
});

test('apps and tokens outlive a restart, and requests are counted by route', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mastodon-simulator-'));
  try {
    const stateFile = join(folder, 'state.json');
    const first = await start({ stateFile });
    const app = await register(first.origin);
    const token = (await signIn(app)).access_token;
    assert.deepEqual(first.counts(), { metadata: 1, registerApp: 1, authorize: 1, decide: 1, token: 1 });
    await closeAll();
    const second = await start({ stateFile });
    assert.equal((await get(second.origin, '/api/v1/accounts/verify_credentials', token)).status, 200);
    const { origin } = second;
    const server = { ...app.server, token_endpoint: `${origin}/oauth/token`, authorization_endpoint: `${origin}/oauth/authorize` };
    assert.equal((await signIn({ ...app, server })).access_token, token);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
