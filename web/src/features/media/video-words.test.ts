import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatLength } from './video-words.ts';

test('a length reads as players show it', () => {
  assert.deepEqual([0, 7_400, 59_600, 140_000, 3_900_000].map(formatLength), ['0:00', '0:07', '1:00', '2:20', '1:05:00']);
});
