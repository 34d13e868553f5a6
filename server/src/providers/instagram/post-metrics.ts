import { countOf, isRecord, required } from '../json.ts';
import { readingOf } from '../post-reading.ts';
import type { PostMetricsManifest, PostReading, Provider, ProviderCall } from '../provider.ts';
import type { Graph } from './graph.ts';
import { failureOf, insightsOf, isPermissionCode, metaCodeOf } from './map.ts';

/** Two calls for each post: its own counts, and its insights (Meta's "Insights", read 2026-11-24). */
export const postMetrics: PostMetricsManifest = { batchMax: 10, priceMicros: null };

const insightNames = ['views', 'reach', 'saved', 'shares'] as const;
/** The object does not exist, or is not for this account (Meta's error reference, 2026-11-24). */
const missingCode = 100;
const missingSubcode = 33;

export function createInstagramPostReader(graph: Graph): NonNullable<Provider['readPostMetrics']> {
  return async (call, publications) => {
    const readings: PostReading[] = [];
    for (const { externalId } of publications) readings.push(await readOne(graph, call, externalId));
    return readings;
  };
}

async function readOne(graph: Graph, call: ProviderCall, id: string): Promise<PostReading> {
  const path = `/${encodeURIComponent(id)}`;
  const reply = await graph.get(call, path, { fields: 'like_count,comments_count' });
  const failure = failureOf(graph.http, reply);
  if (failure !== null) {
    const error = isRecord(reply.json) && isRecord(reply.json['error']) ? reply.json['error'] : null;
    if (metaCodeOf(reply) === missingCode && countOf(error, 'error_subcode') === missingSubcode) return { state: 'gone' };
    throw failure;
  }
  const post = required(isRecord(reply.json) ? reply.json : null, graph.http.network, 'a post');
  const insights = await readInsights(graph, call, path, insightNames);
  return readingOf([
    ['views', insights.get('views') ?? null], ['reach', insights.get('reach') ?? null],
    // Left out where the owner hides the likes.
    ['likes', countOf(post, 'like_count')], ['comments', countOf(post, 'comments_count')],
    ['shares', insights.get('shares') ?? null], ['saves', insights.get('saved') ?? null],
  ]);
}

/** One figure that is not for this post fails them all: then each is asked for alone. None where the permission is missing. */
async function readInsights(graph: Graph, call: ProviderCall, path: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const reply = await graph.get(call, `${path}/insights`, { metric: names.join(',') });
  const failure = failureOf(graph.http, reply);
  if (failure === null) return insightsOf(reply);
  const code = metaCodeOf(reply);
  if (failure.kind !== 'rejected' || !(isPermissionCode(code) || code === missingCode)) throw failure;
  if (isPermissionCode(code) || names.length === 1) return new Map();
  const single = new Map<string, number>();
  for (const name of names) for (const [found, value] of await readInsights(graph, call, path, [name])) single.set(found, value);
  return single;
}
