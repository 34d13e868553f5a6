import { countOf, recordsOf, required, textOf } from '../json.ts';
import { readingOf } from '../post-reading.ts';
import type { PostMetricsManifest, PostReading, ProviderCall, Publication } from '../provider.ts';
import { requireScopes } from '../publish-steps.ts';
import { broad, scopes } from './client-metadata.ts';
import { sessionKindOf } from './session.ts';
import { queryData, type XrpcContext } from './xrpc.ts';

/** app.bsky.feed.getPosts takes up to 25 addresses (its lexicon, read 2026-11-24). */
export const postMetrics: PostMetricsManifest = { batchMax: 25, priceMicros: null };

/** What is not in the answer is not there, or not yet known to the AppView. */
export async function readPostMetrics(
  context: XrpcContext, call: ProviderCall, publications: readonly Publication[],
): Promise<readonly PostReading[]> {
  if (sessionKindOf(call.tokens) !== 'password' && !call.tokens.scopes.includes(broad)) requireScopes(call, 'Bluesky', [scopes.figures]);
  const params = new URLSearchParams(publications.map(({ externalId }): [string, string] => ['uris', externalId]));
  const data = await queryData(context, call, 'app.bsky.feed.getPosts', params);
  const posts = new Map(required(recordsOf(data['posts']), 'Bluesky', 'a list of posts').map((post) => [textOf(post['uri']), post]));
  return publications.map(({ externalId }): PostReading => {
    const post = posts.get(externalId);
    if (post === undefined) return { state: 'gone' };
    return readingOf([
      ['views', null], ['likes', countOf(post, 'likeCount')], ['replies', countOf(post, 'replyCount')], ['reposts', countOf(post, 'repostCount')],
      ['quotes', countOf(post, 'quoteCount')], ['bookmarks', countOf(post, 'bookmarkCount')],
    ]);
  });
}
