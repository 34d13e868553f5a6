import type { Readable } from 'node:stream';
import type { BodyOf, Endpoint, ParamsOf, QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';

/** Where a request came from, as far as it goes into contexts, logs and the audit trail. */
export interface RequestFacts {
  readonly id: string;
  readonly ip: string;
  readonly userAgent: string;
}

/** Ask the HTTP layer to set or clear the session cookie, or to redirect, besides the JSON reply. */
export interface ReplyControl {
  setSession(token: string, expiresAt: Date): void;
  clearSession(): void;
  /** A fresh CSRF token for the session as it stands after this call, else for this anonymous visit. */
  csrfToken(): string;
}

/** What a handler of one endpoint is given, already checked against the endpoint's schemas. */
export interface RouteInput<E extends Endpoint> {
  readonly params: ParamsOf<E>;
  readonly query: QueryOf<E>;
  readonly body: BodyOf<E>;
  /** The body of a `stream` endpoint; empty otherwise. */
  readonly stream: Readable;
  readonly reply: ReplyControl;
  /** `Range` of a request that asks for a part of a file; null otherwise. */
  readonly range: string | null;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

/** `redirect` endpoints answer an own path here. */
export interface Redirect {
  readonly redirectTo: string;
}

/** `events` endpoints answer this: `start` is given a sender and a way to end the stream, and answers how to stop. */
export interface EventSource {
  readonly start: (send: (data: unknown) => void, end: () => void) => () => void;
}

/** `file` endpoints answer this. The stream is destroyed when the caller goes away. */
export interface FileReply {
  /** One of the endpoint's `fileTypes`. */
  readonly type: string;
  readonly stream: Readable;
  /** Null where it is known only at the end. */
  readonly bytes: number | null;
  /** What of the file `stream` is, where a range of it was asked for; `bytes` is the length of that part. */
  readonly part?: { readonly first: number; readonly last: number; readonly of: number };
  /** Ranges of it may be asked for. */
  readonly takesRanges?: boolean;
  /** Saved under this name; null: shown in its place. */
  readonly saveAs: string | null;
  /** The same address will always answer the same bytes: the caller's browser may keep them, shared caches not. */
  readonly isImmutable: boolean;
}

type HandlerReply<E extends Endpoint> = E['replyKind'] extends 'redirect'
  ? Redirect
  : E['replyKind'] extends 'events'
    ? EventSource
    : E['replyKind'] extends 'file'
      ? FileReply
      : ReplyOf<E>;

/** One endpoint with its handler; `Context` is what the composition root builds for the endpoint's access. */
export interface Route<Context> {
  readonly endpoint: Endpoint;
  readonly handle: (context: Context, input: RouteInput<Endpoint>) => Promise<unknown>;
}

/** Binds an endpoint to its handler. No logic belongs here: unpack the input, call one verb. */
export function route<E extends Endpoint, Context>(
  endpoint: E,
  handle: (context: Context, input: RouteInput<E>) => Promise<HandlerReply<E>>,
): Route<Context> {
  return { endpoint, handle: asGeneralHandler(handle) };
}

// Guarantee: the HTTP layer has validated params, query and body by the very schemas that E's types are made from.
function asGeneralHandler<E extends Endpoint, Context>(
  handle: (context: Context, input: RouteInput<E>) => Promise<HandlerReply<E>>,
): (context: Context, input: RouteInput<Endpoint>) => Promise<unknown> {
  return handle as unknown as (context: Context, input: RouteInput<Endpoint>) => Promise<unknown>;
}
