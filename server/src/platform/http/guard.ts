import type { Endpoint } from '@rookery/contract/endpoint.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { readCookie, type CookieNames } from './cookies.ts';
import { isCsrfToken } from './csrf.ts';
import { refuseCrossSite, type Origins } from './origins.ts';
import type { RequestFacts } from './route.ts';
import type { Admitted, HttpServerOptions } from './server-options.ts';

export interface GuardOptions<Session> extends Pick<HttpServerOptions<Session>, 'authenticate' | 'admit'> {
  readonly names: CookieNames;
  readonly origins: Origins;
  readonly csrfKey: Buffer;
}

/** Who calls. `token` is set only when it stands for a living session. */
export interface Caller<Session> {
  readonly session: Session | null;
  readonly token: string | null;
  readonly visit: string | null;
  readonly facts: RequestFacts;
}

interface Arrival {
  readonly endpoint: Endpoint;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly facts: RequestFacts;
}

/** Everything that is decided from the head of a request alone, before a byte of its body is read. */
export async function authenticateCall<Session>(arrival: Arrival, options: GuardOptions<Session>): Promise<Caller<Session>> {
  const { endpoint, request, reply, facts } = arrival;
  const isUnsafe = endpoint.method !== 'GET';
  if (isUnsafe) refuseCrossSite(request.headers, options.origins);
  const caller = await identify(request, facts, options);
  if (caller.session === null && endpoint.access !== 'public') throw new AppError('not-signed-in');
  if (isUnsafe) refuseWithoutToken(request, caller, options.csrfKey);
  if (options.admit !== undefined) applyAdmission(await options.admit({ endpoint, session: caller.session, facts }), reply);
  return caller;
}

async function identify<Session>(request: FastifyRequest, facts: RequestFacts, options: GuardOptions<Session>): Promise<Caller<Session>> {
  const { cookie } = request.headers;
  const token = readCookie(cookie, options.names.session);
  const session = token === null ? null : await options.authenticate(token, 'request');
  return { session, token: session === null ? null : token, visit: readCookie(cookie, options.names.visit), facts };
}

function refuseWithoutToken<Session>(request: FastifyRequest, caller: Caller<Session>, key: Buffer): void {
  const header = request.headers['x-csrftoken'] ?? request.headers['x-csrf-token'];
  const binding = caller.token !== null ? { session: caller.token } : caller.visit !== null ? { visit: caller.visit } : null;
  if (binding === null || typeof header !== 'string' || !isCsrfToken(key, binding, header)) throw new AppError('csrf-token');
}

/** For endpoints that limit guesses at one account or calls for one value: whether this body may be looked at. */
export async function admitBody<Session>(
  { endpoint, reply, caller, body }: Pick<Arrival, 'endpoint' | 'reply'> & { caller: Caller<Session>; body: unknown }, options: GuardOptions<Session>,
): Promise<void> {
  if (options.admit === undefined || (endpoint.rate?.guesses === undefined && endpoint.rate?.each === undefined)) return;
  applyAdmission(await options.admit({ endpoint, session: caller.session, facts: caller.facts, body: body ?? null }), reply);
}

function applyAdmission(admitted: Admitted, reply: FastifyReply): void {
  reply.headers(admitted.headers);
  if (!admitted.isAdmitted) {
    throw new AppError('rate-limited', 'Too many requests. Please try again later.', { retryAfterSeconds: admitted.retryAfterSeconds });
  }
}
