import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '../provider.ts';
import { readCursor, readNextCursor } from './link-header.ts';

const page = 'https://mastodon.social/api/v1/accounts/1/followers?limit=80&';

test('the next place is found in every form that RFC 8288 allows', () => {
  for (const header of [
    `<${page}max_id=7163058>; rel="next", <${page}since_id=7275607>; rel="prev"`,
    `<${page}since_id=7275607>; rel=prev,<${page}max_id=7163058>;rel=next`,
    `<${page}max_id=7163058>; title="a, \\; b"; rel="next last"`.replace('\\', ''),
    '</api/v1/accounts/1/followers?max_id=7163058>; REL="Next"',
  ]) {
    assert.equal(readNextCursor(header), 'max_id=7163058', header);
  }
});

test('a list without a next page is closed', () => {
  assert.equal(readNextCursor(null), null);
  assert.equal(readNextCursor(`<${page}since_id=7275607>; rel="prev"`), null);
});

test('only the place is taken from the address: neither host nor foreign parameters', () => {
  assert.equal(readNextCursor('<https://evil.example/steal?max_id=5&access_token=x>; rel="next"'), 'max_id=5');
  assert.equal(readCursor('max_id=5&limit=1&resolve=true').toString(), 'max_id=5');
});

test('a next page that names no place is garbled: it would be the first page for ever', () => {
  for (const header of [`<${page}>; rel="next"`, `<${page}max_id=%0a>; rel="next"`, '<>; rel="next"']) {
    assert.throws(() => readNextCursor(header), (error) => error instanceof ProviderError && error.kind === 'garbled', header);
  }
});

test('a cursor of another list is refused', () => {
  assert.throws(() => readCursor('nonsense'), (error) => error instanceof ProviderError && error.kind === 'rejected');
  assert.equal(readCursor(null).size, 0);
});
