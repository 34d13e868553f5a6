import { errorCodes, type ErrorCode, type FieldError } from '@rookery/contract/errors.ts';

/** What a failed call is: a code of the contract, or `offline` when no answer came at all. */
export type FailureCode = ErrorCode | 'offline';

interface Details {
  readonly fields?: readonly FieldError[];
  readonly requestId?: string | null;
  readonly retryAfterSeconds?: number | null;
}

/** The one error that `call` throws, with words a person can read as its message. */
export class ApiError extends Error {
  readonly code: FailureCode;
  readonly fields: readonly FieldError[];
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(code: FailureCode, message: string, details: Details = {}) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.fields = details.fields ?? [];
    this.requestId = details.requestId ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }
}

/** The error for a call that got no answer. */
export function offlineError(): ApiError {
  return new ApiError('offline', 'The server did not answer. Check your connection, then try again.');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCodes, value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function readField(value: unknown): FieldError[] {
  if (!isRecord(value)) return [];
  const pointer = textOf(value['pointer']);
  const message = textOf(value['message']);
  return pointer === null || message === null ? [] : [{ pointer, message, code: textOf(value['code']) ?? 'invalid' }];
}

function codeForStatus(status: number): ErrorCode {
  if (status === 502 || status === 503 || status === 504) return 'unavailable';
  const known = Object.keys(errorCodes).filter(isErrorCode).find((code) => errorCodes[code].status === status);
  return known ?? 'internal';
}

function wordsToWait(seconds: number): string {
  const isShort = seconds <= 90;
  const count = isShort ? Math.max(1, Math.ceil(seconds)) : Math.ceil(seconds / 60);
  return `Too many requests. Try again in ${count} ${isShort ? 'second' : 'minute'}${count === 1 ? '' : 's'}.`;
}

/** Turns an answer that is not a success into an error; a body that is no problem document (a proxy's page) is ignored. */
export function readProblem(status: number, body: unknown, requestId: string | null): ApiError {
  const problem = isRecord(body) ? body : {};
  const code = isErrorCode(problem['code']) ? problem['code'] : codeForStatus(status);
  const fields = Array.isArray(problem['errors']) ? problem['errors'].flatMap(readField) : [];
  const retryAfterSeconds = typeof problem['retry_after'] === 'number' ? problem['retry_after'] : null;
  const words = textOf(problem['detail']) ?? textOf(problem['title']) ?? errorCodes[code].title;
  return new ApiError(code, code === 'rate-limited' && retryAfterSeconds !== null ? wordsToWait(retryAfterSeconds) : words, {
    fields,
    requestId: textOf(problem['request_id']) ?? requestId,
    retryAfterSeconds,
  });
}
