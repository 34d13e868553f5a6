/** Every error code that the API can answer, with its HTTP status and a title a person can read. */
export const errorCodes = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'invalid-json': { status: 400, title: 'The request body is not valid JSON' },
  'unknown-host': { status: 400, title: 'This address is not served here' },
  'not-signed-in': { status: 401, title: 'Sign in first' },
  'wrong-credentials': { status: 401, title: 'E-mail address or password is wrong' },
  'cross-site': { status: 403, title: 'The request came from another site' },
  'csrf-token': { status: 403, title: 'The page is out of date: reload it and try again' },
  'approval-needed': { status: 403, title: 'An owner or admin has to approve this first' },
  'not-allowed': { status: 403, title: 'Your role does not allow this' },
  'https-required': { status: 403, title: 'Use https' },
  'sign-up-closed': { status: 403, title: 'Sign-up is by invitation' },
  'not-found': { status: 404, title: 'There is nothing here, or it is not yours to see' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  conflict: { status: 409, title: 'This has changed in the meantime' },
  'already-exists': { status: 409, title: 'This exists already' },
  'last-owner': { status: 409, title: 'A workspace needs at least one owner' },
  'sync-running': { status: 409, title: 'A sync of this account is running already' },
  'too-large': { status: 413, title: 'The request is too large' },
  'uri-too-long': { status: 414, title: 'The address is too long' },
  'unsupported-type': { status: 415, title: 'This content type is not accepted here' },
  'invalid-input': { status: 422, title: 'Some fields need your attention' },
  'network-not-configured': { status: 422, title: 'This network is not set up on this server' },
  'not-supported': { status: 422, title: 'This network does not offer that' },
  'unreadable-export': { status: 422, title: 'This file could not be read as a data export' },
  'reconnect-needed': { status: 422, title: 'The account has to be connected again' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'header-too-large': { status: 431, title: 'The request headers are too large' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  'network-failed': { status: 502, title: 'The network did not answer as expected' },
  unavailable: { status: 503, title: 'The server is busy or not ready' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** One field that was refused: a JSON pointer into the body (`/email`), or `?name` / `:name` for query and path. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** RFC 9457 problem details, as every failed call answers them. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance?: string;
  readonly code: ErrorCode;
  readonly request_id: string;
  readonly errors?: readonly FieldError[];
  /** Seconds until a retry makes sense, on 429 and 503. */
  readonly retry_after?: number;
  /** On 429 only, for clients that know nothing of problem details. */
  readonly error?: 'rate_limit_exceeded';
  readonly message?: string;
}
