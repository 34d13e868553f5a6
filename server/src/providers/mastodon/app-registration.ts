import { requestJson, type HttpClient } from '../http-client.ts';
import { isRecord, parseJson, required, textOf } from '../json.ts';
import { ProviderError, type ProviderMemory } from '../provider.ts';
import type { MastodonServer } from './address.ts';
import { mapReply, oauthErrorOf } from './errors.ts';
import type { OAuthEndpoints } from './discovery.ts';

/** Our client on one server. */
export interface MastodonApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface AppRequest {
  readonly server: MastodonServer;
  readonly endpoints: OAuthEndpoints;
  readonly redirectUri: string;
  readonly website: string;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}

/** The app that we registered on this server for this callback address, or a new one. */
export async function findOrRegisterApp(http: HttpClient, memory: ProviderMemory, request: AppRequest): Promise<MastodonApp> {
  // With the scopes in the key: a wider wish needs a new registration, its limits are fixed.
  const key = `app ${request.server.host} ${request.redirectUri} ${request.scopes.join(',')}`;
  const kept = readKept(await memory.get(key));
  if (kept !== null && (await isAppKnown(http, kept, request))) return kept;
  const app = await registerApp(http, request);
  await memory.set(key, JSON.stringify(app));
  return app;
}

/**
 * Servers delete apps that nobody uses. A person sent to consent with a deleted one is stuck on the server's error page, so we
 * ask first. Only the plain answer "unknown client" counts; any other trouble shows itself in the next step.
 */
async function isAppKnown(http: HttpClient, app: MastodonApp, request: AppRequest): Promise<boolean> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials', client_id: app.clientId, client_secret: app.clientSecret, scope: request.scopes[0] ?? 'read:accounts',
  });
  const reply = await requestJson(http, { url: request.endpoints.token, method: 'POST', body, signal: request.signal });
  return oauthErrorOf(reply.json) !== 'invalid_client';
}

async function registerApp(http: HttpClient, request: AppRequest): Promise<MastodonApp> {
  const body = new URLSearchParams({
    client_name: 'Rookery', redirect_uris: request.redirectUri, scopes: request.scopes.join(' '), website: request.website,
  });
  const reply = await requestJson(http, { url: request.endpoints.registration, method: 'POST', body, signal: request.signal });
  if (reply.status === 404 || reply.status === 405) throw notMastodon(request.server);
  const failure = mapReply(http, reply);
  if (failure !== null) throw failure;
  const json = isRecord(reply.json) ? reply.json : {};
  return {
    clientId: required(textOf(json['client_id']), http.network, 'a client id'),
    clientSecret: required(textOf(json['client_secret']), http.network, 'a client secret'),
  };
}

/** A server that answers, and is no Mastodon. */
export function notMastodon(server: MastodonServer): ProviderError {
  return new ProviderError('rejected', `${server.host} does not look like a Mastodon server. Check the address.`);
}

function readKept(text: string | null): MastodonApp | null {
  if (text === null || text === '') return null;
  const json = parseJson(text);
  const clientId = isRecord(json) ? textOf(json['clientId']) : null;
  const clientSecret = isRecord(json) ? textOf(json['clientSecret']) : null;
  return clientId === null || clientSecret === null ? null : { clientId, clientSecret };
}
