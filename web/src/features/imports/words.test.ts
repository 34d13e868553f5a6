import assert from 'node:assert/strict';
import { test } from 'node:test';

import { instantOfDay } from './list-date.ts';
import { parseImportSearch } from './search.ts';
import { describePreview, type Preview } from './words.ts';

const preview: Preview = {
  dialect: 'instagram-json', network: 'instagram', owner: 'ada', dated: '2026-11-12T12:00:00.000Z', datedBy: 'export',
  followers: 10431, following: 312,
  gained: 87, lost: 31, returned: 0, first: false, rangeOnly: false, warnings: [], sample: [],
};

test('the preview says how many, of when, who is new and who is gone', () => {
  assert.match(describePreview(preview, 'UTC'), /^10,431 followers, dated (?:12 Nov|Nov 12,) 2026\. This will show 87 new and 31 gone\.$/);
});

test('a first list claims nobody as new', () => {
  const text = describePreview({ ...preview, first: true, gained: 10431, lost: 0 }, 'UTC');
  assert.match(text, /starting point: nobody is new/);
  assert.doesNotMatch(text, /will show 10,431/);
});

test('an export of some dates never says that anyone is gone', () => {
  const text = describePreview({ ...preview, rangeOnly: true }, 'UTC');
  assert.match(text, /only some dates/);
  assert.doesNotMatch(text, /\bgone\b/);
});

test('a day stands for its noon in the zone of the workspace', () => {
  const later = Date.parse('2027-01-01T00:00:00Z');
  assert.equal(instantOfDay('2026-11-12', 'Europe/Berlin', later), '2026-11-12T11:00:00.000Z');
});

test('a list is never dated in the future', () => {
  const now = Date.parse('2026-11-12T07:00:00Z');
  assert.equal(instantOfDay('2026-11-12', 'UTC', now), '2026-11-12T07:00:00.000Z');
});

test('an address keeps a network by its id and drops what can be none', () => {
  assert.deepEqual(parseImportSearch({ network: 'x' }), { network: 'x' });
  assert.deepEqual(parseImportSearch({ network: ['x'], id: 'x' }), {});
  assert.deepEqual(parseImportSearch({ network: 'x'.repeat(33) }), {});
});
