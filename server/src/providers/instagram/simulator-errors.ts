import { randomBytes } from 'node:crypto';
import { jsonReply, type SimulatedReply } from '../simulation/request.ts';

export interface GraphErrorInput {
  readonly code: number;
  readonly subcode?: number;
  readonly message: string;
  readonly type?: 'OAuthException' | 'IGApiException';
  readonly status?: number;
  readonly isTransient?: boolean;
  /** For the person, besides the message for the developer. */
  readonly userMessage?: string;
}

/** An error of graph.instagram.com; HTTP 400 unless said otherwise. */
export function graphError(input: GraphErrorInput, headers: Readonly<Record<string, string>> = {}): SimulatedReply {
  const error = {
    message: input.message,
    type: input.type ?? 'OAuthException',
    code: input.code,
    ...(input.subcode !== undefined && { error_subcode: input.subcode }),
    ...(input.isTransient === true && { is_transient: true }),
    ...(input.userMessage !== undefined && { is_transient: false, error_user_msg: input.userMessage }),
    fbtrace_id: `A${randomBytes(17).toString('base64url').replaceAll('-', 'x')}`,
  };
  const challenge = input.code === 190 ? { 'www-authenticate': `OAuth "Facebook Platform" "invalid_token" "${input.message}"` } : {};
  return jsonReply(input.status ?? 400, { error }, { ...challenge, ...headers });
}

/** An error of api.instagram.com's token endpoint, which has a form of its own. */
export function tokenError(message: string, status = 400): SimulatedReply {
  return jsonReply(status, { error_type: 'OAuthException', code: status, error_message: message });
}

const sessionErrors: Readonly<Record<number, string>> = {
  458: 'Error validating access token: The user has not authorized application 1.',
  460: 'Error validating access token: The session has been invalidated because the user changed their password.',
  463: 'Error validating access token: Session has expired.',
};

/** 190 with what happened to the session: 458 app removed, 460 password changed, 463 expired. */
export function sessionError(subcode: number): SimulatedReply {
  return graphError({ code: 190, subcode, message: sessionErrors[subcode] ?? 'Error validating access token.' });
}

/**
 * The error form for a status that a test asked for. The session subcodes 458, 460 and 463 stand for themselves: they are
 * no HTTP statuses, so `failNext(1, 460)` can say "the password was changed".
 */
export function failureFor(status: number): SimulatedReply {
  if (sessionErrors[status] !== undefined) return sessionError(status);
  if (status === 401) return graphError({ code: 190, message: 'Invalid OAuth access token - Cannot parse access token', status });
  if (status === 403) return graphError({ code: 10, message: '(#10) Application does not have permission for this action', status });
  if (status >= 500) {
    const message = 'An unexpected error has occurred. Please retry your request later.';
    return graphError({ code: 2, message, status, isTransient: true });
  }
  const message = 'Unsupported get request. Object does not exist or cannot be loaded due to missing permissions.';
  return graphError({ code: 100, subcode: 33, message, type: 'IGApiException' });
}

const rateLimits: readonly GraphErrorInput[] = [
  { code: 4, message: '(#4) Application request limit reached', status: 403, isTransient: true },
  { code: 17, message: '(#17) User request limit reached', isTransient: true },
  { code: 613, message: '(#613) Calls to this api have exceeded the rate limit.', isTransient: true },
];

/** The n-th of the three ways in which Meta says "too many". */
export function rateLimitError(n: number, headers: Readonly<Record<string, string>>): SimulatedReply {
  const input = rateLimits[n % rateLimits.length];
  return input === undefined ? failureFor(500) : graphError(input, headers);
}
