import assert from 'node:assert/strict';
import { request as sendRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { getCsrf } from '@rookery/contract/auth.ts';
import type { BodyOf, Endpoint, ParamsOf, QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';

/** What a test sends: only what the endpoint takes; `headers` override the browser's own. */
export interface CallInput<E extends Endpoint> {
  readonly params?: ParamsOf<E>;
  readonly query?: QueryOf<E>;
  readonly body?: BodyOf<E>;
  readonly headers?: OutgoingHttpHeaders;
}

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The body as JSON; undefined when it is none. */
  readonly body: unknown;
}

/** A browser for tests over real HTTP: keeps cookies, fetches a CSRF token when it needs one. */
export interface TestBrowser {
  readonly cookies: Map<string, string>;
  /** One call of the contract, whatever comes back. */
  call<E extends Endpoint>(endpoint: E, input?: CallInput<E>): Promise<RawReply>;
  /** One call that must succeed; fails the test with the problem otherwise. */
  ok<E extends Endpoint>(endpoint: E, input?: CallInput<E>): Promise<ReplyOf<E>>;
  send(request: RawRequest): Promise<RawReply>;
}

/** Opens a browser without cookies at a listening server's origin. */
export function openBrowser(origin: string): TestBrowser {
  const cookies = new Map<string, string>();

  async function send(request: RawRequest): Promise<RawReply> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await exchange(origin, { ...request, headers: { ...(cookie === '' ? {} : { cookie }), ...request.headers } });
    for (const line of reply.headers['set-cookie'] ?? []) keepCookie(cookies, line);
    return reply;
  }

  async function call<E extends Endpoint>(endpoint: E, input: CallInput<E> = {}): Promise<RawReply> {
    const headers: OutgoingHttpHeaders = {};
    if (endpoint.method !== 'GET') headers['x-csrftoken'] = await fetchToken(send);
    if (input.body !== undefined) headers['content-type'] = 'application/json';
    return await send({
      method: endpoint.method,
      path: fillPath(endpoint.path, { ...input.params }) + fillQuery({ ...input.query }),
      headers: { ...headers, ...input.headers },
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
    });
  }

  return {
    cookies, call, send,
    ok: async (endpoint, input) => {
      const reply = await call(endpoint, input);
      assert.ok(reply.status < 300, `${endpoint.id} answered ${reply.status}: ${reply.bytes.toString()}`);
      return asReply(endpoint, reply.body);
    },
  };
}

// Guarantee: the server has checked a 2xx reply against this endpoint's schema before sending it.
function asReply<E extends Endpoint>(_endpoint: E, body: unknown): ReplyOf<E> {
  return body as ReplyOf<E>;
}

async function fetchToken(send: TestBrowser['send']): Promise<string> {
  const { body } = await send({ path: getCsrf.path });
  assert.ok(typeof body === 'object' && body !== null && 'token' in body, 'the server under test must bind getCsrf');
  return String(body.token);
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';');
  const name = pair.slice(0, pair.indexOf('='));
  const value = pair.slice(pair.indexOf('=') + 1);
  if (value === '') cookies.delete(name);
  else cookies.set(name, value);
}

function fillPath(path: string, params: Record<string, unknown>): string {
  return path.replaceAll(/:(\w+)/g, (_match, name: string) => encodeURIComponent(String(params[name])));
}

function fillQuery(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.append(name, String(value));
  }
  return search.size === 0 ? '' : `?${search}`;
}

/** One request on its own connection. */
export function exchange(origin: string, { method = 'GET', path, headers = {}, body }: RawRequest): Promise<RawReply> {
  const { hostname, port } = new URL(origin);
  const { promise, resolve, reject } = Promise.withResolvers<RawReply>();
  const request = sendRequest({ hostname, port, method, path, headers: { connection: 'close', ...headers }, agent: false }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject).on('end', () => {
      const bytes = Buffer.concat(chunks);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, body: readJson(bytes) });
    });
  });
  request.on('error', reject).end(body);
  return promise;
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Sends bytes as they are and answers all that comes back until the server hangs up. */
export function exchangeBytes(origin: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(origin);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: hostname, port: Number(port) });
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk;
  }).on('close', () => resolve(received)).on('error', (error) => (received === '' ? reject(error) : resolve(received)));
  socket.write(bytes);
  return promise;
}
