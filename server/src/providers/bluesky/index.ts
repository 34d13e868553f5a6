import type { HttpClient } from '../http-client.ts';
import { required, textOf } from '../json.ts';
import {
  ProviderError,
  type Grant,
  type Identity,
  type Manifest,
  type PersonStatus,
  type Provider,
  type ProviderCall,
  type ProviderEnvironment,
  type TokenSet,
} from '../provider.ts';
import { refreshPassword, revokePassword, signInWithPassword } from './app-password.ts';
import { blueskyClientMetadata, scopes } from './client-metadata.ts';
import { chooseNetwork, type BlueskyNetwork } from './identity-lookup.ts';
import { bareIdentity, readFollowers, readProfileView } from './map.ts';
import { createOAuthClients } from './oauth-client.ts';
import { finishOAuth, refreshOAuth, revokeOAuth, startOAuth } from './oauth.ts';
import { postMetrics, readPostMetrics } from './post-metrics.ts';
import { createBlueskyPublisher, publishing } from './publish.ts';
import { serverHostOf, sessionKindOf } from './session.ts';
import { dataOf, query, queryData, type XrpcContext } from './xrpc.ts';

const pageSize = 100;

const manifest: Manifest = {
  id: 'bluesky',
  name: 'Bluesky',
  authKind: 'oauth2',
  capabilities: ['refresh', 'revoke', 'profile', 'metrics', 'followers', 'follower-status', 'publish', 'delete-post', 'post-metrics'],
  scopes: [
    { scope: scopes.identity, reason: 'Know which account you signed in with' },
    { scope: scopes.profile, reason: 'Read your profile and its counts' },
    { scope: scopes.followers, reason: 'Read the list of your followers' },
    { scope: scopes.figures, reason: 'Read the likes, reposts and answers that your posts get' },
    { scope: scopes.posts, reason: 'Publish your posts, and delete them when you ask for it' },
    { scope: scopes.images, reason: 'Upload the images of your posts' },
    { scope: scopes.videos, reason: 'Upload the videos of your posts' },
  ],
  limitation: null,
  appPassword: {
    place: 'Settings › Privacy and security › App passwords', handleExample: 'name.bsky.social', passwordExample: 'xxxx-xxxx-xxxx-xxxx',
  },
  asksFor: { kind: 'handle', example: 'name.bsky.social' },
  exportGuide: null,
  settings: ['BLUESKY_ENABLED'],
  followers: {
    pageSize,
    // Accounts that Bluesky has suspended stay in the stated count for a while, and are not in the list.
    toleranceShare: 0.02,
    toleranceCount: 3,
    newestFirst: true,
    canSkip: false,
    isBilled: false,
  },
  publishing,
  postMetrics,
  refreshAheadSeconds: 180,
};

/** Bluesky and the rest of the AT Protocol network: OAuth or app password at the account's own server. */
export function createBlueskyProvider(environment: ProviderEnvironment): Provider {
  return createBlueskyProviderOn(environment, chooseNetwork(environment.simulatorOrigin));
}

/** The same on a network of one's own, such as a server under test with its own directory of identities. */
export function createBlueskyProviderOn(environment: ProviderEnvironment, network: BlueskyNetwork): Provider {
  const http: HttpClient = { network: manifest.name, clock: environment.clock, fetch: environment.fetch };
  const clients = createOAuthClients(environment, network);
  const context: XrpcContext = { environment, http, clients };
  const profileOf = async (call: ProviderCall) =>
    readProfileView(await queryData(context, call, 'app.bsky.actor.getProfile', { actor: call.externalId }));
  return {
    manifest,
    clientMetadata: () => asRecord(blueskyClientMetadata(environment.baseUrl, environment.settings['BLUESKY_CLIENT_KEY'] || undefined)),
    startConsent: (input) => startOAuth(environment, clients, input),
    finishConsent: async (input) => {
      const tokens = await finishOAuth(environment, clients, input);
      return introduce(context, tokens, input.signal);
    },
    connectWithPassword: async (input) => {
      const session = await signInWithPassword(context, input);
      const call = callOf(session.tokens, session.did, input.signal);
      return { tokens: session.tokens, identity: await describe(context, call, session.handle) };
    },
    refresh: (call) => (isOAuth(call) ? refreshOAuth(environment, clients, call) : refreshPassword(context, call)),
    revoke: (call) => (isOAuth(call) ? revokeOAuth(environment, clients, call) : revokePassword(context, call)),
    readProfile: profileOf,
    readMetrics: async (call) => {
      const profile = await profileOf(call);
      return [measure('followers', profile.followers), measure('following', profile.following), measure('posts', profile.posts)];
    },
    listFollowers: async (call, cursor) => {
      const params = { actor: call.externalId, limit: String(pageSize), ...(cursor === null ? {} : { cursor }) };
      return readFollowers(await queryData(context, call, 'app.bsky.graph.getFollowers', params), cursor);
    },
    lookUpPerson: (call, externalId) => lookUpPerson(context, call, externalId),
    serverOf: (tokens) => serverHostOf(tokens, environment.simulatorOrigin),
    ...createBlueskyPublisher(context),
    readPostMetrics: (call, publications) => readPostMetrics(context, call, publications),
  };
}

const asRecord = (document: object | null): Record<string, unknown> | null => (document === null ? null : { ...document });

const measure = (metric: string, value: number | null) => ({ metric, value, source: value === null ? 'unsupported' : 'measured' } as const);

const isOAuth = (call: ProviderCall): boolean => sessionKindOf(call.tokens) === 'oauth';

const callOf = (tokens: TokenSet, externalId: string, signal: AbortSignal): ProviderCall => ({ tokens, externalId, signal });

/** Who signed in: the account's own server says, so a grant is not lost while the AppView is away. */
async function introduce(context: XrpcContext, tokens: TokenSet, signal: AbortSignal): Promise<Grant> {
  const session = await queryData(context, callOf(tokens, '', signal), 'com.atproto.server.getSession', {});
  const did = required(textOf(session['did']), manifest.name, 'a DID');
  const handle = required(textOf(session['handle']), manifest.name, 'a handle');
  return { tokens, identity: await describe(context, callOf(tokens, did, signal), handle) };
}

/** Name and picture are nice to have and come with every later read. */
async function describe(context: XrpcContext, call: ProviderCall, handle: string): Promise<Identity> {
  try {
    const { data } = await query(context, call, 'app.bsky.actor.getProfile', { actor: call.externalId });
    if (data === null) return bareIdentity(call.externalId, handle);
    const { externalId, name, profileUrl, avatarUrl } = readProfileView(data);
    return externalId === call.externalId ? { externalId, handle, name, profileUrl, avatarUrl } : bareIdentity(call.externalId, handle);
  } catch (error) {
    if (error instanceof ProviderError) return bareIdentity(call.externalId, handle);
    throw error;
  }
}

async function lookUpPerson(context: XrpcContext, call: ProviderCall, externalId: string): Promise<PersonStatus> {
  const reply = await query(context, call, 'app.bsky.actor.getProfile', { actor: externalId });
  // The AppView answers 400 with these words (app.bsky.actor.getProfile, and its source); a deleted account is "Profile not found".
  if (reply.status === 400) {
    if (reply.error === 'AccountTakedown' || reply.error === 'AccountSuspended') return 'suspended';
    if (reply.error === 'AccountDeactivated') return 'deactivated';
    if (reply.error === 'InvalidRequest' && /not found|could not find/i.test(reply.words ?? '')) return 'deactivated';
  }
  return textOf(dataOf(context, reply)['did']) === externalId ? 'active' : 'unknown';
}
