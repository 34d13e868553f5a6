import type { BlockList } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { isSecureRequest, readClientAddress } from './client-address.ts';
import { compress } from './compression.ts';
import { problemType, toAppError, toProblem } from './problem.ts';
import { CallerGone } from './request-body.ts';
import { pathOf } from './request-target.ts';
import type { RequestFacts } from './route.ts';
import type { HostCheck } from './served-hosts.ts';
import type { HttpLog } from './server-options.ts';
import { isApiPath } from './static-files.ts';

const userAgentLengthMax = 512;
/** How long what a refused caller is still sending is thrown away, so that the answer reaches them before we hang up. */
const lingerMs = 2_000;

interface ArrivalOptions {
  readonly baseUrl: URL;
  readonly isServedHost: HostCheck;
  readonly proxies: BlockList;
}

/** Host check and https for every request, known route or not; answers how to read where a request came from. */
export function installArrival(server: FastifyInstance, options: ArrivalOptions): (request: FastifyRequest) => RequestFacts {
  const needsHttps = options.baseUrl.protocol === 'https:';
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    const isProbe = request.routeOptions.config.endpoint?.probe === true;
    const { expect } = request.headers;
    if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
      return done(new AppError('invalid-request', 'The Expect header is not understood.'));
    }
    if (!isProbe && !options.isServedHost(request.raw)) return done(new AppError('unknown-host'));
    if (!needsHttps || isProbe || isSecureRequest(request.raw, options.proxies)) return done();
    const target = request.raw.url ?? '/';
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    // An API call over http has already shown its cookies: redirecting it would only hide that.
    if (!isRead || isApiPath(pathOf(target))) return done(new AppError('https-required'));
    reply.code(308).header('Location', options.baseUrl.origin + target).send();
  });
  return (request) => ({
    id: request.id,
    ip: readClientAddress(request.raw, options.proxies),
    userAgent: (request.headers['user-agent'] ?? '').slice(0, userAgentLengthMax),
  });
}

/** Every failure leaves as problem details; only those that nobody foresaw are logged, once. */
export function installErrors(server: FastifyInstance, log: HttpLog): void {
  server.setErrorHandler((error, request, reply) => {
    if (error instanceof CallerGone) {
      reply.hijack();
      request.raw.destroy();
      return;
    }
    const refusal = toAppError(error);
    if (refusal.status >= 500 && refusal.code === 'internal') {
      log.error({ request_id: request.id, route: routeName(request), err: refusal.cause ?? refusal }, 'request failed');
    }
    if (refusal.retryAfterSeconds !== null) reply.header('Retry-After', String(refusal.retryAfterSeconds));
    reply.code(refusal.status).header('Content-Type', problemType);
    return reply.send(JSON.stringify(toProblem(refusal, request.id, pathOf(request.raw.url ?? ''))));
  });
}

/** One line a request: never a query, a body, a cookie or an address. */
export function installRequestLog(server: FastifyInstance, log: HttpLog): void {
  server.addHook('onResponse', (request, reply, done) => {
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    log.info({ request_id: request.id, method: request.method, route: routeName(request), status: reply.raw.statusCode, ms }, 'request');
    if (!request.raw.complete) linger(request.raw);
    done();
  });
}

function routeName(request: FastifyRequest): string {
  return request.routeOptions.config.endpoint?.id ?? (isApiPath(pathOf(request.raw.url ?? '')) ? 'none' : 'page');
}

function linger(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), lingerMs);
  request.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer));
  request.resume();
}

/** Compresses JSON replies, except those that carry a secret: their length would tell of it. */
export function compressReplies(server: FastifyInstance): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    const endpoint = request.routeOptions.config.endpoint;
    if (typeof payload !== 'string' || endpoint === undefined || endpoint.secretReply === true) return done(null, payload);
    const compressed = compress(payload, request.headers['accept-encoding']);
    if (compressed !== null) markEncoded(reply, compressed.encoding);
    return done(null, compressed?.bytes ?? payload);
  });
}

function markEncoded(reply: FastifyReply, encoding: string): void {
  reply.header('Content-Encoding', encoding).removeHeader('Content-Length');
}
