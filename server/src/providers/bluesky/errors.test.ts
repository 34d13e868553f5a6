import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../platform/clock.ts';
import type { ProviderErrorKind } from '../provider.ts';
import { causesOf, mapRefusal } from './errors.ts';

const clock = createManualClock(new Date('2026-11-24T12:00:00Z'));
const map = (status: number, error: string | null, headers: Record<string, string> = {}) =>
  mapRefusal({ status, error, headers: new Headers(headers) }, clock);

test('every refusal of Bluesky has one kind', () => {
  const kinds: readonly (readonly [number, string | null, ProviderErrorKind])[] = [
    [400, 'ExpiredToken', 'expired'], [400, 'InvalidToken', 'expired'], [401, 'AuthMissing', 'expired'], [401, null, 'expired'],
    [401, 'AccountTakedown', 'revoked'], [403, 'AccountDeactivated', 'revoked'], [403, 'ScopeMissingError', 'rejected'],
    [400, 'InvalidRequest', 'rejected'], [404, 'XRPCNotSupported', 'notSupported'], [501, 'MethodNotImplemented', 'notSupported'],
    [429, 'RateLimitExceeded', 'rateLimited'],
    [500, 'InternalServerError', 'retryable'], [502, 'UpstreamFailure', 'retryable'], [503, null, 'retryable'],
  ];
  for (const [status, word, kind] of kinds) assert.equal(map(status, word).kind, kind, `${status} ${word}`);
});

test('the wait is read from Retry-After, then from RateLimit-Reset, and is never in the past or beyond a day', () => {
  const now = clock.now().getTime();
  const waitOf = (headers: Record<string, string>) => (map(429, 'RateLimitExceeded', headers).until?.getTime() ?? 0) - now;
  assert.equal(waitOf({ 'retry-after': '90', 'ratelimit-reset': String(now / 1000 + 500) }), 90_000);
  assert.equal(waitOf({ 'ratelimit-reset': String(now / 1000 + 500) }), 500_000);
  assert.equal(waitOf({}), 300_000);
  assert.ok(waitOf({ 'ratelimit-reset': String(now / 1000 - 500) }) > 0);
  assert.equal(waitOf({ 'ratelimit-reset': '99999999999' }), 86_400_000);
});

test('a word that is no word is not repeated', () => {
  assert.ok(!map(400, 'eyJhbGciOi.secret').message.includes('secret'));
});

test('the chain of causes ends, also when it bites its tail', () => {
  const loop = new Error('a');
  loop.cause = loop;
  assert.equal(causesOf(loop).length, 12);
  const both = causesOf(new AggregateError([new TypeError('inner')], 'outer'));
  assert.deepEqual(both.map(String), ['AggregateError: outer', 'TypeError: inner']);
});
