import { countOf, isRecord, required } from '../json.ts';
import { readingOf } from '../post-reading.ts';
import type { PostMetricsManifest, PostReading, ProviderCall, Publication } from '../provider.ts';
import type { MastodonContext } from './oauth.ts';
import { ask, succeed } from './server-call.ts';

/** One call for each post: many at once (GET /api/v1/statuses?id[]=) is for servers from 4.3 on (docs.joinmastodon.org, 2026-11-24). */
export const postMetrics: PostMetricsManifest = { batchMax: 10, priceMicros: null };

export async function readPostMetrics(
  context: MastodonContext, call: ProviderCall, publications: readonly Publication[],
): Promise<readonly PostReading[]> {
  const readings: PostReading[] = [];
  for (const { externalId } of publications) readings.push(await readOne(context, call, externalId));
  return readings;
}

async function readOne(context: MastodonContext, call: ProviderCall, id: string): Promise<PostReading> {
  const reply = await ask(context, call, `/api/v1/statuses/${encodeURIComponent(id)}`);
  if (reply.status === 404 || reply.status === 410) return { state: 'gone' };
  const { json } = succeed(context, reply);
  const status = required(isRecord(json) ? json : null, context.http.network, 'a status');
  return readingOf([
    ['views', null], ['likes', countOf(status, 'favourites_count')], ['replies', countOf(status, 'replies_count')],
    ['reposts', countOf(status, 'reblogs_count')],
    // Servers from 4.5 on (docs.joinmastodon.org/entities/Status, 2026-11-24).
    ['quotes', countOf(status, 'quotes_count')],
  ]);
}
