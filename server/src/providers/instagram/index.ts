import type { HttpClient } from '../http-client.ts';
import { ProviderError, type Manifest, type Provider, type ProviderEnvironment } from '../provider.ts';
import { createInstagramAuth, type InstagramAddresses, type InstagramAuth } from './auth.ts';
import { createInstagramClient } from './client.ts';
import { exportGuide } from './export-guide.ts';
import { createGraph } from './graph.ts';
import { createInstagramPostReader, postMetrics } from './post-metrics.ts';
import { createInstagramPublisher, publishing, publishScopes } from './publish.ts';

const scopes = [
  { scope: 'instagram_business_basic', reason: 'To read your profile and its counts' },
  { scope: 'instagram_business_manage_insights', reason: 'To read reach, views and other figures of your account and your posts' },
  ...publishScopes,
] as const;

const manifest: Manifest = {
  id: 'instagram',
  name: 'Instagram',
  authKind: 'oauth2',
  // No 'revoke': the API has no such endpoint, the owner removes the app in Instagram's settings (Meta's documentation, 2026-11-24).
  capabilities: ['refresh', 'profile', 'metrics', 'import', 'publish', 'post-metrics'],
  scopes,
  limitation: 'Instagram tells apps how many followers you have, not who they are. To see who came and who left, download your data '
    + 'from Instagram and upload it here. Only professional accounts (business or creator) can be connected. To end the access '
    + "for good, remove the app in Instagram's settings.",
  appPassword: null,
  asksFor: null,
  exportGuide,
  settings: ['INSTAGRAM_APP_ID', 'INSTAGRAM_APP_SECRET'],
  followers: null,
  publishing,
  postMetrics,
  // A token lives 60 days and cannot be renewed once it is over (Meta's documentation, 2026-11-24). Renewed when 15 days old, so
  // that a server may stand still for six weeks without losing its accounts.
  refreshAheadSeconds: 45 * 24 * 3600,
};

/** Instagram by "Instagram API with Instagram Login": professional accounts, no Facebook page needed. */
export function createInstagramProvider(environment: ProviderEnvironment): Provider {
  const simulated = environment.simulatorOrigin;
  const addresses: InstagramAddresses = {
    pages: simulated ?? 'https://www.instagram.com',
    codes: simulated ?? 'https://api.instagram.com',
    graph: simulated ?? 'https://graph.instagram.com',
  };
  const http: HttpClient = { network: manifest.name, clock: environment.clock, fetch: environment.fetch };
  const client = createInstagramClient(http, addresses.graph);
  const ready = async (): Promise<InstagramAuth> => createInstagramAuth({
    http, addresses, credentials: await readCredentials(environment), scopes: scopes.map(({ scope }) => scope),
  });
  return {
    manifest,
    startConsent: async (input) => (await ready()).startConsent(input),
    finishConsent: async (input) => {
      const tokens = await (await ready()).finishConsent(input);
      const { externalId, handle, name, profileUrl, avatarUrl } = await client.readProfile(tokens.accessToken, input.signal);
      return { tokens, identity: { externalId, handle, name, profileUrl, avatarUrl } };
    },
    refresh: async (call) => (await ready()).refresh(call),
    readProfile: (call) => client.readProfile(call.tokens.accessToken, call.signal),
    readMetrics: (call) => client.readMetrics(call.tokens.accessToken, call.signal),
    ...createInstagramPublisher(http, addresses.graph),
    readPostMetrics: createInstagramPostReader(createGraph(http, addresses.graph)),
  };
}

async function readCredentials(environment: ProviderEnvironment): Promise<{ clientId: string; clientSecret: string }> {
  if (environment.simulatorOrigin !== null) {
    const { simulatorCredentials } = await import('./simulator.ts');
    return simulatorCredentials;
  }
  const clientId = environment.settings['INSTAGRAM_APP_ID'] ?? '';
  const clientSecret = environment.settings['INSTAGRAM_APP_SECRET'] ?? '';
  if (clientId === '' || clientSecret === '') {
    throw new ProviderError('rejected', 'Instagram is not set up on this server: set INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET.');
  }
  return { clientId, clientSecret };
}
