import assert from 'node:assert/strict';
import { test } from 'node:test';

import { stepFrom } from './grid-step.ts';

test('arrows lead to the tiles around, never over an edge', () => {
  const from = (index: number, key: string): number | null => stepFrom({ index, count: 10, columns: 4 }, key);
  assert.deepEqual(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'Enter'].map((key) => from(5, key)), [4, 6, 1, 9, 0, 9, null]);
  assert.deepEqual([from(0, 'ArrowLeft'), from(9, 'ArrowRight'), from(2, 'ArrowUp'), from(7, 'ArrowDown')], [null, null, null, null]);
  assert.equal(stepFrom({ index: 0, count: 0, columns: 1 }, 'End'), null);
});
