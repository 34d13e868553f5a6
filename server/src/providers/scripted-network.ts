import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createManualClock, type ManualClock } from '../platform/clock.ts';
import { ProviderError, type ProviderEnvironment, type ProviderErrorKind } from './provider.ts';

/** One request as a scripted network saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /** The body as form fields, for both kinds of form. */
  readonly form: ReadonlyMap<string, string>;
  /** The body as it was sent, of anything but a multipart form; '' for none. */
  readonly body: string;
}

export interface ScriptedNetwork {
  readonly environment: ProviderEnvironment;
  readonly clock: ManualClock;
  readonly seen: SeenRequest[];
  /** The next answers, in order; a request without one fails the test. */
  answer(...replies: readonly (Response | Error)[]): void;
}

/** For tests of one adapter against the network's real addresses: every answer is written in the test, from the network's documentation. */
export function scriptNetwork(settings: Readonly<Record<string, string>>): ScriptedNetwork {
  const clock = createManualClock(new Date('2026-11-24T12:00:00Z'));
  const seen: SeenRequest[] = [];
  const replies: (Response | Error)[] = [];
  const fetchScripted: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const isForm = /form/.test(request.headers.get('content-type') ?? '');
    const fields = isForm ? [...(await request.clone().formData())].map(([name, value]): [string, string] => [name, String(value)]) : [];
    const body = request.headers.get('content-type')?.startsWith('multipart/') === true ? '' : await request.clone().text();
    seen.push({ method: request.method, url: new URL(request.url), headers: request.headers, form: new Map(fields), body });
    const reply = replies.shift();
    assert.ok(reply !== undefined, `unexpected request to ${request.url}`);
    if (reply instanceof Error) throw reply;
    return reply;
  };
  return {
    clock, seen,
    answer: (...next) => void replies.push(...next),
    environment: { clock, baseUrl: 'https://rookery.example', settings, simulatorOrigin: null, fetch: fetchScripted },
  };
}

/** Asserts that a call fails by this kind, and that nothing reachable from its error contains one of the secrets. */
export async function expectFailure(
  kind: ProviderErrorKind, call: Promise<unknown>, secrets: readonly string[] = [],
): Promise<ProviderError> {
  const error = await call.then((value) => assert.fail(`expected ${kind}, got ${inspect(value)}`), (reason: unknown) => reason);
  assert.ok(error instanceof ProviderError, `not a ProviderError: ${inspect(error)}`);
  assert.equal(error.kind, kind, error.message);
  assertNoSecret(error, secrets);
  return error;
}

/** Looks through message, stack, cause and every own property, at any depth, as text and as JSON. */
export function assertNoSecret(error: Error, secrets: readonly string[]): void {
  const views = [inspect(error, { depth: Infinity, showHidden: true, maxStringLength: Infinity }), String(error.stack), deepJson(error)];
  for (const secret of secrets) {
    for (const view of views) assert.ok(!view.includes(secret), 'an error carries a token');
  }
}

function deepJson(error: unknown): string {
  const visited = new Set<unknown>();
  return JSON.stringify(error, (_key, value: unknown) => {
    if (!(value instanceof Error)) return value;
    if (visited.has(value)) return 'seen';
    visited.add(value);
    return Object.fromEntries(Object.getOwnPropertyNames(value).map((name): [string, unknown] => [name, Reflect.get(value, name)]));
  });
}
