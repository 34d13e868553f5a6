import * as schemas from '@rookery/contract/schema.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as shapes from './schema-shapes.ts';

test('what stands in for the schemas in the bundle has every name that the contract uses', () => {
  assert.deepEqual(Object.keys(shapes).toSorted(), Object.keys(schemas).toSorted());
});
