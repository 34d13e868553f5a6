import { requestJson, type HttpClient, type JsonReply } from '../http-client.ts';
import type { Metric, Profile } from '../provider.ts';
import { failureOf, insightsOf, isPermissionCode, metaCodeOf, profileOf } from './map.ts';

export interface InstagramClient {
  readProfile(accessToken: string, signal: AbortSignal): Promise<Profile>;
  readMetrics(accessToken: string, signal: AbortSignal): Promise<readonly Metric[]>;
}

const profileFields = 'user_id,username,name,account_type,profile_picture_url,followers_count,follows_count,media_count';

/** Figures of an account as totals of a period (Meta's "Insights", read 2026-11-24); `impressions` is gone since 2025-04-21. */
const insightNames = ['reach', 'views', 'accounts_engaged', 'total_interactions', 'likes', 'comments', 'saves', 'shares'] as const;

type Figures = ReadonlyMap<string, number>;

/**
 * graph.instagram.com, always about `/me`: a token belongs to one account, and /me spares the question which of its two ids a
 * path wants. No version in the path: Meta then takes the oldest that the operator's app may use.
 */
export function createInstagramClient(http: HttpClient, origin: string): InstagramClient {
  const get = (accessToken: string, signal: AbortSignal, path: string, query: Record<string, string>): Promise<JsonReply> => {
    const url = new URL(`${origin}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return requestJson(http, { url, bearer: accessToken, signal });
  };
  const readProfile: InstagramClient['readProfile'] = async (accessToken, signal) => {
    const reply = await get(accessToken, signal, '/me', { fields: profileFields });
    const failure = failureOf(http, reply);
    if (failure !== null) throw failure;
    return profileOf(reply);
  };

  /** Null when one of the figures is not for this account, which fails them all; none when the permission is missing. */
  const readInsights = async (accessToken: string, signal: AbortSignal, names: readonly string[]): Promise<Figures | null> => {
    const until = Math.floor(http.clock.now().getTime() / 1000);
    const reply = await get(accessToken, signal, '/me/insights', {
      metric: names.join(','), period: 'day', metric_type: 'total_value', since: String(until - 24 * 3600), until: String(until),
    });
    const failure = failureOf(http, reply);
    if (failure === null) return insightsOf(reply);
    const code = metaCodeOf(reply);
    if (failure.kind === 'rejected' && isPermissionCode(code)) return new Map();
    if (failure.kind === 'rejected' && code === 100) return null;
    throw failure;
  };

  return {
    readProfile,
    async readMetrics(accessToken, signal) {
      const { followers, following, posts } = await readProfile(accessToken, signal);
      let figures = await readInsights(accessToken, signal, insightNames);
      if (figures === null) {
        const single = new Map<string, number>();
        for (const name of insightNames) {
          const value = (await readInsights(accessToken, signal, [name]))?.get(name);
          if (value !== undefined) single.set(name, value);
        }
        figures = single;
      }
      const found = figures;
      return [
        metricOf('followers', followers), metricOf('following', following), metricOf('posts', posts),
        ...insightNames.map((name) => metricOf(name, found.get(name) ?? null)),
      ];
    },
  };
}

function metricOf(metric: string, value: number | null): Metric {
  return { metric, value, source: value === null ? 'unsupported' : 'measured' };
}
