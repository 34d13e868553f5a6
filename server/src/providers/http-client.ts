import type { Clock } from '../platform/clock.ts';
import { OutboundError } from '../platform/outbound/fetch.ts';
import { parseJson } from './json.ts';
import { ProviderError } from './provider.ts';

/** An answer of a network. `json` is undefined when the body is no JSON, which only failures may have. */
export interface JsonReply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

export interface JsonRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly bearer?: string;
  /** Besides `accept` and `authorization`. A body that is no form needs its `content-type` here, a stream its `content-length` too. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams | FormData | string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly signal: AbortSignal;
}

/** How a thin client reaches its network; `network` is the name for people, used in messages. */
export interface HttpClient {
  readonly network: string;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
}

/**
 * Sends one request and reads the JSON answer, whatever its status. Throws ProviderError: `retryable` when no whole answer came,
 * `garbled` for a success that is not JSON or a redirect, `rejected` for an address that our own rules refuse.
 */
export async function requestJson(client: HttpClient, request: JsonRequest): Promise<JsonReply> {
  const headers = new Headers({ accept: 'application/json', ...request.headers });
  if (request.bearer !== undefined) headers.set('authorization', `Bearer ${request.bearer}`);
  const { response, text } = await exchange(client, request.url, {
    method: request.method ?? 'GET', headers, body: request.body ?? null, signal: request.signal, redirect: 'manual',
    ...(request.body instanceof ReadableStream ? { duplex: 'half' } : {}),
  });
  if (response.status >= 300 && response.status < 400) {
    throw new ProviderError('garbled', `${client.network} answered with a redirect where it promises data.`);
  }
  return { status: response.status, headers: response.headers, json: readJson(client.network, response, text) };
}

/**
 * Sends one request and reads the whole body as text; maps every failure on the way to ProviderError. What a refusal repeats of
 * our own secrets is cut out here, so that its words may be shown and logged.
 */
export async function exchange(client: HttpClient, url: URL | string, init: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await client.fetch(url, init);
    const text = await response.text();
    if (response.ok) return { response, text };
    return { response, text: secretsIn(new URL(url), init).reduce((rest, secret) => rest.replaceAll(secret, '…'), text) };
  } catch (error) {
    throw mapTransportFailure(client.network, error);
  }
}

const secretFields = new Set(['access_token', 'refresh_token', 'token', 'client_secret', 'code', 'code_verifier']);

function secretsIn(url: URL, init: RequestInit): readonly string[] {
  const fields = [...url.searchParams];
  if (init.body instanceof URLSearchParams || init.body instanceof FormData) {
    for (const [name, value] of init.body) if (typeof value === 'string') fields.push([name, value]);
  }
  const found = fields.filter(([name]) => secretFields.has(name)).map(([, value]) => value);
  const credential = new Headers(init.headers).get('authorization')?.split(' ')[1] ?? '';
  // Anything shorter is no secret, and cutting it out would tear the words around it.
  return [...found, credential].filter((secret) => secret.length >= 8);
}

function readJson(network: string, response: Response, text: string): unknown {
  if (text === '' && response.status === 204) return null;
  try {
    return parseJson(text);
  } catch {
    // The parser's own message quotes the body, which may hold a token: it is dropped on purpose.
    if (response.ok) throw new ProviderError('garbled', `${network} sent an answer that is not JSON.`);
    return undefined;
  }
}

/** What a failed exchange means. The original error is not kept: it can name the whole URL, and URLs of some networks hold tokens. */
export function mapTransportFailure(network: string, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof OutboundError) {
    if (error.reason === 'too-large') return new ProviderError('garbled', `${network} sent far more than it promises.`);
    if (error.reason === 'refused') {
      return new ProviderError('rejected', `This server does not contact that address of ${network}: ${error.message}`);
    }
    return new ProviderError('retryable', `${network} did not answer in time.`);
  }
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
    return new ProviderError('retryable', `The call to ${network} was stopped.`);
  }
  const code = systemCodeOf(error);
  return new ProviderError('retryable', `${network} could not be reached${code === null ? '' : ` (${code})`}.`);
}

function systemCodeOf(error: unknown): string | null {
  for (const current of causesOf(error)) {
    if ('code' in current && typeof current.code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(current.code)) return current.code;
  }
  return null;
}

function causesOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let current = error; current instanceof Error && chain.length < 4; current = current.cause) chain.push(current);
  return chain;
}

/** Whether a failed exchange surely ended before a byte of it left: our own rules, the name or the connection failed. */
export function isNeverSent(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    if (cause instanceof OutboundError) return cause.reason === 'refused';
    if ('code' in cause && cause.code === 'UND_ERR_CONNECT_TIMEOUT') return true;
    return 'syscall' in cause && (cause.syscall === 'connect' || cause.syscall === 'getaddrinfo');
  });
}

const waitSecondsMax = 24 * 3600;

/**
 * When the network allows the next try: `Retry-After` (seconds or HTTP date), else `x-rate-limit-reset` (Unix seconds), else after
 * `otherwiseSeconds`. Always ahead of now, and at most a day: a broken header must not put an account to sleep for years.
 */
export function retryAt(headers: Headers, clock: Clock, otherwiseSeconds: number): Date {
  const now = clock.now().getTime();
  return clampWait(readRetryAfter(headers, now) ?? readReset(headers) ?? now + otherwiseSeconds * 1000, clock);
}

/** A moment (ms since 1970) between one second and one day from now. */
export function clampWait(at: number, clock: Clock): Date {
  const now = clock.now().getTime();
  return new Date(Math.min(Math.max(at, now + 1000), now + waitSecondsMax * 1000));
}

function readRetryAfter(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return now + Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}

function readReset(headers: Headers): number | null {
  const value = headers.get('x-rate-limit-reset')?.trim() ?? '';
  return /^\d{9,11}$/.test(value) ? Number(value) * 1000 : null;
}

/** What every network means by these: 429 and 5xx. Null for the rest, which is the network's own business. */
export function mapCommonStatus(
  client: HttpClient, reply: { status: number; headers: Headers }, waitSeconds: number,
): ProviderError | null {
  if (reply.status === 429) {
    const until = retryAt(reply.headers, client.clock, waitSeconds);
    return new ProviderError('rateLimited', `${client.network} asks to wait: its limit for these calls is used up.`, { until });
  }
  if (reply.status < 500) return null;
  const until = reply.headers.has('retry-after') ? retryAt(reply.headers, client.clock, waitSeconds) : null;
  return new ProviderError('retryable', `${client.network} has a problem of its own (status ${reply.status}).`, { until });
}

/** A network's own words, short and without anything that could be a token: long runs of token characters are cut out. */
export function quoteWords(words: string | null): string {
  if (words === null) return '';
  const clean = words.replace(/[\w\-.~+/=|%]{16,}/g, (run) => (/\d/.test(run) || run.length >= 32 ? '…' : run)).replace(/\s+/g, ' ').trim();
  return clean === '' ? '' : ` It says: ${clean.slice(0, 200)}`;
}
