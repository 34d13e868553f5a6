import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createFleetingMemory } from '../fleeting-memory.ts';
import type { Provider } from '../provider.ts';
import { expectFailure, scriptNetwork, type ScriptedNetwork } from '../scripted-network.ts';
import { createMastodonProvider } from './index.ts';

const redirectUri = 'https://rookery.example/api/oauth/mastodon/callback';
const origin = 'https://mastodon.social';
const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers });
/** As Mastodon 4.3 answers it (docs.joinmastodon.org/methods/oauth). */
const metadata = {
  issuer: `${origin}/`, authorization_endpoint: `${origin}/oauth/authorize`, token_endpoint: `${origin}/oauth/token`,
  app_registration_endpoint: `${origin}/api/v1/apps`, revocation_endpoint: `${origin}/oauth/revoke`,
  code_challenge_methods_supported: ['S256'],
};
const app = { id: '1', client_id: 'our-client-id', client_secret: 'our-client-secret' };
const account = { id: '109', acct: 'me', display_name: 'M &amp; e', url: `${origin}/@me`, followers_count: 3, statuses_count: 1 };

function open(): { network: ScriptedNetwork; provider: Provider } {
  const network = scriptNetwork({});
  return { network, provider: createMastodonProvider({ ...network.environment, memory: createFleetingMemory() }) };
}

const start = (provider: Provider, address = 'mastodon.social') =>
  provider.startConsent({ state: 'our-state', redirectUri, address, signal: AbortSignal.timeout(5000) });

function finish(provider: Provider, secrets: Readonly<Record<string, string>>, iss: string | null = null) {
  const query = new URLSearchParams({ code: 'a-code', state: 'our-state' });
  const signal = AbortSignal.timeout(5000);
  return provider.finishConsent({ code: 'a-code', iss, state: 'our-state', secrets, query, redirectUri, signal });
}

test('a server of today is asked with PKCE, registered once, and answers an identity that no other server can have', async () => {
  const { network, provider } = open();
  network.answer(json(metadata), json(app));
  const { authorizeUrl, secrets } = await start(provider);
  const asked = new URL(authorizeUrl).searchParams;
  assert.deepEqual([asked.get('state'), asked.get('code_challenge_method')], ['our-state', 'S256']);
  assert.equal(asked.get('scope'), 'read:accounts read:follows read:statuses write:statuses write:media');
  const scope = 'read:accounts read:follows read:statuses write:statuses write:media';
  network.answer(json({ access_token: 'a-token', scope }), json({ domain: 'example.social' }), json(account));
  const { identity, tokens } = await finish(provider, secrets, metadata.issuer);
  const verifier = network.seen.find(({ url }) => url.pathname === '/oauth/token')?.form.get('code_verifier') ?? '';
  assert.equal(createHash('sha256').update(verifier).digest('base64url'), asked.get('code_challenge'));
  assert.deepEqual([identity.externalId, identity.handle, identity.name], ['109@mastodon.social', 'me@example.social', 'M & e']);
  assert.deepEqual([tokens.refreshToken, tokens.expiresAt], [null, null]);
});

test('an older server is asked at the classic addresses, without PKCE', async () => {
  const { network, provider } = open();
  network.answer(new Response('<html>', { status: 404 }), json(app));
  const { authorizeUrl, secrets } = await start(provider);
  assert.equal(new URL(authorizeUrl).searchParams.has('code_challenge'), false);
  assert.ok(authorizeUrl.startsWith(`${origin}/oauth/authorize?`));
  assert.equal(secrets['verifier'], undefined);
});

test('a remembered app is used again while the server knows it, and registered anew when not', async () => {
  const { network, provider } = open();
  network.answer(json(metadata), json(app));
  await start(provider);
  network.answer(json(metadata), json({ access_token: 'for-the-app' }));
  assert.equal((await start(provider)).secrets['clientId'], 'our-client-id');
  network.answer(json(metadata), json({ error: 'invalid_client' }, 401), json({ ...app, client_id: 'another-client-id' }));
  assert.equal((await start(provider)).secrets['clientId'], 'another-client-id');
  assert.deepEqual(network.seen.filter(({ url }) => url.pathname === '/api/v1/apps').length, 2);
});

test('metadata that points elsewhere is refused before anything is sent there', async () => {
  const { network, provider } = open();
  network.answer(json({ ...metadata, token_endpoint: 'https://evil.example/token' }));
  await expectFailure('garbled', start(provider));
  network.answer(json({ ...metadata, issuer: 'https://social.example/' }));
  assert.match((await expectFailure('rejected', start(provider))).message, /social\.example/);
  assert.ok(network.seen.every(({ url }) => url.origin === origin));
});

test('an answer of another issuer is refused before the code is sent', async () => {
  const { network, provider } = open();
  network.answer(json(metadata), json(app));
  const { secrets } = await start(provider);
  await expectFailure('rejected', finish(provider, secrets, 'https://evil.example/'), ['a-code']);
  assert.equal(network.seen.length, 2);
});

test('a server that is no Mastodon is named as such', async () => {
  const { network, provider } = open();
  network.answer(new Response('', { status: 404 }), new Response('', { status: 404 }));
  assert.match((await expectFailure('rejected', start(provider))).message, /does not look like a Mastodon server/);
});
