import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { JoseKey, type OAuthServerAgent } from '@atproto/oauth-client-node';
import { closeAll, consent, createVisitor, redirectUri, refresh, signIn, start, storedOf, type Visitor } from './simulator-visitor.ts';

const verifier = 'v'.repeat(64);

afterEach(closeAll);

/** The client's own protocol engine with a key of the test's choice. */
async function createAgent(visitor: Visitor, origin: string, key: JoseKey): Promise<OAuthServerAgent> {
  const metadata = await visitor.client.oauthResolver.getAuthorizationServerMetadata(origin);
  return await visitor.client.serverFactory.fromMetadata(metadata, { method: 'none' }, key);
}

interface Pushed {
  readonly redirect_uri: string;
  readonly code_challenge: string;
  readonly code_challenge_method: string;
}

/** Pushes a request and agrees to it; answers the code. */
async function fetchCode(visitor: Visitor, agent: OAuthServerAgent, change: Partial<Pushed> = {}): Promise<string> {
  const { client_id: clientId } = visitor.client.clientMetadata;
  const request: Record<string, string> = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'atproto transition:generic',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...change,
  };
  const { request_uri: requestUri } = await pushForm(agent, request);
  const url = new URL(agent.serverMetadata.authorization_endpoint);
  url.searchParams.set('client_id', clientId);
  url.searchParams.set('request_uri', requestUri);
  return (await consent(url, 'allow')).searchParams.get('code') ?? '';
}

// The wrong values under test are outside the library's parameter type, which is erased here; the server judges them.
async function pushForm(agent: OAuthServerAgent, form: Record<string, string>): Promise<{ request_uri: string }> {
  return await agent.request('pushed_authorization_request', form as never);
}

test('a code goes only to the key, verifier and redirect that it was asked with', async () => {
  const { origin } = await start();
  const visitor = createVisitor(origin);
  const agent = await createAgent(visitor, origin, await JoseKey.generate(['ES256']));
  const stranger = await createAgent(visitor, origin, await JoseKey.generate(['ES256']));
  const code = async (): Promise<string> => await fetchCode(visitor, agent);
  assert.match((await agent.exchangeCode(await code(), verifier, redirectUri)).sub, /^did:plc:/);
  await assert.rejects(async () => await agent.exchangeCode(await code(), 'w'.repeat(64), redirectUri), /code_verifier/);
  await assert.rejects(async () => await agent.exchangeCode(await code(), undefined, redirectUri), /code_verifier/);
  await assert.rejects(async () => await agent.exchangeCode(await code(), verifier, 'http://127.0.0.1:4001/callback'), /redirect_uri/);
  await assert.rejects(async () => await stranger.exchangeCode(await code(), verifier, redirectUri), /expected JKT/);
});

test('a pushed request needs PKCE with S256 and a redirect of the client', async () => {
  const { origin } = await start();
  const visitor = createVisitor(origin);
  const agent = await createAgent(visitor, origin, await JoseKey.generate(['ES256']));
  await assert.rejects(async () => await fetchCode(visitor, agent, { code_challenge: '' }), /PKCE/);
  await assert.rejects(async () => await fetchCode(visitor, agent, { code_challenge_method: 'plain' }), /PKCE/);
  for (const other of ['https://evil.example/callback', 'http://127.0.0.1:4000/other', 'http://127.0.0.1:4001/callback']) {
    await assert.rejects(async () => await fetchCode(visitor, agent, { redirect_uri: other }), /redirect_uri/);
  }
});

test('a refresh token in the hands of another key ends the session', async () => {
  const { origin } = await start();
  const visitor = createVisitor(origin);
  const session = await signIn(visitor);
  const saved = storedOf(visitor, session.did);
  const stranger = await createAgent(visitor, origin, await JoseKey.generate(['ES256']));
  await assert.rejects(async () => await stranger.refresh(saved.tokenSet), /expected JKT/);
  await assert.rejects(async () => await refresh(visitor, session.did), /Invalid refresh token/);
});
