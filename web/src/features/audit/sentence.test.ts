import assert from 'node:assert/strict';
import { test } from 'node:test';

import { detailsOf, differencesOf, sentenceOf } from './sentence.ts';

const entity = { type: 'account', id: null, name: '@ada' };

test('an action reads as a sentence around the name of its object', () => {
  assert.deepEqual(sentenceOf({ action: 'sync:complete', entity }), { before: 'finished a sync of ', entity: '@ada', after: '' });
  assert.deepEqual(sentenceOf({ action: 'user:sign-in', entity }), { before: 'signed in', entity: null, after: '' });
  assert.equal(sentenceOf({ action: 'sync:complete', entity: { ...entity, name: null } }).entity, 'a deleted account');
});

test('an action of a newer version is shown as it is, not hidden', () => {
  assert.equal(sentenceOf({ action: 'future:thing', entity }).before, 'future:thing');
  assert.equal(sentenceOf({ action: 'toString', entity }).before, 'toString');
});

test('only what changed is shown as a difference, the rest as details', () => {
  const metadata = { before: { role: 'editor', name: 'Ada' }, after: { role: 'admin', name: 'Ada' }, reason: 'asked' };
  assert.deepEqual(differencesOf(metadata), [{ name: 'role', before: 'editor', after: 'admin' }]);
  assert.deepEqual(detailsOf(metadata), [{ name: 'reason', value: 'asked' }]);
  assert.equal(differencesOf({ before: 'x' }), null);
  assert.deepEqual(detailsOf({ before: 'x', gone: null }), [{ name: 'before', value: 'x' }, { name: 'gone', value: 'none' }]);
});
