import { clampWait, mapCommonStatus, quoteWords, type HttpClient, type JsonReply } from '../http-client.ts';
import { countOf, idOf, isRecord, recordsOf, required, textOf, type JsonRecord } from '../json.ts';
import { ProviderError, type Profile } from '../provider.ts';

const network = 'Instagram';

/**
 * The account behind a token. `user_id` is the professional account's own id (1784…): the same for every app, in webhooks and by
 * Facebook login. `id` is scoped to the Meta app, so a new app would make every account a stranger. So externalId is `user_id`,
 * and there is no falling back to `id` (Meta's "Get Started", several implementers, read 2026-11-24).
 */
export function profileOf(reply: JsonReply): Profile {
  const body = required(isRecord(reply.json) ? reply.json : null, network, 'an object');
  const data = recordsOf(body['data'])?.[0] ?? body;
  if (/^personal$/i.test(textOf(data['account_type']) ?? '')) throw personalFailure();
  const handle = required(textOf(data['username']), network, 'a user name');
  return {
    externalId: required(idOf(data['user_id']), network, 'the id of the professional account'),
    handle,
    name: textOf(data['name']) ?? handle,
    profileUrl: `https://www.instagram.com/${encodeURIComponent(handle)}/`,
    avatarUrl: textOf(data['profile_picture_url']),
    followers: countOf(data, 'followers_count'),
    following: countOf(data, 'follows_count'),
    posts: countOf(data, 'media_count'),
  };
}

/** Figures by name from one insights answer: `total_value`, or the newest of `values`. A name that is missing has no figure. */
export function insightsOf(reply: JsonReply): ReadonlyMap<string, number> {
  const body = required(isRecord(reply.json) ? reply.json : null, network, 'an object');
  const figures = new Map<string, number>();
  for (const entry of required(recordsOf(body['data']), network, 'a list of figures')) {
    const name = textOf(entry['name']);
    const total = isRecord(entry['total_value']) ? entry['total_value'] : (recordsOf(entry['values'])?.at(-1) ?? null);
    const value = countOf(total, 'value');
    if (name !== null && value !== null) figures.set(name, value);
  }
  return figures;
}

/** Meta's own error code; null when the answer has none. */
export function metaCodeOf(reply: JsonReply): number | null {
  return countOf(errorOf(reply), 'code');
}

/** 10 and 200 to 299: a permission is missing, which is not the same as an ended access (Meta's documentation, 2026-11-24). */
export function isPermissionCode(code: number | null): boolean {
  return code === 10 || (code !== null && code >= 200 && code <= 299);
}

/** Calls per app, user, page or business case, and the custom limit (Meta's documentation, 2026-11-24). */
const rateLimitCodes = new Set([4, 17, 32, 341, 613, 80002]);

/** The error for an answer that is no success; null for one that is. Meta's codes say more than its HTTP statuses. */
export function failureOf(http: HttpClient, reply: JsonReply): ProviderError | null {
  const error = errorOf(reply);
  const isSuccess = reply.status >= 200 && reply.status < 300;
  if (error === null && isSuccess) return null;
  const code = countOf(error, 'code');
  const message = textOf(error?.['message']) ?? textOf(error?.['error_message']);
  const words = quoteWords(message);
  if (code === 190 || code === 102) return accessFailure(countOf(error, 'error_subcode'), message ?? '');
  if (reply.status === 429 || (code !== null && rateLimitCodes.has(code))) {
    const until = regainAt(reply.headers, http) ?? mapCommonStatus(http, { status: 429, headers: reply.headers }, 3600)?.until ?? null;
    // 4 counts the calls of the whole app, the others those about one account.
    const scope = code === 4 ? 'app' : 'account';
    return new ProviderError('rateLimited', 'Instagram asks to wait: its limit for calls is used up.', { until, scope });
  }
  const common = mapCommonStatus(http, reply, 3600);
  if (common !== null) return common;
  if (code === 1 || code === 2 || error?.['is_transient'] === true) {
    return new ProviderError('retryable', `Instagram has a problem of its own.${words}`);
  }
  if (isPermissionCode(code)) {
    return new ProviderError(
      'rejected', `A permission for this is missing. Connect the account again and leave all permissions on.${words}`,
    );
  }
  if (reply.status === 401 && code === null) return new ProviderError('expired', 'Instagram does not accept this access any more.');
  return new ProviderError('rejected', `Instagram refused the request (status ${reply.status}).${words}`);
}

/**
 * The error of an answer, or null. Two shapes: `{error: {message, code, error_subcode}}` of the graph, `{error_type, code,
 * error_message}` of the code exchange.
 */
export function errorOf(reply: JsonReply): JsonRecord | null {
  if (!isRecord(reply.json)) return null;
  if (isRecord(reply.json['error'])) return reply.json['error'];
  return reply.json['error_type'] === undefined && reply.json['error_message'] === undefined ? null : reply.json;
}

function accessFailure(subcode: number | null, message: string): ProviderError {
  const revoked = (why: string): ProviderError => new ProviderError('revoked', `${why} Connect it again.`);
  if (subcode === 458) return revoked("The app was removed in Instagram's settings.");
  if (subcode === 459) return revoked('Instagram wants the owner to log in at instagram.com and confirm something first.');
  if (subcode === 460) return revoked('The password of this Instagram account was changed.');
  if (subcode === 463 || (subcode === null && /expired/i.test(message))) {
    return new ProviderError('expired', 'The access to this Instagram account has run out.');
  }
  return revoked('Instagram has ended the access to this account.');
}

function personalFailure(): ProviderError {
  return new ProviderError('rejected', 'This is a personal Instagram account, and Instagram gives apps no access to those. Switch it to a '
    + 'professional account (business or creator) in the Instagram app, which is free, and connect it again.');
}

/** `X-Business-Use-Case-Usage`: {"<account>": [{…, "estimated_time_to_regain_access": minutes}]}; the longest wait counts. */
function regainAt(headers: Headers, http: HttpClient): Date | null {
  let minutes = 0;
  let usage: unknown;
  try {
    usage = JSON.parse(headers.get('x-business-use-case-usage') ?? '');
  } catch {
    return null;
  }
  for (const entries of isRecord(usage) ? Object.values(usage) : []) {
    for (const entry of recordsOf(entries) ?? []) minutes = Math.max(minutes, countOf(entry, 'estimated_time_to_regain_access') ?? 0);
  }
  return minutes === 0 ? null : clampWait(http.clock.now().getTime() + minutes * 60_000, http.clock);
}
