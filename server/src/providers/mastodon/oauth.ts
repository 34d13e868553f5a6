import { createHash, randomBytes } from 'node:crypto';
import { requestJson, type HttpClient } from '../http-client.ts';
import { isRecord, required, textOf } from '../json.ts';
import { ProviderError } from '../provider.ts';
import type { ConsentState, Provider, ProviderCall, ProviderEnvironment, ProviderMemory, TokenSet } from '../provider.ts';
import { parseServer, serverOf, type MastodonServer } from './address.ts';
import { findOrRegisterApp } from './app-registration.ts';
import { discoverOAuth } from './discovery.ts';
import { mapReply, oauthErrorOf } from './errors.ts';

type ConsentInput = Parameters<Provider['startConsent']>[0];
type FinishInput = Parameters<Provider['finishConsent']>[0];

export interface MastodonContext {
  readonly environment: ProviderEnvironment;
  readonly http: HttpClient;
  readonly memory: ProviderMemory;
  readonly scopes: readonly string[];
}

/** Finds the server, registers us there where needed, and answers where to send the browser. */
export async function startOAuth(context: MastodonContext, input: ConsentInput): Promise<ConsentState> {
  const { environment, http, memory, scopes } = context;
  const server = parseServer(input.address, environment.simulatorOrigin);
  const endpoints = await discoverOAuth(http, server, input.signal);
  const app = await findOrRegisterApp(http, memory, {
    server, endpoints, scopes, redirectUri: input.redirectUri, website: environment.baseUrl, signal: input.signal,
  });
  const url = new URL(endpoints.authorization);
  const parameters = {
    response_type: 'code', client_id: app.clientId, redirect_uri: input.redirectUri, scope: scopes.join(' '), state: input.state,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const verifier = endpoints.hasPkce ? randomBytes(32).toString('base64url') : null;
  if (verifier !== null) {
    url.searchParams.set('code_challenge', createHash('sha256').update(verifier).digest('base64url'));
    url.searchParams.set('code_challenge_method', 'S256');
  }
  return {
    authorizeUrl: url.href,
    secrets: {
      host: server.host, clientId: app.clientId, clientSecret: app.clientSecret,
      tokenUrl: endpoints.token.href, revocationUrl: endpoints.revocation.href,
      ...(endpoints.issuer === null ? {} : { issuer: endpoints.issuer }),
      ...(verifier === null ? {} : { verifier }),
    },
  };
}

/** Trades the code for a token at the server where consent began, and nowhere else. */
export async function finishOAuth(context: MastodonContext, input: FinishInput): Promise<{ tokens: TokenSet; server: MastodonServer }> {
  const { host, clientId, clientSecret, tokenUrl, revocationUrl, issuer, verifier } = readSecrets(input.secrets);
  if (input.query.get('error') === 'access_denied') throw new ProviderError('rejected', 'The consent was declined at the Mastodon server.');
  if (input.iss !== null && issuer !== undefined && input.iss !== issuer) {
    throw new ProviderError('rejected', 'The answer came from another server than the one asked. Start again.');
  }
  const body = new URLSearchParams({
    grant_type: 'authorization_code', code: input.code, client_id: clientId, client_secret: clientSecret, redirect_uri: input.redirectUri,
    ...(verifier === undefined ? {} : { code_verifier: verifier }),
  });
  const reply = await requestJson(context.http, { url: new URL(tokenUrl), method: 'POST', body, signal: input.signal });
  const failure = mapTokenReply(context.http, reply);
  if (failure !== null) throw failure;
  const json = isRecord(reply.json) ? reply.json : {};
  const scopes = (textOf(json['scope']) ?? context.scopes.join(' ')).split(/\s+/);
  const tokens: TokenSet = {
    accessToken: required(textOf(json['access_token']), context.http.network, 'an access token'),
    refreshToken: null,
    expiresAt: null,
    scopes,
    extra: { host, clientId, clientSecret, revocationUrl },
  };
  return { tokens, server: serverOf(host, context.environment.simulatorOrigin) };
}

interface ConsentSecrets {
  readonly host: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenUrl: string;
  readonly revocationUrl: string;
  readonly issuer: string | undefined;
  readonly verifier: string | undefined;
}

/** What `startOAuth` kept for this sign-in. */
function readSecrets(secrets: Readonly<Record<string, string>>): ConsentSecrets {
  const take = (name: string): string => {
    const value = secrets[name];
    if (value === undefined) throw new ProviderError('rejected', 'This sign-in is incomplete. Start again.');
    return value;
  };
  return {
    host: take('host'), clientId: take('clientId'), clientSecret: take('clientSecret'),
    tokenUrl: take('tokenUrl'), revocationUrl: take('revocationUrl'), issuer: secrets['issuer'], verifier: secrets['verifier'],
  };
}

function mapTokenReply(http: HttpClient, reply: Parameters<typeof mapReply>[1]): ProviderError | null {
  const word = oauthErrorOf(reply.json);
  if (word === 'invalid_grant') {
    return new ProviderError('rejected', 'This sign-in took too long for the Mastodon server, or was used already. Start again.');
  }
  if (word === 'invalid_client') {
    return new ProviderError('rejected', 'The Mastodon server has forgotten this application. Start again: it is registered anew.');
  }
  return mapReply(http, reply);
}

/** Ends the grant at the server. An unknown token is answered as done there. */
export async function revokeOAuth(context: MastodonContext, call: ProviderCall): Promise<void> {
  const { extra, accessToken } = call.tokens;
  const server = serverOf(extra['host'], context.environment.simulatorOrigin);
  const body = new URLSearchParams({ client_id: extra['clientId'] ?? '', client_secret: extra['clientSecret'] ?? '', token: accessToken });
  const url = revocationUrlOf(server, extra['revocationUrl']);
  const reply = await requestJson(context.http, { url, method: 'POST', body, signal: call.signal });
  const failure = mapReply(context.http, reply);
  if (failure !== null && failure.kind !== 'revoked') throw failure;
}

function revocationUrlOf(server: MastodonServer, saved: string | undefined): URL {
  if (saved !== undefined && URL.canParse(saved) && new URL(saved).origin === server.origin) return new URL(saved);
  return new URL('/oauth/revoke', server.origin);
}
