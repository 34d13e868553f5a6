import type { Clock } from '../../platform/clock.ts';
import { clampWait, retryAt } from '../http-client.ts';
import { ProviderError } from '../provider.ts';

/** A refusal in Bluesky's form: HTTP status, and the `error` word of the answer. */
export interface WireRefusal {
  readonly status: number;
  readonly error: string | null;
  readonly headers: Headers;
}

const waitSecondsDefault = 300;
const tokenErrors = new Set(['ExpiredToken', 'InvalidToken', 'invalid_token']);
/** What a server says about the connected account itself; a person has to act there first. */
const accountErrors: Readonly<Record<string, string>> = {
  AccountTakedown: 'Bluesky has suspended this account.',
  AccountSuspended: 'Bluesky has suspended this account.',
  AccountDeactivated: 'This account is deactivated at Bluesky.',
};

/**
 * The failure that a refused call stands for. Sources: atproto lexicons, and a real PDS 0.5, which answers a garbage token
 * with 400 InvalidToken and an unreachable AppView with 502 UpstreamFailure (seen 2026-11-24).
 */
export function mapRefusal(refusal: WireRefusal, clock: Clock): ProviderError {
  const { status, headers } = refusal;
  // The word only: free text of a server may repeat what was sent to it.
  const word = refusal.error !== null && /^[A-Za-z_]{1,64}$/.test(refusal.error) ? refusal.error : 'no reason given';
  if (status === 429) return new ProviderError('rateLimited', 'Bluesky asks us to slow down.', { until: readWait(headers, clock) });
  if (tokenErrors.has(word)) return new ProviderError('expired', `Bluesky no longer accepts the access token (${word}).`);
  const account = accountErrors[word];
  if (account !== undefined) return new ProviderError('revoked', account);
  if (status === 401) return new ProviderError('expired', `Bluesky refused the access token (${word}).`);
  if (status === 403) return new ProviderError('rejected', `Bluesky does not allow this call with the permissions given (${word}).`);
  if (status === 404 || status === 501) return new ProviderError('notSupported', `This server does not offer the call (${word}).`);
  if (status >= 500) {
    const until = headers.has('retry-after') ? readWait(headers, clock) : null;
    return new ProviderError('retryable', `Bluesky answered ${status} (${word}).`, { until });
  }
  return new ProviderError('rejected', `Bluesky refused the request: ${status} (${word}).`);
}

/** `Retry-After`, else `RateLimit-Reset` in Unix seconds, else five minutes. */
export function readWait(headers: Headers, clock: Clock): Date {
  const reset = headers.get('ratelimit-reset')?.trim() ?? '';
  if (!headers.has('retry-after') && /^\d{9,11}$/.test(reset)) return clampWait(Number(reset) * 1000, clock);
  return retryAt(headers, clock, waitSecondsDefault);
}

/** Every error on the chain of causes, outermost first. */
export function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let next: unknown = error; next !== undefined && next !== null && chain.length < 12; ) {
    chain.push(next);
    next = next instanceof AggregateError ? next.errors[0] : next instanceof Error ? next.cause : undefined;
  }
  return chain;
}
