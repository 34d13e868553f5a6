import { exchange, type HttpClient } from '../http-client.ts';
import { isRecord, parseJson, textOf, type JsonRecord } from '../json.ts';
import { ProviderError, type ProviderCall, type ProviderEnvironment } from '../provider.ts';
import { mapRefusal } from './errors.ts';
import type { OAuthClients } from './oauth-client.ts';
import { restoreOAuth } from './oauth.ts';
import { sessionKindOf } from './session.ts';

/** Bluesky's AppView, as the account's own server is told to reach it. */
const appView = 'did:web:api.bsky.app#bsky_appview';

/** An answer of an atproto server: its data, or the `error` word of a refusal. */
export interface XrpcReply {
  readonly status: number;
  readonly headers: Headers;
  readonly data: JsonRecord | null;
  readonly error: string | null;
  /** The server's own words, to be matched and never to be shown. */
  readonly words: string | null;
}

/** A list is a name that is repeated. */
export type XrpcParams = Readonly<Record<string, string>> | URLSearchParams;

/** What one call to Bluesky needs besides its own parameters. */
export interface XrpcContext {
  readonly environment: ProviderEnvironment;
  readonly http: HttpClient;
  readonly clients: OAuthClients;
}

/** Asks one query method through the account's own server; methods of `app.bsky` are passed on to the AppView. */
export async function query(context: XrpcContext, call: ProviderCall, method: string, params: XrpcParams): Promise<XrpcReply> {
  const path = `/xrpc/${method}?${new URLSearchParams(params).toString()}`;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method.startsWith('app.bsky.')) headers['atproto-proxy'] = appView;
  return ask(context, call, path, { headers });
}

/** Calls a procedure at the account's own server, with a JSON or a raw body. */
export async function perform(context: XrpcContext, call: ProviderCall, method: string, input: XrpcInput): Promise<JsonRecord> {
  const headers = { accept: 'application/json', 'content-type': input.type };
  return dataOf(context, await ask(context, call, `/xrpc/${method}`, { method: 'POST', headers, body: input.body }));
}

export interface XrpcInput {
  readonly type: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** A body that is read as it is sent. */
export interface XrpcStream {
  readonly type: string;
  readonly bytes: number;
  open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
}

/** As `perform`; sent once more where the server asks for another nonce, which it tells before it looks at the body. */
export async function performStreaming(context: XrpcContext, call: ProviderCall, method: string, input: XrpcStream): Promise<JsonRecord> {
  const headers = { accept: 'application/json', 'content-type': input.type, 'content-length': String(input.bytes) };
  for (let isFirst = true; ; isFirst = false) {
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body: await input.open(), duplex: 'half' };
    const reply = await ask(context, call, `/xrpc/${method}`, init);
    const lacksNonce = reply.status === 401 && /use_dpop_nonce/.test(reply.headers.get('www-authenticate') ?? '');
    if (!lacksNonce || !isFirst) return dataOf(context, reply);
  }
}

async function ask(context: XrpcContext, call: ProviderCall, path: string, init: RequestInit): Promise<XrpcReply> {
  const server = await openServer(context, call);
  const { response, text } = await exchange(server, new URL(path, server.origin), { ...init, signal: call.signal, redirect: 'manual' });
  return readReply(response, text);
}

/** The account's own server; its `fetch` signs every request as the account. */
export interface AccountServer extends HttpClient {
  readonly origin: string;
}

export async function openServer(context: XrpcContext, call: ProviderCall): Promise<AccountServer> {
  const { environment, clients, http } = context;
  if (sessionKindOf(call.tokens) === 'password') {
    const origin = passwordServer(environment, call.tokens.extra['pds']);
    const fetch: typeof globalThis.fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${call.tokens.accessToken}`);
      return http.fetch(input, { ...init, headers });
    };
    return { ...http, origin, fetch };
  }
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw await clients.explain(error);
    }
  };
  const session = await guard(() => restoreOAuth(environment, clients, call.tokens));
  const { aud } = await guard(() => session.getTokenInfo(false));
  const fetch: typeof globalThis.fetch = (input, init) => guard(() => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    return session.fetchHandler(`${pathname}${search}`, init);
  });
  return { ...http, origin: new URL(aud).origin, fetch };
}

/** Asks and answers the data; any refusal is thrown as what it stands for. */
export async function queryData(...request: Parameters<typeof query>): Promise<JsonRecord> {
  return dataOf(request[0], await query(...request));
}

/** Calls a procedure by app-password token; these take no body. */
export async function procedure(context: XrpcContext, url: URL, bearer: string, signal: AbortSignal): Promise<XrpcReply> {
  const { response, text } = await exchange(context.http, url, {
    method: 'POST', headers: { accept: 'application/json', authorization: `Bearer ${bearer}` }, redirect: 'manual', signal,
  });
  return readReply(response, text);
}

/** The data of a reply; a refusal is thrown as what it stands for. */
export function dataOf(context: XrpcContext, reply: XrpcReply): JsonRecord {
  if (reply.data !== null) return reply.data;
  throw mapRefusal(reply, context.environment.clock);
}

export function readReply(response: Response, text: string): XrpcReply {
  let json: unknown;
  try {
    // Procedures without output answer 200 and nothing at all.
    json = text === '' ? null : parseJson(text);
  } catch {
    if (response.ok) throw new ProviderError('garbled', 'Bluesky sent an answer that is not JSON.');
  }
  return { status: response.status, headers: response.headers, ...splitBody(response.status, json) };
}

function splitBody(status: number, json: unknown): Pick<XrpcReply, 'data' | 'error' | 'words'> {
  const record = isRecord(json) ? json : null;
  if (status < 200 || status >= 300) return { data: null, error: textOf(record?.['error']), words: textOf(record?.['message']) };
  if (json !== undefined && json !== null && record === null) {
    throw new ProviderError('garbled', 'Bluesky sent an answer of another shape.');
  }
  return { data: record ?? {}, error: null, words: null };
}

/** The server that keeps an app-password session. */
export function passwordServer(environment: ProviderEnvironment, saved: string | undefined): string {
  const server = environment.simulatorOrigin ?? saved;
  if (server === undefined) throw new ProviderError('revoked', 'The saved Bluesky session is incomplete. Connect the account again.');
  return server;
}
