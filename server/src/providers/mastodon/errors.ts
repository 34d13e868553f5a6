import { clampWait, mapCommonStatus, quoteWords, retryAt, type HttpClient, type JsonReply } from '../http-client.ts';
import { isRecord, textOf } from '../json.ts';
import { ProviderError } from '../provider.ts';

const waitSecondsDefault = 300;

/** The failure that a refused call stands for; null for an answer with data. Source: docs.joinmastodon.org, Mastodon's locale files. */
export function mapReply(http: HttpClient, reply: JsonReply): ProviderError | null {
  if (reply.status >= 200 && reply.status < 300) return null;
  if (reply.status === 429) {
    return new ProviderError('rateLimited', 'The Mastodon server asks us to slow down.', { until: readReset(reply.headers, http) });
  }
  const common = mapCommonStatus(http, reply, waitSecondsDefault);
  if (common !== null) return common;
  const words = wordsOf(reply.json);
  // Grants of Mastodon have no end and no refresh: a refused token is a withdrawn one, unless the server says that it expired.
  if (reply.status === 401 && /expired/i.test(words ?? '')) return new ProviderError('expired', 'The Mastodon access token has expired.');
  if (reply.status === 401) {
    return new ProviderError('revoked', 'The Mastodon server no longer accepts this grant. Connect the account again.');
  }
  if (reply.status === 404 || reply.status === 410) return new ProviderError('notSupported', 'This server does not offer the call.');
  return new ProviderError('rejected', `The Mastodon server refused the request (status ${reply.status}).${quoteWords(words)}`);
}

/** `X-RateLimit-Reset` is an ISO time here; `Retry-After` where a proxy in front answers. */
export function readReset(headers: Headers, http: HttpClient): Date {
  const reset = Date.parse(headers.get('x-ratelimit-reset') ?? '');
  if (!Number.isNaN(reset)) return clampWait(reset, http.clock);
  return retryAt(headers, http.clock, waitSecondsDefault);
}

/** The OAuth error code of a refusal, or null. */
export function oauthErrorOf(json: unknown): string | null {
  return isRecord(json) ? textOf(json['error']) : null;
}

function wordsOf(json: unknown): string | null {
  if (!isRecord(json)) return null;
  return textOf(json['error_description']) ?? textOf(json['error']);
}
