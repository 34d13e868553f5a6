import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compact, dayParam, flagParam, idParam, parseSearch, stringifySearch, textParam, wordParam } from './search-params.ts';

test('an address reads as it was written: a figure stays text, odd letters survive', () => {
  const search = { q: '007 & co', verified: 'true' };
  assert.deepEqual(parseSearch(stringifySearch(search)), search);
  assert.equal(stringifySearch({ q: undefined, to: null, range: '' }), '');
  assert.equal(stringifySearch({ verified: false, page: 2 }), '?verified=false&page=2');
});

test('what an address may not say is dropped, not guessed', () => {
  assert.equal(wordParam({ range: '31d' }, 'range', ['7d', '30d']), undefined);
  assert.equal(wordParam({ range: '30d' }, 'range', ['7d', '30d']), '30d');
  assert.equal(flagParam({ verified: 'yes' }, 'verified'), undefined);
  assert.equal(flagParam({ verified: 'false' }, 'verified'), false);
  assert.equal(dayParam({ from: '2026-13-45' }, 'from'), undefined);
  assert.equal(dayParam({ from: '2026-11-24' }, 'from'), '2026-11-24');
  assert.equal(idParam({ account: '../admin' }, 'account'), undefined);
  assert.equal(textParam({ q: 'x'.repeat(201) }, 'q'), undefined);
  assert.deepEqual(compact({ a: undefined, b: 'x' }), { b: 'x' });
});
