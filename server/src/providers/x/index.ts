import type { HttpClient } from '../http-client.ts';
import { ProviderError, type Manifest, type Provider, type ProviderEnvironment } from '../provider.ts';
import { createXAuth, type XAuth, type XAddresses } from './auth.ts';
import { createXClient } from './client.ts';
import { exportGuide } from './export-guide.ts';
import { createXPostReader, postMetrics } from './post-metrics.ts';
import { createXPublisher, publishing, publishScopes } from './publish.ts';

const scopes = [
  { scope: 'tweet.read', reason: 'X asks for it with every read of a profile' },
  { scope: 'users.read', reason: 'To read your profile and its counts' },
  { scope: 'follows.read', reason: 'To list your followers' },
  ...publishScopes,
  { scope: 'offline.access', reason: 'To stay connected for longer than two hours' },
] as const;

const manifest: Manifest = {
  id: 'x',
  name: 'X',
  authKind: 'oauth2',
  capabilities: ['refresh', 'revoke', 'profile', 'metrics', 'followers', 'follower-status', 'import', 'publish', 'delete-post', 'post-metrics'],
  scopes,
  limitation: 'X charges the owner of the developer app for every follower it lists, so a full scan of a large account costs money.',
  appPassword: null,
  asksFor: null,
  exportGuide,
  settings: ['X_CLIENT_ID'],
  followers: {
    // 1 to 1000 a page, 300 pages per 15 minutes (X developer documentation, read 2026-11-24).
    pageSize: 1000,
    toleranceShare: 0.02,
    toleranceCount: 25,
    // Not promised by X's documentation, but seen by all who list (2026-11-24); a full scan does not rely on it.
    newestFirst: true,
    canSkip: false,
    isBilled: true,
  },
  publishing,
  postMetrics,
  // Access tokens live two hours (`expires_in` 7200, X developer documentation, 2026-11-24).
  refreshAheadSeconds: 600,
};

/** X by its API v2. Set X_CLIENT_SECRET as well when the app is a confidential client. */
export function createXProvider(environment: ProviderEnvironment): Provider {
  const simulated = environment.simulatorOrigin;
  const addresses: XAddresses = { pages: simulated ?? 'https://x.com', api: simulated ?? 'https://api.x.com' };
  const http: HttpClient = { network: manifest.name, clock: environment.clock, fetch: environment.fetch };
  const client = createXClient(http, addresses.api);
  const publisher = createXPublisher(http, addresses.api);
  let auth: Promise<XAuth> | null = null;
  const ready = (): Promise<XAuth> => (auth ??= readCredentials(environment).then((credentials) => createXAuth({
    http, addresses, credentials, scopes: scopes.map(({ scope }) => scope), isSimulated: simulated !== null,
  })));
  return {
    manifest,
    startConsent: async (input) => (await ready()).startConsent(input),
    finishConsent: async (input) => {
      const tokens = await (await ready()).finishConsent(input);
      const profile = await client.readProfile(tokens.accessToken, input.signal);
      const { externalId, handle, name, profileUrl, avatarUrl } = profile;
      return { tokens, identity: { externalId, handle, name, profileUrl, avatarUrl } };
    },
    refresh: async (call) => (await ready()).refresh(call),
    revoke: async (call) => (await ready()).revoke(call),
    readProfile: (call) => client.readProfile(call.tokens.accessToken, call.signal),
    readMetrics: (call) => client.readMetrics(call.tokens.accessToken, call.signal),
    listFollowers: (call, cursor) => client.listFollowers(call, cursor),
    lookUpPerson: (call, externalId) => client.lookUpPerson(call, externalId),
    ...publisher,
    readPostMetrics: createXPostReader(http, addresses.api),
  };
}

async function readCredentials(environment: ProviderEnvironment): Promise<{ clientId: string; clientSecret: string | null }> {
  if (environment.simulatorOrigin !== null) {
    const { simulatorCredentials } = await import('./simulator.ts');
    return simulatorCredentials;
  }
  const clientId = environment.settings['X_CLIENT_ID'];
  if (clientId === undefined || clientId === '') throw new ProviderError('rejected', 'X is not set up on this server: set X_CLIENT_ID.');
  return { clientId, clientSecret: environment.settings['X_CLIENT_SECRET'] || null };
}
