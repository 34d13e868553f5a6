import { changePassword, getBootstrap, signOut } from '@rookery/contract/auth.ts';
import { listChanges } from '@rookery/contract/audience.ts';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { ApiError, readProblem } from './api-error.ts';
import { call, setCsrfToken, urlOf } from './call.ts';

describe('addresses', () => {
  test('parameters are encoded, unset queries are left out', () => {
    const url = urlOf(listChanges, { params: { workspaceId: 'a/b' }, query: { q: 'a&b', verified: false, cursor: undefined } });
    assert.equal(url, '/api/workspaces/a%2Fb/audience/changes?q=a%26b&verified=false');
  });

  test('a missing path parameter is a mistake of ours, said at once', () => {
    assert.throws(() => urlOf(listChanges, {}), /listChanges needs the path parameter workspaceId/);
  });
});

describe('calls', () => {
  const realFetch = globalThis.fetch;
  let sent: { url: string; init: RequestInit }[] = [];
  let answers: (() => Response | Promise<Response>)[] = [];

  beforeEach(() => {
    sent = [];
    answers = [];
    setCsrfToken('first');
    globalThis.fetch = (url, init) => {
      sent.push({ url: url instanceof Request ? url.url : url.toString(), init: init ?? {} });
      const answer = answers.shift();
      return answer === undefined ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(answer());
    };
  });
  afterEach(() => {
    globalThis.fetch = realFetch;
  });

  const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
  const tokenOf = (index: number): string | null => new Headers(sent[index]?.init.headers).get('x-csrftoken');

  test('only calls that change something carry the token', async () => {
    answers = [() => json({ csrfToken: 'x' }), () => json({ ok: true })];
    await call(getBootstrap, {});
    await call(signOut, {});
    assert.equal(tokenOf(0), null);
    assert.equal(tokenOf(1), 'first');
  });

  test('an outdated token is renewed once and the call repeated with it', async () => {
    answers = [() => json({ code: 'csrf-token' }, 403), () => json({ token: 'second' }), () => json({ ok: true })];
    assert.deepEqual(await call(signOut, {}), { ok: true });
    assert.deepEqual(sent.map(({ url }) => url), ['/api/auth/sign-out', '/api/csrf', '/api/auth/sign-out']);
    assert.equal(tokenOf(2), 'second');
  });

  test('a token refused twice is an error, not a loop', async () => {
    answers = [() => json({ code: 'csrf-token' }, 403), () => json({ token: 'second' }), () => json({ code: 'csrf-token' }, 403)];
    await assert.rejects(call(signOut, {}), (error: unknown) => error instanceof ApiError && error.code === 'csrf-token');
    assert.equal(sent.length, 3);
  });

  test('no answer is said as being offline, an abort stays an abort', async () => {
    await assert.rejects(call(getBootstrap, {}), (error: unknown) => error instanceof ApiError && error.code === 'offline');
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(call(getBootstrap, {}, { signal: stop.signal }), TypeError);
  });

  test('every reason for a refused field arrives at its field', async () => {
    const errors = [
      { pointer: '/newPassword', code: 'too-short', message: 'Use at least 12 characters.' },
      { pointer: '/newPassword', code: 'too-common', message: 'This password is known.' },
    ];
    answers = [() => json({ code: 'invalid-input', request_id: 'r1', errors }, 422)];
    await assert.rejects(call(changePassword, { body: { currentPassword: 'a', newPassword: 'b' } }), (error: unknown) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual(error.fields, errors);
      assert.equal(error.requestId, 'r1');
      return true;
    });
  });
});

describe('answers that are no problem document', () => {
  test("a proxy's page becomes the code of its status, with the id of the header", () => {
    const error = readProblem(502, null, 'from-header');
    assert.equal(error.code, 'unavailable');
    assert.equal(error.requestId, 'from-header');
  });

  test('an unknown code and broken fields do not break the page', () => {
    assert.equal(readProblem(429, { code: 'rate-limited', detail: 'x', retry_after: 1 }, null).message, 'Too many requests. Try again in 1 second.');
    assert.equal(readProblem(429, { code: 'rate-limited', detail: 'x', retry_after: 91 }, null).message, 'Too many requests. Try again in 2 minutes.');
    const error = readProblem(429, { code: 'made-up', errors: [null, { pointer: 3 }], retry_after: 'soon' }, null);
    assert.equal(error.code, 'rate-limited');
    assert.deepEqual([error.fields, error.retryAfterSeconds], [[], null]);
  });
});
