import assert from 'node:assert/strict';
import { test } from 'node:test';

import { linkTokenIn } from './link-token.ts';

test('a token is read from the fragment of a link, and from nothing else', () => {
  assert.deepEqual(linkTokenIn('#setup=abc'), { kind: 'setup', token: 'abc' });
  assert.deepEqual(linkTokenIn('invite=a_b-c'), { kind: 'invite', token: 'a_b-c' });
  for (const hash of ['', '#', '#main', '#setup=', '#invite']) assert.equal(linkTokenIn(hash), null);
});
