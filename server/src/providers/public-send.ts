import { isNeverSent, requestJson, type HttpClient, type JsonReply } from './http-client.ts';
import { ProviderError, type Publication, type PublishProgress } from './provider.ts';

/**
 * From the start of the last check to the last byte of the request. The database's quarantine of a taken-over attempt must be
 * longer than this and the time that a network may take to act on it.
 */
export const sendWindowMs = 5_000;

/** The one request of an attempt that makes something public. */
export interface PublicRequest {
  readonly url: URL;
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of `body`, as `content-type`. */
  readonly type: string;
  readonly body: string;
  /** What a clear answer below 500 refuses; null for a success. It must say of nothing that was published that it was not. */
  refusalOf(reply: JsonReply): ProviderError | null;
  /** Reads a success; throws where it is not the promised one. */
  publicationOf(reply: JsonReply): Publication;
  /** For tests; `sendWindowMs` otherwise. */
  readonly windowMs?: number;
}

/**
 * Asks leave to send, sends, and tells apart what is known of it. Throws `unknownOutcome` once the whole request may have
 * reached the network and no clear answer came. Any other kind says: surely not carried out.
 */
export async function sendPublicly(client: HttpClient, request: PublicRequest, progress: PublishProgress): Promise<Publication> {
  const gate = openGate(request.windowMs ?? sendWindowMs);
  gate.watch(await progress.beforeSend());
  if (!gate.isOpen()) throw lateFailure();
  const reply = await exchangeOnce(client, request, gate);
  // 408 and 499 come from servers in between that gave up waiting: the network behind may have acted.
  if (reply.status >= 500 || reply.status === 408 || reply.status === 499) {
    throw unknown(`${client.network} answered with status ${reply.status}, which does not say whether it was published.`);
  }
  const refusal = request.refusalOf(reply);
  if (refusal !== null) throw refusal;
  try {
    return request.publicationOf(reply);
  } catch (error) {
    throw unknown(error instanceof ProviderError ? error.message : `${client.network} sent an answer of another form than it promises.`);
  }
}

async function exchangeOnce(client: HttpClient, request: PublicRequest, gate: Gate): Promise<JsonReply> {
  const bytes = new TextEncoder().encode(request.body);
  const headers = { ...request.headers, 'content-type': request.type, 'content-length': String(bytes.byteLength) };
  let isUnsent = false;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    try {
      return await client.fetch(input, init);
    } catch (error) {
      isUnsent = isNeverSent(error);
      throw error;
    }
  };
  try {
    return await requestJson({ ...client, fetch }, {
      url: request.url, method: 'POST', headers, body: passGate(bytes, gate), signal: gate.signal(),
      ...(request.bearer === undefined ? {} : { bearer: request.bearer }),
    });
  } catch (error) {
    if (gate.wasLate()) throw lateFailure();
    const words = error instanceof ProviderError ? error.message : `The call to ${client.network} failed.`;
    if (isUnsent || !gate.wasPassed()) throw new ProviderError('retryable', words);
    throw unknown(`${words} Whether it was published is not known.`);
  }
}

const unknown = (message: string): ProviderError => new ProviderError('unknownOutcome', message);

const lateFailure = (): ProviderError =>
  new ProviderError('retryable', 'This server came to a standstill right before sending, so nothing was sent.');

interface Gate {
  watch(signal: AbortSignal): void;
  signal(): AbortSignal;
  isOpen(): boolean;
  /** Lets the last byte through, or throws for good. */
  pass(): void;
  wasPassed(): boolean;
  wasLate(): boolean;
}

/**
 * A process can be frozen between the check and the write, for minutes, and its timers and abort signals fire only after the
 * code that was about to run. So time is compared by hand, on the monotonic clock; on the wall clock as well, because a
 * suspended machine stops the former.
 */
function openGate(windowMs: number): Gate {
  const startedAt = { monotonic: performance.now(), wall: Date.now() };
  let watched = new AbortController().signal;
  let state: 'waiting' | 'passed' | 'late' = 'waiting';
  const isOpen = (): boolean =>
    !watched.aborted && performance.now() - startedAt.monotonic < windowMs && Date.now() - startedAt.wall < windowMs;
  return {
    watch: (signal) => {
      watched = signal;
    },
    signal: () => watched,
    isOpen,
    pass: () => {
      if (!isOpen()) state = 'late';
      if (state === 'late') throw new Error('The time to send is over.');
      state = 'passed';
    },
    wasPassed: () => state === 'passed',
    wasLate: () => state === 'late',
  };
}

/** Streams may be passed on through a few more, each of which draws one piece ahead of the connection. */
const lastPieces = 16;

/**
 * The body, its last bytes one by one and the very last only through the gate. From there to the socket there is no turn of the
 * event loop. A request cut short of its stated length is no request to any server (seen with Node's fetch: the connection is
 * closed, and the content length is sent as it is given).
 */
function passGate(bytes: Uint8Array, gate: Gate): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const end = Math.max(sent + 1, bytes.byteLength - lastPieces);
      if (end >= bytes.byteLength) gate.pass();
      controller.enqueue(bytes.slice(sent, end));
      sent = end;
      if (sent >= bytes.byteLength) controller.close();
    },
  }, { highWaterMark: 0 });
}
