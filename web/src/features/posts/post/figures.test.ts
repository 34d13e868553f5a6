import assert from 'node:assert/strict';
import { test } from 'node:test';

import { splitFigures } from './figures.ts';

test('a figure that the network does not give is named and never shown as a number', () => {
  const { shown, missing } = splitFigures([
    { metric: 'views', value: null, source: 'unsupported' }, { metric: 'likes', value: 0, source: 'measured' }, { metric: 'saves', value: null, source: 'unsupported' },
  ]);
  assert.deepEqual(shown.map(({ metric, value }) => [metric, value]), [['likes', 0]]);
  assert.equal(missing, 'Views, Saves');
  assert.equal(splitFigures([{ metric: 'likes', value: 3, source: 'measured' }]).missing, null);
});
