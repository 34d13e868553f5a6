import assert from 'node:assert/strict';
import { test } from 'node:test';

import { matchPress, nameOfPress } from './keyboard.ts';

const known = ['g d', 'g a', '?', 'mod+k', 'n'];

test('a press is named as shortcuts write it, and presses with Alt are left to the system', () => {
  assert.equal(nameOfPress({ key: 'K', hasCommand: true, hasAlt: false }), 'mod+k');
  assert.equal(nameOfPress({ key: '?', hasCommand: false, hasAlt: false }), '?');
  assert.equal(nameOfPress({ key: 'd', hasCommand: false, hasAlt: true }), null);
  assert.equal(nameOfPress({ key: 'Enter', hasCommand: false, hasAlt: false }), null);
});

test('a sequence waits for its second key, and a wrong second key does nothing by half', () => {
  assert.deepEqual(matchPress('g', null, known), { keys: null, pending: 'g' });
  assert.deepEqual(matchPress('d', 'g', known), { keys: 'g d', pending: null });
  assert.deepEqual(matchPress('x', 'g', known), { keys: null, pending: null });
  assert.deepEqual(matchPress('d', null, known), { keys: null, pending: null });
  assert.deepEqual(matchPress('n', 'g', known), { keys: 'n', pending: null });
});

test('left and right are keys of their own, and stay with the system when a command key is held', () => {
  assert.equal(nameOfPress({ key: 'ArrowLeft', hasCommand: false, hasAlt: false }), 'left');
  assert.equal(nameOfPress({ key: 'ArrowRight', hasCommand: true, hasAlt: false }), null);
  assert.equal(nameOfPress({ key: 'ArrowLeft', hasCommand: false, hasAlt: true }), null);
});
