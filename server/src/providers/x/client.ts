import { requestJson, type HttpClient, type JsonReply } from '../http-client.ts';
import { isRecord } from '../json.ts';
import { ProviderError, type FollowerPage, type Metric, type PersonStatus, type Profile, type ProviderCall } from '../provider.ts';
import { failureOf, followerPageOf, metricsOf, personStatusOf, profileOf } from './map.ts';

export interface XClient {
  readProfile(accessToken: string, signal: AbortSignal): Promise<Profile>;
  readMetrics(accessToken: string, signal: AbortSignal): Promise<readonly Metric[]>;
  listFollowers(call: ProviderCall, cursor: string | null): Promise<FollowerPage>;
  lookUpPerson(call: ProviderCall, externalId: string): Promise<PersonStatus>;
}

// The names of the guides: which of the two sets is live is not settled, and this one has been for years (2026-11-24).
const profileFields = 'public_metrics,profile_image_url,verified';
const followerFields = 'public_metrics,verified';

/** X's API v2 (api.x.com, read 2026-11-24). Rows are billed to the developer app, so nothing is asked for twice. */
export function createXClient(http: HttpClient, origin: string): XClient {
  const get = async (accessToken: string, signal: AbortSignal, path: string, query: Record<string, string>): Promise<JsonReply> => {
    const url = new URL(`${origin}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return requestJson(http, { url, bearer: accessToken, signal });
  };
  const succeed = (reply: JsonReply): JsonReply => {
    const failure = failureOf(http, reply);
    if (failure !== null) throw failure;
    return reply;
  };
  const me = async (accessToken: string, signal: AbortSignal): Promise<JsonReply> =>
    succeed(await get(accessToken, signal, '/2/users/me', { 'user.fields': profileFields }));

  return {
    readProfile: async (accessToken, signal) => profileOf(await me(accessToken, signal)),
    readMetrics: async (accessToken, signal) => metricsOf(await me(accessToken, signal)),
    async listFollowers({ tokens, externalId, signal }, cursor) {
      const query = { max_results: '1000', 'user.fields': followerFields, ...(cursor === null ? {} : { pagination_token: cursor }) };
      return followerPageOf(
        succeed(await get(tokens.accessToken, signal, `/2/users/${encodeURIComponent(externalId)}/followers`, query)), cursor,
      );
    },
    async lookUpPerson({ tokens, signal }, externalId) {
      const reply = await get(tokens.accessToken, signal, `/2/users/${encodeURIComponent(externalId)}`, { 'user.fields': 'verified' });
      const status = personStatusOf(reply, externalId);
      if (status !== null) return status;
      if (!isRecord(succeed(reply).json)) throw new ProviderError('garbled', 'X sent an answer about a person that is no object.');
      return 'unknown';
    },
  };
}
