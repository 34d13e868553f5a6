import { requestJson, type HttpClient } from '../http-client.ts';
import { isRecord, textOf, type JsonRecord } from '../json.ts';
import { ProviderError } from '../provider.ts';
import type { MastodonServer } from './address.ts';
import { mapReply } from './errors.ts';

/** Where a server's OAuth is. */
export interface OAuthEndpoints {
  /** Compared with `iss` where a callback brings one; null where the server has no metadata. */
  readonly issuer: string | null;
  readonly authorization: URL;
  readonly token: URL;
  readonly revocation: URL;
  readonly registration: URL;
  readonly hasPkce: boolean;
}

/**
 * The server's own metadata (RFC 8414, Mastodon from 4.3), else the addresses that every Mastodon has had since 2.0. All of
 * them must be on the server itself: nobody gets our codes by naming another one.
 */
export async function discoverOAuth(http: HttpClient, server: MastodonServer, signal: AbortSignal): Promise<OAuthEndpoints> {
  const url = new URL('/.well-known/oauth-authorization-server', server.origin);
  const reply = await requestJson(http, { url, signal }).catch((error: unknown) => {
    // Servers without metadata answer this path with a page or a redirect.
    if (error instanceof ProviderError && error.kind === 'garbled') return null;
    throw error;
  });
  if (reply !== null && (reply.status === 429 || reply.status >= 500)) {
    throw mapReply(http, reply) ?? new ProviderError('retryable', 'The Mastodon server is not ready.');
  }
  const metadata = reply?.status === 200 && isRecord(reply.json) ? reply.json : null;
  return metadata === null || textOf(metadata['issuer']) === null ? classicEndpoints(server) : readMetadata(server, metadata);
}

function classicEndpoints(server: MastodonServer): OAuthEndpoints {
  return {
    issuer: null,
    authorization: new URL('/oauth/authorize', server.origin),
    token: new URL('/oauth/token', server.origin),
    revocation: new URL('/oauth/revoke', server.origin),
    registration: new URL('/api/v1/apps', server.origin),
    hasPkce: false,
  };
}

function readMetadata(server: MastodonServer, metadata: JsonRecord): OAuthEndpoints {
  const issuer = textOf(metadata['issuer']) ?? '';
  if (!URL.canParse(issuer)) throw new ProviderError('garbled', 'The Mastodon server describes its sign-in wrongly.');
  const { origin, host } = new URL(issuer);
  if (origin !== server.origin) {
    throw new ProviderError('rejected', `${server.host} says that its address is ${host.slice(0, 100)}. Type that one.`);
  }
  const classic = classicEndpoints(server);
  const methods = metadata['code_challenge_methods_supported'];
  return {
    issuer,
    authorization: readEndpoint(server, metadata, 'authorization_endpoint', classic.authorization),
    token: readEndpoint(server, metadata, 'token_endpoint', classic.token),
    revocation: readEndpoint(server, metadata, 'revocation_endpoint', classic.revocation),
    registration: readEndpoint(server, metadata, 'app_registration_endpoint', classic.registration),
    hasPkce: Array.isArray(methods) && methods.includes('S256'),
  };
}

function readEndpoint(server: MastodonServer, metadata: JsonRecord, name: string, otherwise: URL): URL {
  const text = textOf(metadata[name]);
  if (text === null) return otherwise;
  if (!URL.canParse(text) || new URL(text).origin !== server.origin) {
    throw new ProviderError('garbled', 'The Mastodon server describes its sign-in at another address than its own.');
  }
  return new URL(text);
}
