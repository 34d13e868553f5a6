import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { expectFailure } from '../scripted-network.ts';
import { blueskyClientMetadata, chooseClientMetadata, scopes, spellOutScopes } from './client-metadata.ts';

const jwk = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), kid: 'one' };

test('a server on https describes itself at its client id, as a public client', () => {
  const metadata = blueskyClientMetadata('https://rookery.example');
  assert.equal(metadata?.client_id, 'https://rookery.example/oauth/client-metadata.json');
  assert.deepEqual(metadata?.redirect_uris, ['https://rookery.example/api/oauth/bluesky/callback']);
  assert.equal(metadata?.token_endpoint_auth_method, 'none');
});

test('with a key it is a confidential client, and the private part stays at home', () => {
  const metadata = blueskyClientMetadata('https://rookery.example', JSON.stringify(jwk));
  assert.equal(metadata?.token_endpoint_auth_method, 'private_key_jwt');
  assert.ok(!JSON.stringify(metadata).includes(jwk.d ?? ''));
  assert.throws(() => blueskyClientMetadata('https://rookery.example', '{"kty":"EC"}'), /BLUESKY_CLIENT_KEY/);
});

test('on loopback it is the development client of its own callback address', () => {
  const redirectUri = 'http://127.0.0.1:3000/api/oauth/bluesky/callback';
  const metadata = chooseClientMetadata('http://127.0.0.1:3000', redirectUri);
  assert.equal(blueskyClientMetadata('http://127.0.0.1:3000'), null);
  assert.equal(new URL(metadata.client_id ?? '').searchParams.get('redirect_uri'), redirectUri);
});

test('plain http elsewhere is refused with the two ways out', async () => {
  const baseUrl = 'http://rookery.lan';
  const choosing = Promise.resolve().then(() => chooseClientMetadata(baseUrl, `${baseUrl}/api/oauth/bluesky/callback`));
  const { message } = await expectFailure('rejected', choosing);
  assert.match(message, /https:.*app password/);
});

test('the broad scope counts as all the fine ones, which are told apart otherwise', () => {
  assert.ok(Object.values(scopes).every((scope) => spellOutScopes('atproto transition:generic').includes(scope)));
  assert.deepEqual(spellOutScopes('atproto'), ['atproto']);
});
