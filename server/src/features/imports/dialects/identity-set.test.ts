import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IdentitySet } from './identity-set.ts';

test('it answers as a Set does, across several growths', () => {
  const ours = new IdentitySet();
  const theirs = new Set<string>();
  for (let at = 0; at < 20_000; at += 1) {
    const identity = `person${(at * 7_919) % 9_001}`;
    assert.equal(ours.add(identity), !theirs.has(identity));
    theirs.add(identity);
  }
  assert.equal(ours.size, theirs.size);
});

test('two digests are equal exactly when the sets are', () => {
  const digest = (identities: readonly string[]): string => {
    const set = new IdentitySet();
    for (const identity of identities) set.add(identity);
    return set.digest('x');
  };
  const some = fc.uniqueArray(fc.string({ maxLength: 5 }), { maxLength: 30 });
  fc.assert(
    fc.property(some, some, (one, other) => {
      assert.equal(digest([...one].reverse().concat(one)), digest(one));
      const isEqual = one.length === other.length && one.every((identity) => other.includes(identity));
      assert.equal(digest(one) === digest(other), isEqual);
    }),
  );
});

test('the digest of a known set stays the same from version to version', () => {
  const set = new IdentitySet();
  for (const identity of ['mira.vale', 'zed', 'osei.k']) set.add(identity);
  assert.equal(set.digest('instagram'), 'cdd00fb1e163ec1aa38ad71bbdb0f8517b7915e8904a758a48670802872c5a2a');
});
