import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProvider } from './manifest-check.ts';
import type { Manifest } from './provider.ts';
import { createProviders, missingSettings } from './registry.ts';
import { expectFailure, scriptNetwork } from './scripted-network.ts';
import { startSimulators } from './simulators.ts';

const { environment, clock } = scriptNetwork({ X_CLIENT_ID: 'client' });
const providers = createProviders(() => environment);
const signal = new AbortController().signal;

test('every network is listed once, in order, and does exactly what it declares', () => {
  assert.deepEqual(providers.list().map(({ manifest }) => manifest.id), ['instagram', 'x', 'bluesky', 'mastodon', 'threads']);
  for (const provider of providers.list()) {
    assert.deepEqual(checkProvider(provider), []);
    assert.equal(providers.get(provider.manifest.id), provider);
    for (const { scope, reason } of provider.manifest.scopes) assert.ok(scope !== '' && reason !== '');
  }
  assert.equal(providers.get('myspace'), null);
  assert.equal(providers.get('__proto__'), null);
});

test('a capability without its function, a function without its capability and a silent gap are all found', () => {
  const x = providers.get('x') ?? assert.fail('no X');
  const { revoke: _revoke, ...without } = x;
  assert.match(checkProvider(without).join(), /declares revoke without revoke/);
  const broken = (over: Partial<Manifest>): string => checkProvider({ ...x, manifest: { ...x.manifest, ...over } }).join();
  assert.match(broken({ capabilities: [] }), /has refresh without refresh.*has listFollowers without followers/);
  assert.match(broken({ followers: null, limitation: null }), /followers settings.*does not say what to do/);
  assert.match(broken({ appPassword: { place: 'Settings', handleExample: 'name', passwordExample: 'xxxx' } }), /appPassword/);
  assert.match(broken({ exportGuide: null }), /exportGuide and import/);
});

test('a network that only takes data exports refuses to be connected', async () => {
  const threads = providers.get('threads') ?? assert.fail('no Threads');
  await expectFailure('notSupported', threads.startConsent({ state: 's', redirectUri: 'https://r.example', address: null, signal }));
});

test('missing settings are named for the real network and never asked for when it is simulated', () => {
  const { manifest } = providers.get('instagram') ?? assert.fail('no Instagram');
  assert.deepEqual(missingSettings(manifest, environment), ['INSTAGRAM_APP_ID', 'INSTAGRAM_APP_SECRET']);
  assert.deepEqual(missingSettings(manifest, { ...environment, simulatorOrigin: 'http://127.0.0.1:1' }), []);
});

test('only the asked-for networks are simulated, and a wrong name says which there are', async () => {
  const simulators = await startSimulators({ clock, dataDirectory: null, which: ['x'], basePort: 0 });
  try {
    assert.match(simulators.originOf('x') ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(simulators.originOf('instagram'), null);
  } finally {
    await simulators.close();
  }
  await assert.rejects(startSimulators({ clock, dataDirectory: null, which: ['y'], basePort: 0 }), /instagram, x, bluesky, mastodon/);
});
