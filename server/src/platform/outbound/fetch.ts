import { classifyHost } from './address.ts';

/** Why a request did not get through by our own rules. `refused` never left this machine. */
export type OutboundReason = 'refused' | 'timeout' | 'too-large';

/** A request that our own limits ended. The message names no URL, header or body. */
export class OutboundError extends Error {
  readonly reason: OutboundReason;

  constructor(reason: OutboundReason, message: string) {
    super(message);
    this.name = 'OutboundError';
    this.reason = reason;
  }
}

export interface OutboundOptions {
  /** For the whole exchange: connecting, waiting and reading the body, redirects included. */
  readonly timeoutMs: number;
  /** Body bytes after decompression. */
  readonly bytesMax: number;
  /** Lets requests through to loopback and private networks, and plain http there. Metadata addresses stay closed. */
  readonly allowPrivate: boolean;
}

const redirectsMax = 5;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);
const bodilessStatuses = new Set([101, 204, 205, 304]);

/**
 * The one way out: global fetch's signature with a total timeout, a size cap and refused addresses. A redirect is answered
 * as it is, unless the call says `redirect: 'follow'`; then each hop is checked again and credentials stay on their origin.
 * It never logs. Throws OutboundError for its own limits, whatever fetch throws otherwise.
 */
export function createOutboundFetch(options: OutboundOptions): typeof globalThis.fetch {
  return async (input, init) => {
    let url = parseUrl(input);
    permitUrl(url, options.allowPrivate);
    let request = await takeForm(new Request(input, init), init);
    const isFollowing = request.redirect === 'follow' && (init?.redirect === 'follow' || input instanceof Request);
    const deadline = startDeadline(request.signal, options.timeoutMs);
    try {
      for (let hop = 0; ; hop += 1) {
        const response = await fetch(request, { redirect: 'manual', signal: deadline.signal });
        const next = isFollowing ? redirectTarget(response, url) : null;
        if (request.redirect === 'error' && redirectStatuses.has(response.status)) {
          throw new OutboundError('refused', 'Unexpected redirect.');
        }
        if (next === null || !['GET', 'HEAD'].includes(request.method)) return limitBody(response, url, options.bytesMax, deadline);
        await response.body?.cancel();
        if (hop >= redirectsMax) throw new OutboundError('refused', 'Too many redirects.');
        permitUrl(next, options.allowPrivate);
        request = new Request(next, { method: request.method, headers: headersFor(request.headers, url, next) });
        url = next;
      }
    } catch (error) {
      deadline.stop();
      throw deadline.isOver() ? new OutboundError('timeout', `No answer within ${options.timeoutMs} ms.`) : error;
    }
  };
}

/**
 * The seam for address rules: every hop passes here before a packet leaves. It judges the text of the address; checking
 * what a name resolves to, and connecting to exactly that, belongs here as well.
 */
export function permitUrl(url: URL, allowPrivate: boolean): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new OutboundError('refused', 'Only http and https addresses are allowed.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new OutboundError('refused', 'An address must not contain a user name or password.');
  }
  const kind = classifyHost(url.hostname);
  if (kind === 'forbidden') throw new OutboundError('refused', 'This address is reserved and never contacted.');
  if (kind === 'private' && !allowPrivate) throw new OutboundError('refused', 'This address is on a private network.');
  if (url.protocol === 'http:' && kind === 'public') throw new OutboundError('refused', 'Use https for this address.');
}

function parseUrl(input: Parameters<typeof globalThis.fetch>[0]): URL {
  const text = input instanceof Request ? input.url : String(input);
  // The parser's own error repeats the address, which may carry a secret.
  if (!URL.canParse(text)) throw new OutboundError('refused', 'This is not a complete address.');
  return new URL(text);
}

/**
 * A form as its bytes. Node's fetch goes on making the pieces of a form after the request was aborted, and the error ends the process
 * (seen with Node 24.21).
 */
async function takeForm(request: Request, init: RequestInit | undefined): Promise<Request> {
  if (!(init?.body instanceof FormData)) return request;
  const body = await request.arrayBuffer();
  return new Request(request, { method: request.method, body });
}

function redirectTarget(response: Response, from: URL): URL | null {
  const location = response.headers.get('location');
  if (!redirectStatuses.has(response.status) || location === null) return null;
  if (!URL.canParse(location, from.href)) throw new OutboundError('refused', 'The answer redirects to something that is no address.');
  return new URL(location, from);
}

function headersFor(headers: Headers, from: URL, to: URL): Headers {
  const kept = new Headers(headers);
  if (from.origin !== to.origin) for (const name of ['authorization', 'cookie', 'dpop']) kept.delete(name);
  return kept;
}

interface Deadline {
  readonly signal: AbortSignal;
  isOver(): boolean;
  stop(): void;
}

function startDeadline(outer: AbortSignal, timeoutMs: number): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  timer.unref();
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    isOver: () => controller.signal.aborted,
    stop: () => clearTimeout(timer),
  };
}

/** The same response with a body that ends in an OutboundError once it is too large or too late. */
function limitBody(response: Response, url: URL, bytesMax: number, deadline: Deadline): Response {
  const body = response.body;
  const headers = new Headers(response.headers);
  // fetch has already decompressed: these two describe bytes that nobody sees.
  headers.delete('content-encoding');
  headers.delete('content-length');
  const isBodiless = body === null || bodilessStatuses.has(response.status);
  if (isBodiless) deadline.stop();
  const limited = new Response(isBodiless ? null : countBytes(body, bytesMax, deadline), {
    status: response.status, statusText: response.statusText, headers,
  });
  Object.defineProperty(limited, 'url', { value: url.href });
  return limited;
}

function countBytes(body: ReadableStream<Uint8Array>, bytesMax: number, deadline: Deadline): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let received = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          deadline.stop();
          controller.close();
          return;
        }
        received += value.byteLength;
        if (received > bytesMax) throw new OutboundError('too-large', `The answer is larger than ${bytesMax} bytes.`);
        controller.enqueue(value);
      } catch (error) {
        deadline.stop();
        if (error instanceof OutboundError) void reader.cancel().catch(() => undefined);
        controller.error(deadline.isOver() ? new OutboundError('timeout', 'The answer did not end in time.') : error);
      }
    },
    async cancel(reason) {
      deadline.stop();
      await reader.cancel(reason);
    },
  });
}
