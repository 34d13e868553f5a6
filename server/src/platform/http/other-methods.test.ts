import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as audience from '@rookery/contract/audience.ts';
import * as postFiles from '@rookery/contract/post-files.ts';
import type { Endpoint } from '@rookery/contract/endpoint.ts';
import { takesHead } from './other-methods.ts';

const isEndpoint = (value: unknown): value is Endpoint => typeof value === 'object' && value !== null && 'path' in value && 'method' in value;
const values: readonly unknown[] = [...Object.values(audience), ...Object.values(postFiles)];
const endpoints = values.filter(isEndpoint);

test('an export, which leaves an audit event, answers no HEAD; other reads do', () => {
  const exports = endpoints.filter(({ id }) => id.startsWith('export'));
  assert.ok(exports.length >= 4);
  for (const endpoint of exports) assert.equal(takesHead(endpoint), false, endpoint.id);
  assert.ok(endpoints.some(takesHead));
});
