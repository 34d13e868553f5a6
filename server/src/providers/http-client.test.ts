import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../platform/clock.ts';
import { OutboundError } from '../platform/outbound/fetch.ts';
import { mapCommonStatus, quoteWords, requestJson, retryAt, type HttpClient } from './http-client.ts';
import { parseJson } from './json.ts';
import { ProviderError, type ProviderErrorKind } from './provider.ts';

const clock = createManualClock(new Date('2026-11-24T12:00:00Z'));
const url = new URL('https://network.example/me?access_token=SECRET');
const signal = new AbortController().signal;

function clientOf(answer: () => Promise<Response>): HttpClient {
  return { network: 'Net', clock, fetch: answer };
}

async function failureOf(answer: () => Promise<Response>): Promise<ProviderError> {
  const error: unknown = await requestJson(clientOf(answer), { url, signal }).catch((reason: unknown) => reason);
  assert.ok(error instanceof ProviderError);
  assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`, /SECRET/);
  return error;
}

test('each way a call can break maps to one kind, and no message repeats the address or the body', async () => {
  const reset = new TypeError(
    'fetch failed https://x/?access_token=SECRET', { cause: Object.assign(new Error('SECRET'), { code: 'ECONNRESET' }) },
  );
  const cases: readonly (readonly [ProviderErrorKind, () => Promise<Response>])[] = [
    ['retryable', () => Promise.reject(reset)],
    ['retryable', () => Promise.reject(new OutboundError('timeout', 'late'))],
    ['retryable', () => Promise.reject(new DOMException('stopped', 'AbortError'))],
    ['garbled', () => Promise.reject(new OutboundError('too-large', 'big'))],
    ['rejected', () => Promise.reject(new OutboundError('refused', 'private'))],
    ['garbled', () => Promise.resolve(new Response('SECRET{'))],
    ['garbled', () => Promise.resolve(new Response(''))],
    ['garbled', () => Promise.resolve(new Response('{"a":1}{"b":2}'))],
    ['garbled', () => Promise.resolve(new Response(null, { status: 302, headers: { location: 'https://evil.example' } }))],
  ];
  for (const [kind, answer] of cases) assert.equal((await failureOf(answer)).kind, kind);
  assert.match((await failureOf(() => Promise.reject(reset))).message, /ECONNRESET/);
});

test('an answer cut off in the middle of its body is retryable, never a shorter answer', async () => {
  const cut = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('{"data":[]'));
      controller.error(new TypeError('terminated'));
    },
  });
  assert.equal((await failureOf(() => Promise.resolve(new Response(cut)))).kind, 'retryable');
});

test('a failure may have a body that is not JSON', async () => {
  const reply = await requestJson(clientOf(() => Promise.resolve(new Response('<h1>Bad gateway', { status: 502 }))), { url, signal });
  assert.deepEqual([reply.status, reply.json], [502, undefined]);
});

test('what a refusal repeats of our own secrets is cut out before anybody reads it', async () => {
  const echo = (): Promise<Response> => Promise.resolve(
    Response.json({ detail: 'bad token-in-url, bearer-token, code-in-form' }, { status: 400 }),
  );
  const withToken = new URL('https://network.example/me?access_token=token-in-url');
  const body = new URLSearchParams({ code: 'code-in-form', grant_type: 'bad' });
  const reply = await requestJson(clientOf(echo), { url: withToken, bearer: 'bearer-token', body, method: 'POST', signal });
  assert.deepEqual(reply.json, { detail: 'bad …, …, …' });
});

test('ids beyond 2^53 keep every digit; other numbers stay numbers', () => {
  assert.deepEqual(parseJson('{"user_id":17841405793187219,"n":12,"x":1.5,"s":"17841405793187219"}'), {
    user_id: '17841405793187219', n: 12, x: 1.5, s: '17841405793187219',
  });
});

test('the next try is read from the headers, always ahead, at most a day', () => {
  const now = clock.now().getTime();
  const at = (headers: Record<string, string>): number => (retryAt(new Headers(headers), clock, 900).getTime() - now) / 1000;
  assert.equal(at({ 'retry-after': '30' }), 30);
  assert.equal(at({ 'retry-after': 'Tue, 24 Nov 2026 12:01:00 GMT' }), 60);
  assert.equal(at({ 'x-rate-limit-reset': String(clock.now().getTime() / 1000 + 120) }), 120);
  assert.equal(at({ 'x-rate-limit-reset': '1000000000' }), 1);
  assert.equal(at({ 'retry-after': '999999999' }), 24 * 3600);
  assert.equal(at({ 'retry-after': 'soon' }), 900);
});

test('429 waits, 5xx may be tried again, 4xx is left to the network', () => {
  const client = clientOf(() => Promise.reject());
  const map = (status: number): string | undefined => mapCommonStatus(client, { status, headers: new Headers() }, 60)?.kind;
  assert.deepEqual([map(429), map(500), map(503), map(403), map(200)], ['rateLimited', 'retryable', 'retryable', undefined, undefined]);
});

test("a network's words are quoted without anything that looks like a token", () => {
  assert.equal(quoteWords('Malformed access token IGAAx0123456789abcdef\n now'), ' It says: Malformed access token … now');
  assert.equal(quoteWords('not-authorized-for-resource'), ' It says: not-authorized-for-resource');
  assert.equal(quoteWords(null), '');
});
