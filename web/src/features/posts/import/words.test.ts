import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chooseColumn, wordsOf } from './words.ts';

test('a column that takes a meaning takes it from the other that had it', () => {
  assert.equal(chooseColumn(['when', null, 'text'], 1, 'text'), 'when,text,-');
  assert.equal(chooseColumn(['when', 'text'], 0, null), '-,text');
  assert.equal(chooseColumn([null, null, 'text'], 0, 'labels'), 'labels,-,text');
});

test('a row without a time says that it becomes a draft, and one that is left out does not', () => {
  assert.equal(wordsOf({ state: 'ready', dueAt: null }).word, 'Draft');
  assert.equal(wordsOf({ state: 'ready', dueAt: '2026-12-01T09:00:00.000Z' }).word, 'Ready');
  assert.equal(wordsOf({ state: 'problem', dueAt: null }).word, 'Left out');
});
