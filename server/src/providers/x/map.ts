import { mapCommonStatus, quoteWords, type HttpClient, type JsonReply } from '../http-client.ts';
import { countOf, idOf, isRecord, recordsOf, required, textOf, type JsonRecord } from '../json.ts';
import { ProviderError, type FollowerPage, type FollowerRow, type Metric, type PersonStatus, type Profile } from '../provider.ts';

const network = 'X';

/** Our name of a figure, then X's names for it: those of the guides, and those of the newest specification (2.167, 2026-11-24). */
const metricFields = [
  ['followers', 'followers_count'],
  ['following', 'following_count'],
  ['posts', 'tweet_count', 'post_count'],
  ['listed', 'listed_count'],
  ['likes_given', 'like_count'],
] as const;

export function profileOf(reply: JsonReply): Profile {
  const data = dataOf(reply);
  const counts = countsOf(data);
  const handle = required(textOf(data['username']), network, 'a user name');
  return {
    externalId: required(idOf(data['id']), network, 'a user id'),
    handle,
    name: textOf(data['name']) ?? handle,
    profileUrl: urlOf(handle),
    avatarUrl: textOf(data['profile_image_url']),
    followers: countOf(counts, 'followers_count'),
    following: countOf(counts, 'following_count'),
    posts: countOf(counts, 'tweet_count', 'post_count'),
  };
}

export function metricsOf(reply: JsonReply): readonly Metric[] {
  const counts = countsOf(dataOf(reply));
  return metricFields.map(([metric, ...fields]) => {
    const value = countOf(counts, ...fields);
    return { metric, value, source: value === null ? 'unsupported' : 'measured' };
  });
}

/**
 * One page. An answer whose own count does not fit its rows is refused: read as whole, the missing rows would look like people
 * who left.
 */
export function followerPageOf(reply: JsonReply, cursor: string | null): FollowerPage {
  const body = bodyOf(reply);
  const meta = body['meta'];
  if (!isRecord(meta)) throw partialFailureOf(body);
  const stated = required(countOf(meta, 'result_count'), network, 'the number of rows');
  const rows = body['data'] === undefined ? [] : required(recordsOf(body['data']), network, 'a list of followers').map(rowOf);
  if (rows.length !== stated) throw new ProviderError('garbled', `X announced ${stated} followers on a page and sent ${rows.length}.`);
  const next = meta['next_token'];
  const nextCursor = next === undefined || next === null ? null : required(textOf(next), network, 'a usable next page');
  if (nextCursor !== null && nextCursor === cursor) throw new ProviderError('garbled', 'X sent a page that points to itself.');
  return { rows, nextCursor };
}

/** X answers 200 with `errors` for a person it does not show; the words say why (seen by many implementers, 2026-11-24). */
export function personStatusOf(reply: JsonReply, externalId: string): PersonStatus | null {
  if (!isRecord(reply.json)) return null;
  const data = reply.json['data'];
  if (reply.status === 200 && isRecord(data) && idOf(data['id']) === externalId) return 'active';
  const isAboutThem = (entry: JsonRecord): boolean => [idOf(entry['resource_id']), idOf(entry['value'])].includes(externalId);
  const problem = recordsOf(reply.json['errors'])?.find(isAboutThem);
  if (problem === undefined) return null;
  if (/suspended/i.test(textOf(problem['detail']) ?? '')) return 'suspended';
  if (!typeOf(problem).endsWith('/resource-not-found')) return 'unknown';
  return textOf(problem['title']) === 'Forbidden' ? 'suspended' : 'deactivated';
}

/** The error for an answer that is no success; null for one that is. */
export function failureOf(http: HttpClient, reply: JsonReply): ProviderError | null {
  if (reply.status >= 200 && reply.status < 300) return null;
  const body = isRecord(reply.json) ? reply.json : {};
  const words = quoteWords(textOf(body['detail']) ?? textOf(body['title']));
  const type = typeOf(body);
  // Answered as 429 although waiting does not help: the plan's allowance is spent (X developer documentation, 2026-11-24).
  if (type.endsWith('/usage-capped') || textOf(body['title']) === 'UsageCapExceeded') {
    return new ProviderError(
      'rejected', `The X developer app has used up what its plan allows. Raise the plan or its spending limit.${words}`,
    );
  }
  if (reply.status === 402) {
    return new ProviderError('rejected', `The X developer account has no credits left. Add credits in X's console.${words}`);
  }
  const common = mapCommonStatus(http, reply, 15 * 60);
  if (common !== null) return common;
  if (reply.status === 401) return new ProviderError('expired', 'X does not accept this access any more.');
  if (reply.status === 403 && type.endsWith('/not-authorized-for-resource')) return hiddenFailure(words);
  if (reply.status === 403) return new ProviderError('rejected', `X does not allow this.${words}`);
  return new ProviderError('rejected', `X refused the request (status ${reply.status}).${words}`);
}

function rowOf(data: JsonRecord): FollowerRow {
  const handle = textOf(data['username']);
  const verified = data['verified'];
  return {
    externalId: required(idOf(data['id']), network, "a follower's id"),
    handle,
    name: textOf(data['name']),
    verified: typeof verified === 'boolean' ? verified : null,
    followers: countOf(countsOf(data), 'followers_count'),
    profileUrl: handle === null ? null : urlOf(handle),
  };
}

function bodyOf(reply: JsonReply): JsonRecord {
  return required(isRecord(reply.json) ? reply.json : null, network, 'an object');
}

/** `data` of a single object. `errors` may stand beside it: they speak of parts that were not asked for. */
function dataOf(reply: JsonReply): JsonRecord {
  const body = bodyOf(reply);
  if (isRecord(body['data'])) return body['data'];
  throw partialFailureOf(body);
}

/** A 200 without the data: the reason stands in `errors`. */
function partialFailureOf(body: JsonRecord): ProviderError {
  const problem = recordsOf(body['errors'])?.[0];
  if (problem === undefined) return new ProviderError('garbled', 'X sent an answer without data.');
  const words = quoteWords(textOf(problem['detail']) ?? textOf(problem['title']));
  if (typeOf(problem).endsWith('/not-authorized-for-resource')) return hiddenFailure(words);
  return new ProviderError('rejected', `X does not give this.${words}`);
}

function hiddenFailure(words: string): ProviderError {
  return new ProviderError('notSupported', `X does not show this to the connected account.${words}`);
}

function typeOf(problem: JsonRecord): string {
  return textOf(problem['type']) ?? '';
}

function countsOf(data: JsonRecord): JsonRecord | null {
  return isRecord(data['public_metrics']) ? data['public_metrics'] : null;
}

function urlOf(handle: string): string {
  return `https://x.com/${encodeURIComponent(handle)}`;
}
