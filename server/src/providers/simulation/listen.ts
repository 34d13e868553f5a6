import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultSwitches } from './faults.ts';
import { BodyError, readBody, type SimulatedReply, type SimulatedRequest } from './request.ts';
import { runAtAskedTime } from './time-travel.ts';
import type { RequestCounts } from './world.ts';

/** One operation of a simulated network. `path` has `:name` parameters, one segment each. */
export interface SimulatedRoute {
  /** Key in the request counts. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Not counted and not subject to faults. */
  readonly isControl?: boolean;
  handle(request: SimulatedRequest): SimulatedReply | Promise<SimulatedReply>;
}

/** The network's own way to say that something went wrong. */
export interface ErrorForms {
  failure(status: number, request: SimulatedRequest): SimulatedReply;
  rateLimit(request: SimulatedRequest): SimulatedReply;
}

export interface ListenOptions {
  readonly port: number;
  readonly routes: readonly SimulatedRoute[];
  readonly faults: FaultSwitches;
  readonly errors: ErrorForms;
  /** Counts requests by route name; give one to count further things, such as the kinds of a token request. */
  readonly counts?: RequestCounter;
  readonly bodyBytesMax?: number;
}

export interface RequestCounter {
  add(name: string): void;
  read(): RequestCounts;
}

export function createRequestCounter(): RequestCounter {
  const counts = new Map<string, number>();
  return { add: (name) => void counts.set(name, (counts.get(name) ?? 0) + 1), read: () => Object.fromEntries(counts) };
}

export interface Listening {
  readonly origin: string;
  counts(): RequestCounts;
  close(): Promise<void>;
}

interface CompiledRoute {
  readonly route: SimulatedRoute;
  readonly segments: readonly string[];
}

const bodyBytesMaxDefault = 1_048_576;

/** What is sent for a garbled answer: it claims to be JSON, breaks off, and is not even UTF-8. */
const garbage = Buffer.concat([Buffer.from('{"data":[{"id":"17'), Buffer.from([0xff, 0xc3, 0x28, 0x00])]);

/** Serves the routes on 127.0.0.1 and nowhere else. `origin` is known once the promise resolves. */
export async function listenSimulator(options: ListenOptions): Promise<Listening> {
  const routes = options.routes.map((route) => ({ route, segments: route.path.split('/') }));
  const counts = options.counts ?? createRequestCounter();
  const closing = new AbortController();
  let origin = '';
  const server = createServer((message, response) => {
    void runAtAskedTime(message.headers, () => answer(message, response)).catch(() => message.destroy());
  });

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(message.url ?? '/', origin);
    if (url === null) return send(response, { status: 400 });
    const found = findRoute(routes, message.method ?? 'GET', url.pathname);
    const bare: SimulatedRequest = {
      method: message.method ?? 'GET',
      origin,
      path: url.pathname,
      query: url.searchParams,
      params: found?.params ?? {},
      headers: message.headers,
      body: Buffer.alloc(0),
    };
    if (found?.route.isControl !== true) {
      if (found) counts.add(found.route.name);
      if (options.faults.delayMs > 0) await sleep(options.faults.delayMs, undefined, { signal: closing.signal });
    }
    const fault = found?.route.isControl === true ? null : options.faults.take(bare.path);
    if (fault !== null && fault.kind !== 'lose') return misbehave({ message, response, request: bare, fault, options });
    const reply = found ? await runRoute({ route: found.route, bare, message, options }) : options.errors.failure(404, bare);
    if (fault === null) send(response, reply);
    else response.destroy();
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The simulator has no port.');
  origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    counts: () => counts.read(),
    close: () =>
      new Promise((resolve, reject) => {
        closing.abort();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** The fault answers in the route's place. */
async function misbehave(input: {
  message: IncomingMessage;
  response: ServerResponse;
  request: SimulatedRequest;
  fault: Fault;
  options: ListenOptions;
}): Promise<void> {
  const { message, response, request, fault, options } = input;
  // What was sent is taken in before it is refused or lost, as on a real network.
  await readBody(message, options.bodyBytesMax ?? bodyBytesMaxDefault);
  if (fault.kind === 'drop') response.destroy();
  if (fault.kind === 'garble') send(response, { status: 200, headers: { 'content-type': 'application/json' }, body: garbage });
  if (fault.kind === 'fail') send(response, options.errors.failure(fault.status, request));
  if (fault.kind === 'rateLimit') send(response, options.errors.rateLimit(request));
}

async function runRoute(input: {
  route: SimulatedRoute;
  bare: SimulatedRequest;
  message: IncomingMessage;
  options: ListenOptions;
}): Promise<SimulatedReply> {
  const { route, bare, message, options } = input;
  try {
    const body = await readBody(message, options.bodyBytesMax ?? bodyBytesMaxDefault);
    return await route.handle({ ...bare, body });
  } catch (error) {
    if (error instanceof BodyError) return options.errors.failure(error.status, bare);
    // A fault of the simulator itself: say so where whoever debugs it will look.
    const reply = options.errors.failure(500, bare);
    const text = (error instanceof Error ? error.message : String(error)).replaceAll(/[^\x20-\x7e]/g, ' ');
    return { ...reply, headers: { ...reply.headers, 'x-simulator-error': text } };
  }
}

function findRoute(
  routes: readonly CompiledRoute[],
  method: string,
  path: string,
): { route: SimulatedRoute; params: Record<string, string> } | null {
  const parts = path.split('/');
  for (const { route, segments } of routes) {
    if (route.method !== method || segments.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const isMatch = segments.every((segment, position) => {
      const part = parts[position] ?? '';
      if (!segment.startsWith(':')) return segment === part;
      params[segment.slice(1)] = decodeSegment(part);
      return part !== '';
    });
    if (isMatch) return { route, params };
  }
  return null;
}

function decodeSegment(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function send(response: ServerResponse, reply: SimulatedReply): void {
  if (response.destroyed) return;
  response.statusCode = reply.status;
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  response.end(reply.body ?? '');
}
