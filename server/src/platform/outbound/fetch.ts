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
  /**
   * For the whole exchange: connecting, waiting and reading the body, redirects included. An upload (`uploadBytesMin` and more) has other
   * limits: this often three times without a byte that moves, and `uploadMaxMs` in all.
   */
  readonly timeoutMs: number;
  /** Half an hour unless it is said. */
  readonly uploadMaxMs?: number;
  /** Body bytes after decompression. */
  readonly bytesMax: number;
  /** Lets requests through to loopback and private networks, and plain http there. Metadata addresses stay closed. */
  readonly allowPrivate: boolean;
}

const redirectsMax = 5;
/** Bodies from this size on are uploads, which a slow line may take its time for. */
const uploadBytesMin = 65_536;
const uploadMaxStandardMs = 1_800_000;
/**
 * The last megabytes of a body are on their way for a while after they left this process, and nothing moves then that could be
 * seen here: 4 MB of them at 70 kB a second take a minute.
 */
const uploadIdleShare = 3;
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
    let request = await takeBytes(new Request(input, init), init);
    const isFollowing = request.redirect === 'follow' && (init?.redirect === 'follow' || input instanceof Request);
    const deadline = startDeadline(request.signal, options);
    request = watchUpload(request, deadline);
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
 * (seen with Node 24.21). Bytes that are many become a stream, so that it can be seen how they move.
 */
async function takeBytes(request: Request, init: RequestInit | undefined): Promise<Request> {
  const body = init?.body;
  const bytes = body instanceof FormData ? new Uint8Array(await request.arrayBuffer()) : body instanceof Uint8Array ? body : null;
  if (bytes === null) return request;
  if (bytes.byteLength < uploadBytesMin) return body instanceof FormData ? withBody(request, request.headers, new Uint8Array(bytes)) : request;
  const headers = new Headers(request.headers);
  headers.set('content-length', String(bytes.byteLength));
  return withBody(request, headers, ReadableStream.from(piecesOf(bytes)));
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.byteLength; at += uploadBytesMin) yield new Uint8Array(bytes.slice(at, at + uploadBytesMin));
}

function withBody(request: Request, headers: Headers, body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>): Request {
  const init: RequestInit & { duplex: 'half' } = { method: request.method, headers, body, signal: request.signal, redirect: request.redirect, duplex: 'half' };
  return new Request(request.url, init);
}

/** An upload may last as long as it moves. The stream is destroyed with the request, so nothing is read on for nobody. */
function watchUpload(request: Request, deadline: Deadline): Request {
  const { body } = request;
  const bytes = Number(request.headers.get('content-length') ?? 0);
  if (body === null || bytes < uploadBytesMin) return request;
  deadline.beginUpload();
  const moving = async function* (): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for await (const piece of body) {
      deadline.move();
      yield piece;
    }
    deadline.move();
  };
  return withBody(request, request.headers, ReadableStream.from(moving()));
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
  /** From now on what counts is that something moves. */
  beginUpload(): void;
  move(): void;
}

function startDeadline(outer: AbortSignal, { timeoutMs, uploadMaxMs = uploadMaxStandardMs }: OutboundOptions): Deadline {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  let idle = setTimeout(end, timeoutMs).unref();
  let most: NodeJS.Timeout | undefined;
  const restart = (milliseconds: number): void => {
    clearTimeout(idle);
    idle = setTimeout(end, milliseconds).unref();
  };
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    isOver: () => controller.signal.aborted,
    stop: () => {
      clearTimeout(idle);
      clearTimeout(most);
    },
    beginUpload: () => {
      most = setTimeout(end, uploadMaxMs).unref();
      restart(timeoutMs * uploadIdleShare);
    },
    move: () => restart(timeoutMs * uploadIdleShare),
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
