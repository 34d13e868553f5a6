import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeSavedSession } from '@atproto/oauth-client-node';
import { createManualClock } from '../../platform/clock.ts';
import { packSession, serverHostOf, unpackSession } from './session.ts';

const session: NodeSavedSession = {
  dpopJwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'private', kid: 'key' },
  authMethod: { method: 'none' },
  tokenSet: {
    iss: 'https://bsky.social', sub: 'did:plc:z72i7hdynmk6r22z27h6tvur', aud: 'https://pds.example', scope: 'atproto', token_type: 'DPoP',
    access_token: 'the-access', refresh_token: 'the-refresh', expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  },
};

test('a session survives being kept, and each token stands in one place only', () => {
  const tokens = packSession(session, 'https://rookery.example/callback', createManualClock(new Date()));
  assert.ok(!JSON.stringify(tokens.extra).includes('the-access') && !JSON.stringify(tokens.extra).includes('the-refresh'));
  const { expires_at: _, ...tokenSet } = session.tokenSet;
  assert.deepEqual(unpackSession(tokens, { withRefreshToken: true, simulatorOrigin: null }), { ...session, tokenSet });
});

test('a call gets a session that cannot refresh itself', () => {
  const tokens = packSession(session, 'https://rookery.example/callback', createManualClock(new Date()));
  const { tokenSet } = unpackSession(tokens, { withRefreshToken: false, simulatorOrigin: null });
  assert.equal(tokenSet.refresh_token, undefined);
  assert.equal(tokenSet.expires_at, undefined);
});

test('the server of an account is read from its grant, however it was connected', () => {
  const tokens = packSession(session, 'https://rookery.example/callback', createManualClock(new Date()));
  assert.equal(serverHostOf(tokens, null), 'pds.example');
  assert.equal(serverHostOf({ ...tokens, extra: { kind: 'password', pds: 'https://other.example' } }, null), 'other.example');
  assert.throws(() => serverHostOf({ ...tokens, extra: { kind: 'password' } }, null), /Connect the account again/);
});

test("the end of a token is told in the product's time", () => {
  const clock = createManualClock(new Date('2030-01-01T00:00:00Z'));
  const expiresAt = packSession(session, 'https://rookery.example/callback', clock).expiresAt?.getTime() ?? 0;
  assert.ok(expiresAt > Date.parse('2030-01-01T00:50:00Z') && expiresAt <= Date.parse('2030-01-01T01:00:00Z'));
});
