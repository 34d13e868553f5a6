import { getCsrf } from '@rookery/contract/auth.ts';
import type { BodyOf, Endpoint, ParamsOf, QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type { TSchema } from '@rookery/contract/schema.ts';

import { ApiError, offlineError, readProblem } from './api-error.ts';

type Nothing = Record<never, never>;
/** Lets optional members be given as undefined, which the URL builder and JSON leave out. */
type Loose<T> = { [K in keyof T]: Nothing extends Pick<T, K> ? T[K] | undefined : T[K] };
type Part<Name extends string, T> = Nothing extends T ? { [K in Name]?: Loose<T> } : { [K in Name]: Loose<T> };

/** What `call` needs for an endpoint: its path parameters, query and JSON body, each only where it has them. */
export type CallInput<E extends Endpoint> = (E['params'] extends TSchema ? Part<'params', ParamsOf<E>> : Nothing) &
  (E['query'] extends TSchema ? Part<'query', QueryOf<E>> : Nothing) &
  (E['body'] extends TSchema ? { body: Loose<BodyOf<E>> } : Nothing);

type Plain = string | number | boolean | undefined;

interface LooseInput {
  readonly params?: Readonly<Record<string, Plain>>;
  readonly query?: Readonly<Record<string, Plain>>;
  readonly body?: unknown;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

let csrfToken: string | null = null;

/** Takes over the token that a bootstrap answer carried. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** The address of a call: path parameters filled in and encoded, query appended without undefined values. */
export function urlOf(endpoint: Endpoint, input: LooseInput): string {
  const path = endpoint.path.replace(/:([A-Za-z]+)/g, (_, name: string) => {
    const value = input.params?.[name];
    if (value === undefined || value === '') throw new Error(`${endpoint.id} needs the path parameter ${name}`);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) if (value !== undefined) query.set(name, String(value));
  const search = query.toString();
  return search === '' ? path : `${path}?${search}`;
}

// The server validates every reply with the endpoint's own reply schema before it sends it, so a 2xx body has that type.
function trustReply<E extends Endpoint>(body: unknown): ReplyOf<E> {
  return body as ReplyOf<E>;
}

// CallInput has only members of LooseInput; the generic form is not provable to the compiler.
function loosen<E extends Endpoint>(input: CallInput<E>): LooseInput {
  return input as LooseInput;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function fetchCsrf(): Promise<string> {
  const answer = await send(getCsrf, {}, {});
  const token = typeof answer === 'object' && answer !== null && 'token' in answer ? String(answer.token) : '';
  csrfToken = token;
  return token;
}

async function headersFor(endpoint: Endpoint, hasBody: boolean): Promise<Headers> {
  const headers = new Headers({ accept: 'application/json' });
  if (hasBody) headers.set('content-type', 'application/json');
  if (endpoint.method !== 'GET') headers.set('X-CSRFToken', csrfToken ?? (await fetchCsrf()));
  return headers;
}

async function send(endpoint: Endpoint, input: LooseInput, options: CallOptions): Promise<unknown> {
  const hasBody = input.body !== undefined;
  const headers = await headersFor(endpoint, hasBody);
  const response = await fetch(urlOf(endpoint, input), {
    method: endpoint.method,
    headers,
    credentials: 'same-origin',
    ...(hasBody ? { body: JSON.stringify(input.body) } : {}),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }).catch((error: unknown) => {
    if (options.signal?.aborted === true) throw error;
    throw offlineError();
  });
  const body = parseJson(await response.text());
  if (!response.ok) throw readProblem(response.status, body, response.headers.get('x-request-id'));
  return body;
}

async function withFreshCsrf<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'csrf-token') throw error;
    await fetchCsrf();
    return run();
  }
}

/**
 * Calls one endpoint and answers its typed reply. Throws `ApiError` (or the abort of `options.signal`).
 * An outdated CSRF token is renewed once and the call repeated.
 */
export async function call<E extends Endpoint>(endpoint: E, input: CallInput<E>, options: CallOptions = {}): Promise<ReplyOf<E>> {
  return trustReply<E>(await withFreshCsrf(() => send(endpoint, loosen<E>(input), options)));
}

export interface UploadOptions extends CallOptions {
  /** Share sent so far, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

async function sendStream(endpoint: Endpoint, input: LooseInput, file: Blob, options: UploadOptions): Promise<unknown> {
  const token = csrfToken ?? (await fetchCsrf());
  return new Promise((resolve, reject) => {
    // fetch cannot report how much was sent; this older interface can.
    const request = new XMLHttpRequest();
    request.open(endpoint.method, urlOf(endpoint, input));
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('X-CSRFToken', token);
    request.upload.onprogress = (event) => options.onProgress?.(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => reject(offlineError());
    request.onabort = () => reject(new DOMException('The upload was stopped', 'AbortError'));
    request.onload = () => {
      const body = parseJson(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body);
      else reject(readProblem(request.status, body, request.getResponseHeader('x-request-id')));
    };
    options.signal?.addEventListener('abort', () => request.abort(), { once: true });
    if (options.signal?.aborted === true) reject(new DOMException('The upload was stopped', 'AbortError'));
    else request.send(file);
  });
}

/** Sends a file to a `stream` endpoint. Throws `ApiError`, or an `AbortError` when `options.signal` stops it. */
export async function upload<E extends Endpoint>(
  endpoint: E,
  input: CallInput<E>,
  file: Blob,
  options: UploadOptions = {},
): Promise<ReplyOf<E>> {
  return trustReply<E>(await withFreshCsrf(() => sendStream(endpoint, loosen<E>(input), file, options)));
}
