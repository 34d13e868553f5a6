import assert from 'node:assert/strict';
import { test } from 'node:test';

import { areaPath, linePath } from './path.ts';

const placement = { xOf: (index: number) => index * 10, yOf: (value: number) => 100 - value };

test('a gap interrupts the line: nothing is drawn across it', () => {
  assert.equal(linePath([1, 2, null, 4, 5], placement), 'M0,99L10,98M30,96L40,95');
  assert.equal(areaPath([1, 2, null, 4, 5], placement, 100), 'M0,99L10,98L10,100L0,100ZM30,96L40,95L40,100L30,100Z');
});

test('a lone value is a dot, and has no area', () => {
  assert.equal(linePath([null, 7, null], placement), 'M10,93h0');
  assert.equal(areaPath([null, 7, null], placement, 100), '');
});

test('nothing measured draws nothing', () => {
  assert.equal(linePath([null, null], placement), '');
  assert.equal(linePath([], placement), '');
});
