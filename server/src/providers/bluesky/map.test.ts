import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectFailure } from '../scripted-network.ts';
import { readFollowers, readProfileView } from './map.ts';

test('what the list does not say stays unknown', () => {
  const { rows, nextCursor } = readFollowers({ followers: [{ did: 'did:plc:a', handle: 'handle.invalid', displayName: ' ' }] }, null);
  assert.deepEqual(rows, [
    {
      externalId: 'did:plc:a', handle: null, name: null, verified: null, followers: null,
      profileUrl: 'https://bsky.app/profile/did:plc:a',
    },
  ]);
  assert.equal(nextCursor, null);
});

test('verified means a valid verification, of any kind', () => {
  const verifiedOf = (verification: unknown) => readFollowers({ followers: [{ did: 'did:plc:a', verification }] }, null).rows[0]?.verified;
  assert.equal(verifiedOf({ verifiedStatus: 'valid', trustedVerifierStatus: 'none' }), true);
  assert.equal(verifiedOf({ verifiedStatus: 'none', trustedVerifierStatus: 'valid' }), true);
  assert.equal(verifiedOf({ verifiedStatus: 'invalid', trustedVerifierStatus: 'none' }), false);
});

test('an empty page with a cursor is not the end of the list', () => {
  assert.deepEqual(readFollowers({ followers: [], cursor: 'more' }, 'before'), { rows: [], nextCursor: 'more' });
});

test('a page that breaks the format is garbled, never a short list', async () => {
  const noDid = { followers: [{ handle: 'a.test' }] };
  for (const data of [{}, { followers: {} }, noDid, { followers: [], cursor: 7 }, { followers: [], cursor: 'same' }]) {
    await expectFailure('garbled', Promise.resolve().then(() => readFollowers(data, 'same')));
  }
});

test('a profile without counts has none, and its name falls back to the handle', () => {
  const profile = readProfileView({ did: 'did:plc:a', handle: 'a.test', avatar: 'javascript:alert(1)' });
  assert.deepEqual([profile.followers, profile.name, profile.avatarUrl], [null, 'a.test', null]);
});
