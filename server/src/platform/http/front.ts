import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '@rookery/contract/errors.ts';
import { AppError } from '../errors.ts';
import { allowForeignOrigin, type Origins } from './origins.ts';
import { problemType, toProblem } from './problem.ts';
import { screenTarget } from './request-target.ts';
import type { HeaderList } from './security-headers.ts';
import type { HttpLog } from './server-options.ts';

interface FrontOptions {
  readonly headers: HeaderList;
  readonly origins: Origins;
  readonly log: HttpLog;
  /** True from the moment the server is asked to stop. */
  readonly isClosing: () => boolean;
}

/**
 * What stands before the framework: every answer, also one that fails half-way or never reaches a route, carries the
 * security headers; targets that two parsers could read differently never get to the router.
 */
export function createFront(options: FrontOptions, handle: RequestListener): RequestListener {
  return (request, response) => {
    for (const [name, value] of options.headers) response.setHeader(name, value);
    allowForeignOrigin(request.headers.origin, options.origins, response);
    const refusal = options.isClosing()
      ? new AppError('unavailable', 'The server is stopping: try again in a moment.', { retryAfterSeconds: 5 })
      : refuseRequest(request);
    if (refusal === null) return handle(request, response);
    answerRefusal(request, response, { refusal, log: options.log });
  };
}

function refuseRequest(request: IncomingMessage): AppError | null {
  const refusal = screenTarget(request.url ?? '');
  return refusal === null ? null : new AppError(refusal.code, refusal.detail);
}

function answerRefusal(request: IncomingMessage, response: ServerResponse, { refusal, log }: { refusal: AppError; log: HttpLog }): void {
  const requestId = randomUUID();
  if (refusal.retryAfterSeconds !== null) response.setHeader('Retry-After', String(refusal.retryAfterSeconds));
  response.setHeader('Connection', 'close');
  response.setHeader('X-Request-Id', requestId);
  response.writeHead(refusal.status, { 'Content-Type': problemType });
  response.end(request.method === 'HEAD' ? undefined : JSON.stringify(toProblem(refusal, requestId)));
  log.info({ request_id: requestId, method: request.method, route: 'refused', status: refusal.status }, 'request');
}

/** Answers what is no HTTP request, or a slow one, in a few bytes, and hangs up. */
export function createClientErrorHandler(headers: HeaderList, log: HttpLog): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
      socket.destroy();
      return;
    }
    const code: ErrorCode = error.code === 'HPE_HEADER_OVERFLOW' ? 'header-too-large' : 'invalid-request';
    const refusal = new AppError(code, code === 'invalid-request' ? 'This is not a valid HTTP/1.1 request.' : undefined);
    const requestId = randomUUID();
    const body = JSON.stringify(toProblem(refusal, requestId));
    const lines = [
      `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Error'}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
      `Content-Type: ${problemType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
    log.info({ request_id: requestId, route: 'refused', status: refusal.status, reason: error.code ?? 'unknown' }, 'request');
  };
}
