import type { OAuthClientMetadataInput } from '@atproto/oauth-client-node';
import { ProviderError } from '../provider.ts';

/** Where this server must answer `blueskyClientMetadata` as JSON, without signing in: its URL is our client id. */
export const blueskyClientMetadataPath = '/oauth/client-metadata.json';

const audience = 'aud=did:web:api.bsky.app%23bsky_appview';
/** Reading profiles, follower lists and own posts through the AppView, posts with their images and videos, and nothing else. */
export const scopes = {
  identity: 'atproto',
  profile: `rpc:app.bsky.actor.getProfile?${audience}`,
  followers: `rpc:app.bsky.graph.getFollowers?${audience}`,
  figures: `rpc:app.bsky.feed.getPosts?${audience}`,
  posts: 'repo:app.bsky.feed.post',
  images: 'blob:image/*',
  videos: 'blob:video/mp4',
} as const;
/** For servers that know no fine scopes yet (they came in 2025): the one broad scope they have. */
export const broad = 'transition:generic';
export const scopeLeast = Object.values(scopes).join(' ');
export const scopeBroad = `${scopes.identity} ${broad}`;
const scopesDeclared = `${scopeLeast} ${broad}`;

/** What was granted, in the words of the fine scopes: the broad one covers them all. */
export function spellOutScopes(granted: string): readonly string[] {
  const given = granted.split(' ');
  return given.includes(broad) ? [...new Set([...given, ...Object.values(scopes)])] : given;
}

/** The address Bluesky sends the browser back to. */
export const blueskyRedirectUri = (baseUrl: string): string => `${baseUrl}/api/oauth/bluesky/callback`;

/**
 * The client metadata document of a server that is reached by https, or null for any other: those use the loopback client,
 * which has no document. `clientKey` is a private ES256 JWK as JSON with a `kid`; with it we are a confidential client, whose
 * sessions last longer.
 */
export function blueskyClientMetadata(baseUrl: string, clientKey?: string): OAuthClientMetadataInput | null {
  if (!baseUrl.startsWith('https://')) return null;
  // The library checks the whole document when it opens a client and throws for each address that is none.
  return asMetadata({
    client_id: `${baseUrl}${blueskyClientMetadataPath}`,
    client_name: 'Rookery',
    client_uri: baseUrl,
    redirect_uris: [blueskyRedirectUri(baseUrl)],
    scope: scopesDeclared,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: 'web',
    dpop_bound_access_tokens: true,
    ...(clientKey === undefined ? { token_endpoint_auth_method: 'none' } : {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [publicPart(clientKey)] },
    }),
  });
}

/**
 * The client we are towards `redirectUri`: the document's, or the loopback client that servers accept for development.
 * Throws ProviderError `rejected` where Bluesky can have neither.
 */
export function chooseClientMetadata(baseUrl: string, redirectUri: string, clientKey?: string): OAuthClientMetadataInput {
  const document = blueskyClientMetadata(baseUrl, clientKey);
  if (document !== null) return document;
  if (!/^http:\/\/(127\.0\.0\.1|\[::1\])(:\d+)?\//.test(redirectUri)) {
    const advice = 'Set the base URL of this server to an https:// address, or to http://127.0.0.1 while trying it out';
    throw new ProviderError('rejected', `${advice}; or connect with an app password.`);
  }
  const query = new URLSearchParams({ redirect_uri: redirectUri, scope: scopesDeclared });
  return asMetadata({
    client_id: `http://localhost?${query.toString()}`,
    redirect_uris: [redirectUri],
    scope: scopesDeclared,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    dpop_bound_access_tokens: true,
  });
}

function publicPart(clientKey: string): Record<string, unknown> {
  const key: unknown = JSON.parse(clientKey);
  if (typeof key !== 'object' || key === null) throw new TypeError('BLUESKY_CLIENT_KEY must be a private key as JSON (a JWK).');
  const { kty, crv, x, y, kid } = { kty: undefined, crv: undefined, x: undefined, y: undefined, kid: undefined, ...key };
  if (kty !== 'EC' || crv !== 'P-256' || typeof kid !== 'string') {
    throw new TypeError('BLUESKY_CLIENT_KEY must be an EC P-256 key with a "kid".');
  }
  return { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' };
}

/** The library's type spells out address patterns; it checks the same ones at run time before it uses the document. */
function asMetadata(document: Record<string, unknown>): OAuthClientMetadataInput {
  return document as OAuthClientMetadataInput;
}
