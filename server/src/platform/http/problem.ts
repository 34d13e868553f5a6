import { errorCodes, type ErrorCode, type Problem } from '@rookery/contract/errors.ts';
import { AppError } from '../errors.ts';

export const problemType = 'application/problem+json; charset=utf-8';

/** Problem details (RFC 9457) of an error. Only what the error says to the caller goes in: never a cause or a stack. */
export function toProblem(error: AppError, requestId: string, path?: string): Problem {
  const { status, title } = errorCodes[error.code];
  return {
    type: `urn:problem-type:${error.code}`,
    title,
    status,
    ...(error.message === title ? {} : { detail: error.message }),
    ...(path === undefined ? {} : { instance: path }),
    code: error.code,
    request_id: requestId,
    ...(error.fields.length === 0 ? {} : { errors: error.fields }),
    ...(error.retryAfterSeconds === null ? {} : { retry_after: error.retryAfterSeconds }),
    ...(error.code === 'rate-limited' ? { error: 'rate_limit_exceeded', message: error.message } : {}),
  };
}

const frameworkCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_BAD_URL: 'invalid-request',
  FST_ERR_MAX_PARAM_LENGTH: 'not-found',
};

/** The error as the caller may see it; what nobody foresaw becomes `internal`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? frameworkCodes[String(error.code)] : undefined;
  return code === undefined ? new AppError('internal', undefined, { cause: error }) : new AppError(code);
}
