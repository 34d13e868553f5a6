import { requestJson, type HttpClient } from '../http-client.ts';
import { countOf, idOf, isRecord, recordsOf, required, textOf, type JsonRecord } from '../json.ts';
import { readingOf } from '../post-reading.ts';
import type { PostMetricsManifest, PostReading, Provider } from '../provider.ts';
import { failureOf } from './map.ts';

/**
 * GET /2/tweets takes up to 100 ids. Each post in the answer costs $0.005, once in a UTC day however often it is asked for (X's price
 * list, read 2026-11-24). The cheaper price for one's own data is not for this call.
 */
export const postMetrics: PostMetricsManifest = { batchMax: 100, priceMicros: 5_000 };

export function createXPostReader(http: HttpClient, origin: string): NonNullable<Provider['readPostMetrics']> {
  return async (call, publications) => {
    const url = new URL(`${origin}/2/tweets`);
    url.searchParams.set('ids', publications.map(({ externalId }) => externalId).join(','));
    url.searchParams.set('tweet.fields', 'public_metrics');
    const reply = await requestJson(http, { url, bearer: call.tokens.accessToken, signal: call.signal });
    const body = isRecord(reply.json) ? reply.json : {};
    // With no post left, X sends errors alone, with status 200: that is an answer and no failure.
    const hasAnswer = reply.status === 200 && (body['data'] !== undefined || recordsOf(body['errors']) !== null);
    const failure = hasAnswer ? null : failureOf(http, reply);
    if (failure !== null) throw failure;
    const posts = required(body['data'] === undefined ? [] : recordsOf(body['data']), http.network, 'a list of posts');
    const problems = recordsOf(body['errors']) ?? [];
    return publications.map(({ externalId }) => readOne(externalId, posts, problems));
  };
}

function readOne(id: string, posts: readonly JsonRecord[], problems: readonly JsonRecord[]): PostReading {
  const post = posts.find((row) => idOf(row['id']) === id);
  const counts = isRecord(post?.['public_metrics']) ? post['public_metrics'] : null;
  if (counts !== null) {
    // The names of the guides, then those of the newest specification (2.167, 2026-11-24).
    return readingOf([
      ['views', countOf(counts, 'impression_count')], ['likes', countOf(counts, 'like_count')], ['replies', countOf(counts, 'reply_count')],
      ['reposts', countOf(counts, 'retweet_count', 'repost_count')], ['quotes', countOf(counts, 'quote_count')],
      ['bookmarks', countOf(counts, 'bookmark_count')],
    ]);
  }
  const problem = problems.find((one) => [idOf(one['resource_id']), idOf(one['value'])].includes(id));
  return { state: (textOf(problem?.['type']) ?? '').endsWith('/resource-not-found') ? 'gone' : 'hidden' };
}
