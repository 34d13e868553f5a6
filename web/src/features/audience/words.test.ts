import assert from 'node:assert/strict';
import { test } from 'node:test';

import { handleOf, nameOf, profileLinkOf } from './words.ts';

test('a person without a name is called by the handle, and one without either still has a word', () => {
  assert.equal(nameOf({ name: 'Ada Lovelace', handle: 'ada' }), 'Ada Lovelace');
  assert.equal(nameOf({ name: '  ', handle: 'ada' }), '@ada');
  assert.equal(nameOf({ name: null, handle: null }), 'Without a name');
});

test('a handle carries exactly one @', () => {
  assert.equal(handleOf({ handle: '@ada' }), '@ada');
  assert.equal(handleOf({ handle: 'ada@example.org' }), '@ada@example.org');
});

test('a profile link that a network made up to run script is not offered', () => {
  assert.equal(profileLinkOf({ profileUrl: 'javascript:alert(1)' }), null);
  assert.equal(profileLinkOf({ profileUrl: ' https://example.org' }), null);
  assert.equal(profileLinkOf({ profileUrl: 'https://example.org/@ada' }), 'https://example.org/@ada');
});
