import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { Agent } from '@atproto/api';
import { JoseKey, OAuthCallbackError, TokenRefreshError } from '@atproto/oauth-client-node';
import { createManualClock } from '../../platform/clock.ts';
import { closeAll, consent, createVisitor, loopbackMetadata, mainHandle, readObject } from './simulator-visitor.ts';
import { redirectUri, refresh, signIn, start, storedOf } from './simulator-visitor.ts';

afterEach(closeAll);

test('the official OAuth client signs in from a handle, with PAR, PKCE, DPoP nonces and iss', async () => {
  const { origin, world, counts } = await start();
  const session = await signIn(createVisitor(origin));
  assert.equal(session.did, world.accounts[0]?.id);
  assert.equal(counts()['par'], 2, 'the first push is answered with a nonce, the second goes through');
  const profile = await new Agent(session).getProfile({ actor: session.did });
  assert.equal(profile.data.handle, mainHandle);
  assert.equal(profile.data.followersCount, world.followersOf(session.did).length);
});

test('the account that the person named is offered first', async () => {
  const { origin, world } = await start();
  const session = await signIn(createVisitor(origin), 'maraholt.bsky.social');
  assert.equal(session.did, world.accounts[1]?.id);
});

test('denied consent reaches the client as access_denied from the right issuer', async () => {
  const { origin } = await start();
  const visitor = createVisitor(origin);
  const target = await consent(await visitor.client.authorize(mainHandle), 'deny');
  assert.equal(target.searchParams.get('error'), 'access_denied');
  assert.equal(target.searchParams.get('iss'), origin);
  await assert.rejects(async () => await visitor.client.callback(target.searchParams), OAuthCallbackError);
});

test('a confidential client with a metadata document and its own key signs in and refreshes', async () => {
  const key = await JoseKey.generate(['ES256'], 'key-1');
  const clientId = 'https://rookery.example/oauth/client-metadata.json';
  const clientMetadata: ReturnType<typeof loopbackMetadata> = {
    ...loopbackMetadata(),
    client_id: clientId,
    client_name: 'Rookery',
    application_type: 'web',
    redirect_uris: ['https://rookery.example/callback'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks_uri: 'https://rookery.example/oauth/jwks.json',
  };
  const documents = new Map<string, unknown>([
    [clientId, clientMetadata],
    ['https://rookery.example/oauth/jwks.json', { keys: [key.publicJwk] }],
  ]);
  const { origin } = await start({ fetchClient: async (input) => Response.json(documents.get(String(input))) });
  const visitor = createVisitor(origin, { clientMetadata, keyset: [key] });
  const session = await signIn(visitor);
  const before = storedOf(visitor, session.did).tokenSet;
  const after = await refresh(visitor, session.did);
  assert.notEqual(after.refresh_token, before.refresh_token);
  const stranger = createVisitor(origin, { clientMetadata, keyset: [await JoseKey.generate(['ES256'], 'key-1')] });
  await assert.rejects(async () => await stranger.client.authorize(mainHandle), /assertion/);
});

test('a pushed request is checked: PKCE, redirect, scope and the client id', async () => {
  const { origin } = await start();
  const wider = createVisitor(origin);
  await assert.rejects(async () => await wider.client.authorize(mainHandle, { scope: 'atproto transition:email' }), /not declared/);
  await assert.rejects(async () => await wider.client.authorize(mainHandle, { scope: 'transition:generic' }), /atproto/);
  const page = await fetch(`${origin}/oauth/authorize?client_id=x&request_uri=urn:ietf:params:oauth:request_uri:req-x`);
  assert.equal(page.status, 400);
  const other = new URL(await wider.client.authorize(mainHandle));
  other.searchParams.set('client_id', 'http://localhost');
  assert.equal((await fetch(other)).status, 400);
});

test('a proof is asked for, with a nonce, before anything else', async () => {
  const { origin } = await start();
  const body = new URLSearchParams({ client_id: 'http://localhost' });
  const response = await fetch(`${origin}/oauth/par`, { method: 'POST', body });
  assert.equal(response.status, 400);
  assert.equal(readObject(await response.json())['error'], 'invalid_dpop_proof');
  assert.ok(response.headers.get('dpop-nonce'));
});

test('a refresh rotates both tokens, and the access token before is dead', async () => {
  const { origin, counts } = await start();
  const visitor = createVisitor(origin);
  const session = await signIn(visitor);
  const old = storedOf(visitor, session.did);
  const fresh = await refresh(visitor, session.did);
  assert.notEqual(fresh.access_token, old.tokenSet.access_token);
  assert.notEqual(fresh.refresh_token, old.tokenSet.refresh_token);
  assert.equal((await new Agent(session).getProfile({ actor: mainHandle })).success, true);
  const used = counts()['token'];
  visitor.sessions.set(session.did, { ...old, tokenSet: { ...fresh, access_token: old.tokenSet.access_token } });
  assert.equal((await new Agent(session).getProfile({ actor: mainHandle })).success, true);
  assert.ok(Number(counts()['token']) > Number(used), 'the old access token was refused, so the client refreshed');
});

test('a refresh token used twice kills the whole session', async () => {
  const { origin } = await start();
  const visitor = createVisitor(origin);
  const session = await signIn(visitor);
  const old = storedOf(visitor, session.did);
  await refresh(visitor, session.did);
  const current = storedOf(visitor, session.did);
  visitor.sessions.set(session.did, old);
  await assert.rejects(async () => await refresh(visitor, session.did), /Refresh token replayed/);
  visitor.sessions.set(session.did, current);
  await assert.rejects(async () => await refresh(visitor, session.did), TokenRefreshError);
});

test('a code used twice kills the session that it gave', async () => {
  const { origin } = await start();
  const visitor = createVisitor(origin);
  const bodies: string[] = [];
  const spy: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.url.endsWith('/oauth/token')) bodies.push(await request.clone().text());
    return await fetch(request);
  };
  const watched = createVisitor(origin, { fetch: spy });
  const session = await signIn(watched);
  const code = new URLSearchParams(bodies.at(-1)).get('code') ?? '';
  assert.match(code, /^cod-/);
  const server = await visitor.client.oauthResolver.getAuthorizationServerMetadata(origin);
  const agent = await visitor.client.serverFactory.fromMetadata(server, { method: 'none' }, await JoseKey.generate(['ES256']));
  await assert.rejects(async () => await agent.exchangeCode(code, 'v'.repeat(43), redirectUri), /Code replayed/);
  await assert.rejects(async () => await refresh(watched, session.did), TokenRefreshError);
});

test('tokens are bound to their key: another key and a plain Bearer are refused', async () => {
  const { origin } = await start();
  const visitor = createVisitor(origin);
  const session = await signIn(visitor);
  const saved = storedOf(visitor, session.did);
  const path = `/xrpc/app.bsky.actor.getProfile?actor=${session.did}`;
  const bearer = await fetch(origin + path, { headers: { authorization: `Bearer ${saved.tokenSet.access_token}` } });
  assert.deepEqual([bearer.status, readObject(await bearer.json())['error']], [400, 'InvalidToken']);
  const stranger = await JoseKey.generate(['ES256']);
  assert.ok(stranger.privateJwk);
  const thief = createVisitor(origin);
  thief.sessions.set(session.did, { ...saved, dpopJwk: structuredClone(stranger.privateJwk) });
  const stolen = await (await thief.client.restore(session.did, false)).fetchHandler(path);
  assert.equal(stolen.status, 401);
  assert.match(stolen.headers.get('www-authenticate') ?? '', /^DPoP error="invalid_token"/);
});

test('the data server asks for its nonce by 401, and refuses a proof for another address', async () => {
  const { origin } = await start();
  const visitor = createVisitor(origin);
  const session = await signIn(visitor);
  const saved = storedOf(visitor, session.did);
  const key = await JoseKey.fromJWK({ ...saved.dpopJwk });
  const ask = async (nonce: string | undefined, htu: string, jti: string): Promise<Response> => {
    const token = saved.tokenSet.access_token;
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)));
    const claims = { iat: Math.floor(Date.now() / 1000), jti, htm: 'GET', htu, ath: Buffer.from(hash).toString('base64url'), nonce };
    assert.ok(key.bareJwk);
    const proof = await key.createJwt({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.bareJwk }, claims);
    return await fetch(`${origin}/xrpc/com.atproto.server.getSession?x=1`, { headers: { authorization: `DPoP ${token}`, dpop: proof } });
  };
  const address = `${origin}/xrpc/com.atproto.server.getSession`;
  const first = await ask(undefined, address, 'a');
  assert.equal(first.status, 401);
  assert.match(first.headers.get('www-authenticate') ?? '', /^DPoP error="use_dpop_nonce"/);
  const nonce = first.headers.get('dpop-nonce') ?? '';
  assert.equal((await ask(nonce, `${origin}/xrpc/other`, 'b')).status, 401);
  assert.equal((await ask(nonce, address, 'c')).status, 200);
  assert.equal((await ask(nonce, address, 'c')).status, 401, 'a proof works once');
});

test('expired access tokens are refreshed by the client, revoked grants are over', async () => {
  const { origin, faults, counts } = await start();
  const visitor = createVisitor(origin);
  const session = await signIn(visitor);
  const agent = new Agent(session);
  const before = Number(counts()['token']);
  faults.expireTokens();
  assert.equal((await agent.getProfile({ actor: mainHandle })).success, true);
  assert.ok(Number(counts()['token']) > before);
  faults.revokeGrants();
  await assert.rejects(async () => await agent.getProfile({ actor: mainHandle }), /Invalid token/);
  await assert.rejects(async () => await visitor.client.restore(session.did, true));
});

test('signing out revokes on the network, and the clock ends tokens', async () => {
  const clock = createManualClock(new Date('2026-11-20T10:00:00Z'));
  const { origin } = await start({ clock });
  const visitor = createVisitor(origin);
  const first = await signIn(visitor);
  const saved = storedOf(visitor, first.did);
  await first.signOut();
  visitor.sessions.set(first.did, saved);
  await assert.rejects(async () => await refresh(visitor, first.did), /Invalid refresh token/);
  const second = await signIn(visitor);
  clock.advance(13 * 86_400_000);
  assert.ok(await refresh(visitor, second.did));
  clock.advance(15 * 86_400_000);
  await assert.rejects(async () => await refresh(visitor, second.did), /Refresh token expired/);
});

test('a scope without transition:generic reads no profiles', async () => {
  const { origin } = await start();
  const session = await signIn(createVisitor(origin, { clientMetadata: loopbackMetadata('atproto') }));
  const agent = new Agent(session);
  await assert.rejects(async () => await agent.getProfile({ actor: mainHandle }), /Missing required scope/);
  assert.equal((await agent.com.atproto.server.getSession()).data.email, undefined);
});

test('sessions outlive a restart of the network', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bluesky-simulator-'));
  try {
    const stateFile = join(folder, 'state.json');
    const first = await start({ stateFile });
    const port = Number(new URL(first.origin).port);
    const visitor = createVisitor(first.origin);
    const session = await signIn(visitor);
    await closeAll();
    await start({ stateFile, port });
    assert.equal((await new Agent(session).getProfile({ actor: mainHandle })).success, true);
    assert.ok(await refresh(visitor, session.did));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
