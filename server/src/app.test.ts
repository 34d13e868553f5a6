import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allEndpoints } from '@rookery/contract/api.ts';
import { endpointsServed } from './app.ts';

test('every operation of the contract is served, and nothing else', () => {
  const promised = allEndpoints.map(({ id }) => id).sort();
  assert.deepEqual([...endpointsServed()].sort(), promised);
});
