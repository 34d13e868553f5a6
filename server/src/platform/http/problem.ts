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
    ...detailOf(error, title),
    ...(path === undefined ? {} : { instance: path }),
    code: error.code,
    request_id: requestId,
    ...(error.fields.length === 0 ? {} : { errors: error.fields }),
    ...(error.retryAfterSeconds === null ? {} : { retry_after: error.retryAfterSeconds }),
    ...(error.code === 'rate-limited' ? { error: 'rate_limit_exceeded', message: error.message } : {}),
  };
}

/** What to do, where whoever threw the error had no words for this very case. */
const advice: Partial<Record<ErrorCode, string>> = {
  'not-found': 'Check the address, or ask an owner or admin of the workspace.',
  'not-allowed': 'Ask an owner or admin of the workspace to do it, or to change your role.',
  'unknown-host': 'Use the address that the operator of this server gave out, or have this one added to ALLOWED_HOSTS.',
  'method-not-allowed': 'The Allow header of this answer names the ones it takes.',
  conflict: 'Load it again to see how it stands now, then try again.',
};

function detailOf({ code, message }: AppError, title: string): { detail?: string } {
  if (message !== title) return { detail: message };
  const next = advice[code];
  return next === undefined ? {} : { detail: `${title}. ${next}` };
}

const frameworkCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_BAD_URL: 'invalid-request',
};

/** The error as the caller may see it; what nobody foresaw becomes `internal`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? frameworkCodes[String(error.code)] : undefined;
  return code === undefined ? new AppError('internal', undefined, { cause: error }) : new AppError(code);
}
