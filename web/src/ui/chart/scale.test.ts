import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { bandScale, labelIndexes, linearScale, niceTicks } from './scale.ts';
import { moveCursor } from './use-chart.ts';

describe('ticks', () => {
  test('are round, enclose the data and are at most four', () => {
    for (const [min, max] of [[23906, 24318], [0, 7], [-96, 412], [1, 1_000_000], [-3, 2], [99, 101], [0, 1]] as const) {
      const ticks = niceTicks(min, max);
      assert.ok(ticks.length >= 2 && ticks.length <= 4, `${min}..${max}: ${ticks.join()}`);
      assert.ok((ticks[0] ?? Infinity) <= min && (ticks.at(-1) ?? -Infinity) >= max, `${min}..${max}: ${ticks.join()}`);
    }
    assert.deepEqual(niceTicks(23906, 24318), [23800, 24000, 24200, 24400]);
  });

  test('of counts are whole', () => {
    assert.ok(niceTicks(0, 1).every(Number.isInteger));
    assert.ok(niceTicks(3, 4).every(Number.isInteger));
  });

  test('a flat series stands in the middle, not on the edge', () => {
    const ticks = niceTicks(500, 500);
    assert.ok((ticks[0] ?? 500) < 500 && (ticks.at(-1) ?? 500) > 500);
  });
});

describe('scales', () => {
  test('a value maps linearly, a domain of one point to the middle', () => {
    assert.equal(linearScale([0, 10], [100, 0])(2.5), 75);
    assert.equal(linearScale([5, 5], [100, 0])(5), 50);
  });

  test('a pointer outside the chart is on its nearest day', () => {
    const band = bandScale(30, [40, 340]);
    assert.equal(band.step, 10);
    assert.deepEqual([band.indexAt(-5), band.indexAt(40), band.indexAt(49.9), band.indexAt(50), band.indexAt(999)], [0, 0, 0, 1, 29]);
    assert.equal(band.centerOf(0), 45);
    assert.equal(bandScale(0, [0, 100]).indexAt(50), 0);
  });

  test('labels end at the last day and keep their distance', () => {
    const indexes = labelIndexes(365, 800);
    assert.equal(indexes.at(-1), 364);
    assert.ok(indexes.length <= 10);
    assert.deepEqual(labelIndexes(0, 800), []);
  });
});

test('arrow keys move a cursor from the last day, and stop at the ends', () => {
  assert.equal(moveCursor('ArrowLeft', null, 30), 29);
  assert.equal(moveCursor('ArrowLeft', 29, 30), 28);
  assert.equal(moveCursor('ArrowRight', 29, 30), 29);
  assert.equal(moveCursor('PageUp', 3, 30), 0);
  assert.equal(moveCursor('Home', 12, 30), 0);
  assert.equal(moveCursor('Tab', 12, 30), null);
  assert.equal(moveCursor('ArrowLeft', null, 0), null);
});
