import type { IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import { AppError } from '../errors.ts';

/** The caller went away before the body was complete: nobody is left to answer. */
export class CallerGone extends Error {}

/** Says whether a request announces a body. */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function refuseLargeBody(bytesMax: number): AppError {
  return new AppError('too-large', `The body is larger than ${bytesMax} bytes.`);
}

/** Refuses at once a body whose announced length is over the limit. */
export function checkAnnouncedLength(request: IncomingMessage, bytesMax: number): void {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw refuseLargeBody(bytesMax);
}

interface BodyLimits {
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

/** Reads a whole body into memory; stops at the limit whatever length was announced, and at the deadline. */
export function readBody(request: IncomingMessage, { bytesMax, timeoutMs }: BodyLimits): Promise<Buffer> {
  checkAnnouncedLength(request, bytesMax);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > bytesMax) finish(() => reject(refuseLargeBody(bytesMax)));
    else chunks.push(chunk);
  };
  const onEnd = (): void => finish(() => resolve(Buffer.concat(chunks, bytes)));
  const onClose = (): void => finish(() => reject(new CallerGone('The caller went away while sending the body.')));
  const timer = setTimeout(() => {
    finish(() => reject(new AppError('invalid-request', 'The body did not arrive in time.')));
  }, timeoutMs);
  function finish(settle: () => void): void {
    clearTimeout(timer);
    request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
    // An abort after this point would otherwise be an unhandled 'error' event.
    request.on('error', () => undefined);
    settle();
  }
  request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  return promise;
}

/** The body as a stream with back-pressure that fails with `too-large` at the limit, or when the deadline has passed. */
export function limitBody(request: IncomingMessage, { bytesMax, timeoutMs }: BodyLimits): Readable {
  checkAnnouncedLength(request, bytesMax);
  let bytes = 0;
  const limiter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > bytesMax) done(refuseLargeBody(bytesMax));
      else done(null, chunk);
    },
  });
  const timer = setTimeout(() => limiter.destroy(new AppError('invalid-request', 'The body did not arrive in time.')), timeoutMs).unref();
  const onClose = (): void => {
    if (!request.complete) limiter.destroy(new CallerGone('The caller went away while sending the body.'));
  };
  request.on('error', onClose).on('close', onClose);
  limiter.on('close', () => {
    clearTimeout(timer);
    request.unpipe(limiter);
  });
  // The handler may never read it: its failure is reported where it is read, not as an uncaught exception.
  limiter.on('error', () => undefined);
  return request.pipe(limiter);
}
