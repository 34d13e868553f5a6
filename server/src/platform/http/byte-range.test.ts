import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readByteRange } from './byte-range.ts';

test('one range of bytes is read as RFC 9110 has it; everything else is the whole file', () => {
  const ranges: [string | null, ReturnType<typeof readByteRange>][] = [
    [null, null], ['bytes=0-', { first: 0, last: 99 }], ['bytes=0-0', { first: 0, last: 0 }], ['bytes=10-19', { first: 10, last: 19 }], ['bytes=90-500', { first: 90, last: 99 }],
    ['bytes=-10', { first: 90, last: 99 }], ['bytes=-500', { first: 0, last: 99 }], ['bytes=-0', null], ['bytes=100-', null], ['bytes=5-4', null], ['bytes=-', null],
    ['bytes=0-1,3-4', null], ['items=0-1', null], ['bytes=a-b', null], ['bytes=9999999999999999999-', null],
  ];
  for (const [header, range] of ranges) assert.deepEqual(readByteRange(header, 100), range, String(header));
  assert.equal(readByteRange('bytes=0-', 0), null);
});
