import { randomUUID } from 'node:crypto';
import { createServer as createNodeServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import { readProxyList } from './client-address.ts';
import { cookieNames } from './cookies.ts';
import { registerEndpoint } from './endpoint-route.ts';
import { createEventStreams } from './event-stream.ts';
import { createClientErrorHandler, createFront } from './front.ts';
import { compressReplies, installArrival, installErrors, installRequestLog } from './hooks.ts';
import { registerOtherMethods } from './other-methods.ts';
import { readOrigins } from './origins.ts';
import { hashInlineScripts, securityHeaders } from './security-headers.ts';
import { createHostCheck } from './served-hosts.ts';
import { targetLengthMax } from './request-target.ts';
import type { HttpConfig, HttpServerOptions } from './server-options.ts';
import { loadStaticFiles, serveStatic, type StaticFiles } from './static-files.ts';

const headerBytesMax = 16_384;
/** A head that takes longer is no slow line but someone holding connections. */
const headersTimeoutMs = 15_000;
/** Late heads are looked for this many times per timeout. */
const checksPerTimeout = 3;
/** Longer than the 60 s of common proxies, so that it is never us who hang up under a request. */
const keepAliveTimeoutMs = 65_000;
/** A connection on which nothing moves; heartbeats keep event streams alive. */
const silenceTimeoutMs = 120_000;
const csrfKeyBytesMin = 32;

export interface HttpServer {
  /** Starts to accept connections; port 0 takes a free one. Answers the address that it can be reached at. */
  listen(host: string, port: number): Promise<{ origin: string }>;
  /** Stops accepting, ends event streams, waits for calls in flight, then cuts what is left. */
  close(): Promise<void>;
}

/** The HTTP side of the product, made of the contract's endpoints. Throws at once on settings or routes that can not work. */
export function createHttpServer<Session>(options: HttpServerOptions<Session>): HttpServer {
  const { config, log } = options;
  if (options.secrets.csrfKey.length < csrfKeyBytesMin) throw new Error(`The CSRF key must have at least ${csrfKeyBytesMin} bytes.`);
  const baseUrl = readBaseUrl(config.baseUrl);
  const isHttps = baseUrl.protocol === 'https:';
  const statics = config.staticDirectory === null ? null : loadStaticFiles(config.staticDirectory);
  const headers = securityHeaders({ isHttps, scriptHashes: statics === null ? [] : hashInlineScripts(statics.indexHtml) });
  const origins = readOrigins(baseUrl, config.corsOrigins);
  const streams = createEventStreams();
  let isClosing = false;
  const server = fastify({
    logger: false,
    genReqId: () => randomUUID(),
    return503OnClosing: false,
    // Queries are parsed by us, strictly, once the endpoint is known.
    // Parameters as long as a target may be: the router would refuse a longer one with an answer of its own, without our headers.
    routerOptions: { ignoreTrailingSlash: true, querystringParser: () => ({}), maxParamLength: targetLengthMax },
    clientErrorHandler: createClientErrorHandler(headers, log),
    serverFactory: (handle) =>
      createNode(createFront({ headers, origins, log, isClosing: () => isClosing }, handle), config.headersTimeoutMs ?? headersTimeoutMs),
  });
  // Bodies are read by the endpoint itself, after it is clear that the caller may call.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const readFacts = installArrival(server, {
    baseUrl,
    isServedHost: createHostCheck(baseUrl, config.allowedHosts),
    proxies: readProxyList(config.trustedProxies),
  });
  installErrors(server, log);
  installRequestLog(server, log);
  compressReplies(server);
  registerRoutes(server, options, { names: cookieNames(isHttps), origins, streams, readFacts });
  registerFallback(server, statics);
  return {
    listen: (host, port) => listen(server, host, port),
    close: async () => {
      isClosing = true;
      streams.endAll();
      const cut = setTimeout(() => server.server.closeAllConnections(), config.closeGraceMs ?? 10_000);
      await server.close();
      clearTimeout(cut);
    },
  };
}

function readBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new Error(`The base URL "${text}" must be an origin such as https://rookery.example, without a path.`);
  }
  return url;
}

function createNode(listener: RequestListener, headersTimeout: number): Server {
  const node = createNodeServer(
    {
      maxHeaderSize: headerBytesMax,
      headersTimeout,
      // Off: it would also cut long uploads. Each body has its own deadline instead.
      requestTimeout: 0,
      connectionsCheckingInterval: Math.ceil(headersTimeout / checksPerTimeout),
      keepAliveTimeout: keepAliveTimeoutMs,
      // Answered by our host check, as a problem with all headers.
      requireHostHeader: false,
      insecureHTTPParser: false,
    },
    listener,
  );
  node.setTimeout(silenceTimeoutMs);
  node.on('checkExpectation', listener);
  return node;
}

type RouteParts<Session> = Pick<Parameters<typeof registerEndpoint<Session>>[2], 'names' | 'origins' | 'streams' | 'readFacts'>;

function registerRoutes<Session>(server: FastifyInstance, options: HttpServerOptions<Session>, parts: RouteParts<Session>): void {
  const { config, routes } = options;
  const endpointOptions = {
    ...parts,
    authenticate: options.authenticate,
    ...(options.admit === undefined ? {} : { admit: options.admit }),
    csrfKey: options.secrets.csrfKey,
    ...readLimits(config),
  };
  for (const route of routes) registerEndpoint(server, route, endpointOptions);
  registerOtherMethods(
    server,
    routes.map(({ endpoint }) => endpoint),
    parts.origins,
  );
}

function readLimits(config: HttpConfig): { bodyBytesMax: number; bodyTimeoutMs: number; heartbeatMs: number } {
  return {
    bodyBytesMax: config.bodyBytesMax ?? 262_144,
    bodyTimeoutMs: config.bodyTimeoutMs ?? 30_000,
    heartbeatMs: config.heartbeatMs ?? 20_000,
  };
}

function registerFallback(server: FastifyInstance, statics: StaticFiles | null): void {
  server.setNotFoundHandler((request, reply) => {
    if (statics === null) throw new AppError('not-found');
    return serveStatic(statics.files, request, reply);
  });
}

async function listen(server: FastifyInstance, host: string, port: number): Promise<{ origin: string }> {
  await server.listen({ host, port });
  const address = asAddress(server.server.address());
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { origin: `http://${name}:${address.port}` };
}

function asAddress(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a TCP port.');
  return address;
}
