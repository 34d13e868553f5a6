import type { Endpoint } from '@rookery/contract/endpoint.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import type { BoundRoute, Call } from './bound-route.ts';
import { compileEndpoint, type EndpointChecks } from './endpoint-checks.ts';
import { admitBody, authenticateCall, type Caller, type GuardOptions } from './guard.ts';
import { sendFile } from './file-reply.ts';
import { createReplyState, type ReplyState } from './reply-control.ts';
import { serializerSchema } from './reply-serializer.ts';
import { takesHead } from './other-methods.ts';
import { isOwnPath } from './request-target.ts';
import type { EventSource, RequestFacts, RouteInput } from './route.ts';
import type { EventStreams } from './event-stream.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    endpoint?: Endpoint;
  }
}

export interface EndpointOptions<Session> extends GuardOptions<Session> {
  readonly bodyBytesMax: number;
  readonly bodyTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly streams: EventStreams;
  readonly readFacts: (request: FastifyRequest) => RequestFacts;
}

/** Registers one endpoint: who calls, may they, is the input right, run, does the reply fit. */
export function registerEndpoint<Session>(server: FastifyInstance, route: BoundRoute<Session>, options: EndpointOptions<Session>): void {
  const { endpoint } = route;
  const checks = compileEndpoint(endpoint, options);
  server.route({
    method: endpoint.method,
    url: endpoint.path,
    exposeHeadRoute: takesHead(endpoint),
    config: { endpoint },
    ...(endpoint.reply === undefined ? {} : { schema: { response: { 200: serializerSchema(endpoint.reply) } } }),
    handler: async (request, reply) => {
      const caller = await authenticateCall({ endpoint, request, reply, facts: options.readFacts(request) }, options);
      const params = checks.readParams(request.params);
      const call: Call<Session> = { endpoint, session: caller.session, params: params.texts, facts: caller.facts };
      const run = await route.prepare(call);
      const state = createReplyState({ names: options.names, csrfKey: options.csrfKey, session: caller.token, visit: caller.visit });
      const { input, stream } = await readInput({ request, checks, params: params.values, state });
      await admitBody({ endpoint, reply, caller, body: input.body }, options);
      const result = await runWithBody(() => run(input), stream);
      return await answer({ endpoint, checks, reply, state, result }, () => openStream({ reply, result, route, call, caller }, options));
    },
  });
}

async function runWithBody(run: () => Promise<unknown>, stream: Readable | null): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    // What broke the upload says more than what the handler made of it.
    throw stream?.errored ?? error;
  } finally {
    stream?.destroy();
  }
}

interface InputParts {
  readonly request: FastifyRequest;
  readonly checks: EndpointChecks;
  readonly params: Record<string, unknown>;
  readonly state: ReplyState;
}

async function readInput({
  request,
  checks,
  params,
  state,
}: InputParts): Promise<{ input: RouteInput<Endpoint>; stream: Readable | null }> {
  const query = checks.readQuery(request.raw.url ?? '');
  const body = await checks.readBody(request.raw);
  let controller: AbortController | null = null;
  const input = {
    params,
    query,
    body: body.value,
    reply: state,
    range: request.headers.range ?? null,
    get stream() {
      return body.stream ?? Readable.from([]);
    },
    get signal() {
      controller ??= abortWhenGone(request);
      return controller.signal;
    },
  };
  return { input: asInput(input), stream: body.stream };
}

// Guarantee: params, query and body have passed the checks compiled from the endpoint's own schemas.
function asInput(
  input: Omit<RouteInput<Endpoint>, 'params' | 'query' | 'body'> & { params: unknown; query: unknown; body: unknown },
): RouteInput<Endpoint> {
  return input as RouteInput<Endpoint>;
}

function abortWhenGone(request: FastifyRequest): AbortController {
  const controller = new AbortController();
  if (request.raw.socket.destroyed) controller.abort();
  else request.raw.socket.once('close', () => controller.abort());
  return controller;
}

interface Answer {
  readonly endpoint: Endpoint;
  readonly checks: EndpointChecks;
  readonly reply: FastifyReply;
  readonly state: ReplyState;
  readonly result: unknown;
}

async function answer({ endpoint, checks, reply, state, result }: Answer, startStream: () => void): Promise<unknown> {
  const cookies = state.cookies();
  if (endpoint.replyKind === 'events') {
    startStream();
    return reply;
  }
  if (endpoint.replyKind === 'redirect') {
    const target = redirectTarget(result);
    if (cookies.length > 0) reply.header('Set-Cookie', cookies);
    return reply.code(303).header('Location', target).header('Referrer-Policy', 'no-referrer').send();
  }
  if (endpoint.replyKind === 'file') return sendFile(reply, endpoint, result);
  checks.checkReply(result);
  if (cookies.length > 0) reply.header('Set-Cookie', cookies);
  return endpoint.reply === undefined ? reply.code(204).send() : reply.send(result);
}

function redirectTarget(result: unknown): string {
  const target = typeof result === 'object' && result !== null && 'redirectTo' in result ? result.redirectTo : null;
  if (typeof target !== 'string' || !isOwnPath(target)) throw new Error('A redirect must lead to a path of our own.');
  return target;
}

interface StreamParts<Session> {
  readonly reply: FastifyReply;
  readonly result: unknown;
  readonly route: BoundRoute<Session>;
  readonly call: Call<Session>;
  readonly caller: Caller<Session>;
}

function openStream<Session>({ reply, result, route, call, caller }: StreamParts<Session>, options: EndpointOptions<Session>): void {
  const source = asEventSource(result);
  reply.hijack();
  options.streams.open(reply.raw, source, {
    heartbeatMs: options.heartbeatMs,
    isStillAllowed: async () => {
      const session = caller.token === null ? null : await options.authenticate(caller.token, 'recheck');
      if (session === null && route.endpoint.access !== 'public') return false;
      await route.prepare({ ...call, session });
      return true;
    },
  });
}

// Guarantee: `start` is a function; `route()` in route.ts lets nothing else stand behind an `events` endpoint.
function asEventSource(result: unknown): EventSource {
  if (typeof result !== 'object' || result === null || !('start' in result) || typeof result.start !== 'function') {
    throw new AppError('internal', undefined, { cause: new Error('An events endpoint must answer an event source.') });
  }
  return result as EventSource;
}
