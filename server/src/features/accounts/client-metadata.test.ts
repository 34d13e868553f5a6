import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { createProviders, missingSettings } from '../../providers/registry.ts';
import { readClientMetadata } from './service.ts';

const build = (baseUrl: string, settings: Record<string, string> = {}) =>
  createProviders(() => ({ clock: systemClock, baseUrl, settings, simulatorOrigin: null, fetch: globalThis.fetch }));

test('a server on https says who it is under the address that it uses as its client id', () => {
  const document = readClientMetadata({ providers: build('https://rookery.example.org') });
  assert.equal(document['client_id'], 'https://rookery.example.org/oauth/client-metadata.json');
  assert.equal(document['token_endpoint_auth_method'], 'none');
});

test('with a key of its own it shows the public half and nothing of the private one', () => {
  const key = JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'public-x', y: 'public-y', d: 'PRIVATE', kid: 'one' });
  const text = JSON.stringify(readClientMetadata({ providers: build('https://rookery.example.org', { BLUESKY_CLIENT_KEY: key }) }));
  assert.match(text, /public-x/);
  assert.doesNotMatch(text, /PRIVATE/);
});

test('a server without https has no such document', () => {
  assert.throws(() => readClientMetadata({ providers: build('http://127.0.0.1:8390') }), (error: unknown) => error instanceof AppError && error.code === 'not-found');
});

test('a network with a switch is closed while the switch is off', () => {
  for (const id of ['bluesky', 'mastodon']) {
    const manifest = build('http://127.0.0.1:8390').get(id)?.manifest;
    assert.ok(manifest !== undefined);
    const name = `${id.toUpperCase()}_ENABLED`;
    assert.deepEqual(missingSettings(manifest, { settings: { [name]: 'off' }, simulatorOrigin: null }), [name]);
    assert.deepEqual(missingSettings(manifest, { settings: {}, simulatorOrigin: null }), [name]);
    assert.deepEqual(missingSettings(manifest, { settings: { [name]: 'on' }, simulatorOrigin: null }), []);
  }
});
