import { mapCommonStatus, quoteWords, type HttpClient, type JsonReply } from '../http-client.ts';
import { countOf, textOf } from '../json.ts';
import { ProviderError } from '../provider.ts';
import { errorOf, failureOf, isPermissionCode } from './map.ts';

/** Fetching or preparing the image failed in a way that may be over at the next try (Meta's error page and implementers, 2026-11-24). */
const passing = new Set([2207003, 2207027, 2207032, 2207052, 2207053, 2207082]);
const restricted = new Set([2207050, 2207051]);
const daySpent = 2207042;
const notReady = 2207027;

/** The failure of a publishing call; null for a success. Meta's subcodes of publishing say more than its codes. */
export function publishFailureOf(http: HttpClient, reply: JsonReply): ProviderError | null {
  const error = errorOf(reply);
  const subcode = countOf(error, 'error_subcode');
  const words = quoteWords(textOf(error?.['error_user_msg']) ?? textOf(error?.['message']));
  if (subcode !== null && restricted.has(subcode)) {
    return new ProviderError('rejected', `Instagram has restricted this account for now. Look into the Instagram app.${words}`);
  }
  if (subcode === daySpent || countOf(error, 'code') === 9) {
    const until = mapCommonStatus(http, { status: 429, headers: reply.headers }, 3600)?.until ?? null;
    return new ProviderError('rateLimited', 'Instagram takes no more posts of this account within 24 hours.', { until });
  }
  if (subcode !== null && passing.has(subcode)) {
    const advice = 'this server must be reachable from the internet';
    return new ProviderError('retryable', `Instagram could not fetch or prepare an image; ${advice}.${words}`);
  }
  const failure = failureOf(http, reply);
  if (failure?.kind !== 'rejected' || isPermissionCode(countOf(error, 'code'))) return failure;
  return new ProviderError('rejected', `Instagram does not take this post.${words}`);
}

/**
 * Whether a refusal of `media_publish` says for sure that nothing was published: the access, its permissions, its limits or an
 * image that is not ready. Others have been seen on posts that were out, "action is blocked" among them (reports of
 * implementers, read 2026-11-24).
 */
export function isClearRefusal(reply: JsonReply): boolean {
  const error = errorOf(reply);
  const code = countOf(error, 'code');
  const subcode = countOf(error, 'error_subcode');
  if (reply.status === 429 || subcode === daySpent || subcode === notReady || isPermissionCode(code)) return true;
  return subcode === null ? [4, 9, 17, 32, 102, 190, 613].includes(code ?? 0) : [102, 190].includes(code ?? 0);
}
