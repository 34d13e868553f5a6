import { createFleetingMemory } from '../fleeting-memory.ts';
import { requestJson, type HttpClient } from '../http-client.ts';
import { isRecord, textOf } from '../json.ts';
import {
  ProviderError,
  type FollowerPage,
  type Grant,
  type Manifest,
  type PersonStatus,
  type Profile,
  type Provider,
  type ProviderCall,
  type ProviderEnvironment,
} from '../provider.ts';
import { serverOf, type MastodonServer } from './address.ts';
import { readCursor, readNextCursor } from './link-header.ts';
import { localIdOf, readAccount, readFollowers } from './map.ts';
import { finishOAuth, revokeOAuth, startOAuth, type MastodonContext } from './oauth.ts';
import { postMetrics, readPostMetrics } from './post-metrics.ts';
import { createMastodonPublisher, publishing } from './publish.ts';
import { ask, serverFor, succeed } from './server-call.ts';

/** The most a page of followers may have (docs.joinmastodon.org/methods/accounts/#followers). */
const pageSize = 80;

const manifest: Manifest = {
  id: 'mastodon',
  name: 'Mastodon',
  authKind: 'oauth2',
  capabilities: ['revoke', 'profile', 'metrics', 'followers', 'follower-status', 'publish', 'delete-post', 'post-metrics'],
  scopes: [
    { scope: 'read:accounts', reason: 'Read your profile, its counts and the list of your followers' },
    { scope: 'read:follows', reason: 'Read who follows whom, where a server asks for it besides' },
    { scope: 'read:statuses', reason: 'Find your own posts again when an answer of the server was lost' },
    { scope: 'write:statuses', reason: 'Publish your posts, and delete them when you ask for it' },
    { scope: 'write:media', reason: 'Upload the images and videos of your posts' },
  ],
  limitation: null,
  appPassword: null,
  asksFor: { kind: 'server', example: 'mastodon.social' },
  exportGuide: null,
  settings: ['MASTODON_ENABLED'],
  followers: {
    pageSize,
    // Suspended people stay in the stated count for a while, and are not in the list.
    toleranceShare: 0.02,
    toleranceCount: 3,
    newestFirst: true,
    canSkip: false,
    isBilled: false,
  },
  publishing,
  postMetrics,
  refreshAheadSeconds: 0,
};

/** Mastodon and servers that speak its API; each server is asked by an app registered there. */
export function createMastodonProvider(environment: ProviderEnvironment): Provider {
  const http: HttpClient = { network: manifest.name, clock: environment.clock, fetch: environment.fetch };
  const memory = environment.memory ?? createFleetingMemory();
  const context: MastodonContext = { environment, http, memory, scopes: manifest.scopes.map(({ scope }) => scope) };
  const profileOf = async (call: ProviderCall) => readOwnProfile(context, call);
  return {
    manifest,
    startConsent: (input) => startOAuth(context, input),
    finishConsent: async (input) => {
      const { tokens, server } = await finishOAuth(context, input);
      const domain = await readDomain(context, server, input.signal);
      return introduce(context, { tokens: { ...tokens, extra: { ...tokens.extra, domain } }, externalId: '', signal: input.signal });
    },
    revoke: (call) => revokeOAuth(context, call),
    readProfile: profileOf,
    readMetrics: async (call) => {
      const profile = await profileOf(call);
      return [measure('followers', profile.followers), measure('following', profile.following), measure('posts', profile.posts)];
    },
    listFollowers: (call, cursor) => listFollowers(context, call, cursor),
    lookUpPerson: (call, externalId) => lookUpPerson(context, call, externalId),
    serverOf: ({ extra }) => serverOf(extra['host'], environment.simulatorOrigin).host,
    ...createMastodonPublisher(context),
    readPostMetrics: (call, publications) => readPostMetrics(context, call, publications),
  };
}

const measure = (metric: string, value: number | null) => ({ metric, value, source: value === null ? 'unsupported' : 'measured' } as const);

async function readOwnProfile(context: MastodonContext, call: ProviderCall): Promise<Profile> {
  const reply = succeed(context, await ask(context, call, '/api/v1/accounts/verify_credentials'));
  const server = serverFor(context, call);
  return readAccount(reply.json, server, call.tokens.extra['domain'] ?? server.host);
}

async function introduce(context: MastodonContext, call: ProviderCall): Promise<Grant> {
  const { externalId, handle, name, profileUrl, avatarUrl } = await readOwnProfile(context, call);
  return { tokens: call.tokens, identity: { externalId, handle, name, profileUrl, avatarUrl } };
}

/** What this server's handles end in: it may differ from where the server is reached. Its host, when it does not say. */
async function readDomain(context: MastodonContext, server: MastodonServer, signal: AbortSignal): Promise<string> {
  try {
    const reply = await requestJson(context.http, { url: new URL('/api/v2/instance', server.origin), signal });
    const domain = reply.status === 200 && isRecord(reply.json) ? textOf(reply.json['domain']) : null;
    return domain !== null && /^[a-z0-9.:-]{3,253}$/i.test(domain) ? domain : server.host;
  } catch (error) {
    if (error instanceof ProviderError) return server.host;
    throw error;
  }
}

/** One page. Only the `Link` header knows where the next one begins: ids of rows are not places in the list. */
async function listFollowers(context: MastodonContext, call: ProviderCall, cursor: string | null): Promise<FollowerPage> {
  const server = serverFor(context, call);
  const params = readCursor(cursor);
  params.set('limit', String(pageSize));
  const reply = await ask(context, call, `/api/v1/accounts/${localIdOf(call.externalId, server)}/followers?${params.toString()}`);
  if (reply.status === 403 || reply.status === 404) throw hiddenList();
  succeed(context, reply);
  const rows = readFollowers(reply.json, server, call.tokens.extra['domain'] ?? server.host);
  const nextCursor = readNextCursor(reply.headers.get('link'));
  if (nextCursor !== null && nextCursor === cursor) throw new ProviderError('garbled', 'The Mastodon server sent the same page again.');
  if (cursor === null && nextCursor === null && rows.length === 0) await refuseHiddenList(context, call);
  return { rows, nextCursor };
}

/** An empty list of an account that states followers is a hidden one. */
async function refuseHiddenList(context: MastodonContext, call: ProviderCall): Promise<void> {
  const { followers } = await readOwnProfile(context, call);
  if (followers !== null && followers > 0) throw hiddenList();
}

function hiddenList(): ProviderError {
  const advice = 'Check “Hide your social graph” in the settings there.';
  return new ProviderError('notSupported', `The Mastodon server does not show the follower list of this account. ${advice}`);
}

async function lookUpPerson(context: MastodonContext, call: ProviderCall, externalId: string): Promise<PersonStatus> {
  const reply = await ask(context, call, `/api/v1/accounts/${localIdOf(externalId, serverFor(context, call))}`);
  if (reply.status === 404 || reply.status === 410) return 'deactivated';
  succeed(context, reply);
  if (!isRecord(reply.json)) return 'unknown';
  return reply.json['suspended'] === true ? 'suspended' : 'active';
}
