import { errorCodes, type ErrorCode, type FieldError } from '@rookery/contract/errors.ts';

/** The one error that reaches a caller: a code of the contract, and words for this case. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(code: ErrorCode, detail?: string, options: { fields?: readonly FieldError[]; retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(detail ?? errorCodes[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** A 422 about one field of the body. */
export function invalidField(pointer: string, code: string, message: string): AppError {
  return new AppError('invalid-input', message, { fields: [{ pointer, code, message }] });
}
