import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '../provider.ts';
import { parseServer, serverOf } from './address.ts';

const isRefusal = (error: unknown): error is ProviderError => error instanceof ProviderError && error.kind === 'rejected';

test('a server is found in whatever was typed for it', () => {
  const links = ['https://mastodon.social/@me', ' \u200emastodon.social/@me '];
  for (const typed of ['mastodon.social', 'Mastodon.Social/', ...links, '@me@mastodon.social', 'me@mastodon.social']) {
    assert.deepEqual(parseServer(typed, null), { origin: 'https://mastodon.social', host: 'mastodon.social' }, typed);
  }
  assert.equal(parseServer('https://bücher.example', null).host, 'xn--bcher-kva.example');
});

test('what cannot be meant is refused with what to type instead', () => {
  const advice: Readonly<Record<string, RegExp>> = {
    '': /mastodon\.social/, '@me': /@me@mastodon\.social/, 'http://mastodon.social': /https:/,
    localhost: /no server name/, '127.0.0.1': /no server name/,
    'two words.social': /no server address/, 'https://me:word@mastodon.social': /password/,
  };
  for (const [typed, words] of Object.entries(advice)) {
    assert.throws(() => parseServer(typed, null), (error) => isRefusal(error) && words.test(error.message), typed);
  }
});

test('the simulator keeps its name wherever it listens', () => {
  assert.deepEqual(parseServer(null, 'http://127.0.0.1:4001'), { origin: 'http://127.0.0.1:4001', host: 'mastodon.simulated' });
  assert.deepEqual(serverOf('mastodon.simulated', 'http://127.0.0.1:4002').origin, 'http://127.0.0.1:4002');
});
