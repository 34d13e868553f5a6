import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '../provider.ts';
import { parseBlueskyAddress } from './address.ts';

const isRefusal = (error: unknown): error is ProviderError => error instanceof ProviderError && error.kind === 'rejected';
const did = 'did:plc:z72i7hdynmk6r22z27h6tvur';

test('a handle is found in whatever form it was copied', () => {
  const link = 'https://bsky.app/profile/me.bsky.social/post/3k';
  for (const typed of ['me.bsky.social', '@me.bsky.social', ' Me.Bsky.Social ', '\u202aat://me.bsky.social/\u202c', link]) {
    assert.deepEqual(parseBlueskyAddress(typed, null), { kind: 'identity', value: 'me.bsky.social' }, typed);
  }
});

test('a DID and a link to one are taken as they are', () => {
  assert.deepEqual(parseBlueskyAddress(did, null), { kind: 'identity', value: did });
  assert.deepEqual(parseBlueskyAddress(`https://bsky.app/profile/${did}`, null), { kind: 'identity', value: did });
  assert.deepEqual(parseBlueskyAddress('did:web:example.com', null), { kind: 'identity', value: 'did:web:example.com' });
});

test('a server is cut down to its origin, and nothing typed means the main server', () => {
  assert.deepEqual(parseBlueskyAddress('https://pds.example.com/path?x=1', null), { kind: 'server', value: 'https://pds.example.com' });
  assert.deepEqual(parseBlueskyAddress(null, null), { kind: 'server', value: 'https://bsky.social' });
});

test('with a simulator, nothing typed and its name both mean the simulator', () => {
  const origin = 'http://127.0.0.1:4001';
  for (const typed of [null, '', 'bluesky.simulated', origin]) {
    assert.deepEqual(parseBlueskyAddress(typed, origin), { kind: 'server', value: origin });
  }
  assert.deepEqual(parseBlueskyAddress('bluesky.simulated', null), { kind: 'identity', value: 'bluesky.simulated' });
});

test('what cannot be meant is refused with what to type instead', () => {
  const advice: Readonly<Record<string, RegExp>> = {
    me: /me\.bsky\.social/,
    'me@example.com': /e-mail/,
    'http://pds.example.com': /https:/,
    'https://name:word@pds.example.com': /password/,
    'two words': /name\.bsky\.social/,
    'did:key:zabc': /no Bluesky handle/,
    'me.-bad.social': /no Bluesky handle/,
  };
  for (const [typed, words] of Object.entries(advice)) {
    assert.throws(() => parseBlueskyAddress(typed, null), (error) => isRefusal(error) && words.test(error.message), typed);
  }
});
