import type { NodeSavedSession, NodeSavedState } from '@atproto/oauth-client-node';
import { ProviderError } from '../provider.ts';
import type { ConsentState, Provider, ProviderCall, ProviderEnvironment, TokenSet } from '../provider.ts';
import { parseBlueskyAddress } from './address.ts';
import { blueskyRedirectUri, scopeBroad, scopeLeast, scopes } from './client-metadata.ts';
import type { OAuthClients, Slot } from './oauth-client.ts';
import { packSession, packState, unpackSession, unpackState } from './session.ts';

type ConsentInput = Parameters<Provider['startConsent']>[0];
type FinishInput = Parameters<Provider['finishConsent']>[0];

/**
 * Pushes the consent request to the account's server and answers where to send the browser. The least scopes are asked for;
 * a server that is known to drop those without a word (as the protocol allows) is asked for the broad one.
 */
export async function startOAuth(environment: ProviderEnvironment, clients: OAuthClients, input: ConsentInput): Promise<ConsentState> {
  const address = parseBlueskyAddress(input.address, environment.simulatorOrigin);
  try {
    const pushed = await pushRequest(clients, input, address.value, scopeLeast).catch((error: unknown) => {
      if (isScopeUnknown(error)) return pushRequest(clients, input, address.value, scopeBroad);
      throw error;
    });
    const dropsFineScopes = (await clients.memory.get(dropsKey(pushed.secrets))) === 'yes';
    return dropsFineScopes ? await pushRequest(clients, input, address.value, scopeBroad) : pushed;
  } catch (error) {
    throw await clients.explain(error);
  }
}

const dropsKey = (secrets: Readonly<Record<string, string>>): string => `drops fine scopes ${unpackState(secrets['state']).iss}`;

async function pushRequest(clients: OAuthClients, input: ConsentInput, address: string, scope: string): Promise<ConsentState> {
  const state: Slot<NodeSavedState> = { value: undefined };
  const client = await clients.open({ redirectUri: input.redirectUri, state, pinnedState: input.state });
  const [redirectUri] = client.clientMetadata.redirect_uris;
  if (redirectUri !== input.redirectUri) {
    throw new ProviderError('rejected', 'The callback address differs from the base URL of this server.');
  }
  const url = await client.authorize(address, { redirect_uri: redirectUri, scope, signal: input.signal });
  if (state.value === undefined) throw new ProviderError('garbled', 'The Bluesky sign-in was not prepared.');
  return { authorizeUrl: url.href, secrets: { state: packState(state.value), redirectUri: input.redirectUri, scope } };
}

function isScopeUnknown(error: unknown): boolean {
  return error instanceof Error && 'error' in error && error.error === 'invalid_scope';
}

/** Trades the callback for tokens; the library checks `state`, PKCE, `iss` and that the account's server is the issuer. */
export async function finishOAuth(environment: ProviderEnvironment, clients: OAuthClients, input: FinishInput): Promise<TokenSet> {
  if (input.query.get('error') === 'access_denied') throw new ProviderError('rejected', 'The consent was declined at Bluesky.');
  const state: Slot<NodeSavedState> = { value: unpackState(input.secrets['state']) };
  const session: Slot<NodeSavedSession> = { value: undefined };
  const redirectUri = input.secrets['redirectUri'] ?? input.redirectUri;
  const client = await clients.open({ redirectUri, state, session });
  try {
    await client.callback(input.query, { redirect_uri: client.clientMetadata.redirect_uris[0] });
  } catch (error) {
    const failure = await clients.explain(error);
    // There is no grant yet that could have been revoked: the code was used, too old, or not ours.
    throw failure.kind === 'revoked' ? new ProviderError('rejected', 'Bluesky no longer knows this sign-in. Start again.') : failure;
  }
  if (session.value === undefined) throw new ProviderError('garbled', 'Bluesky answered the sign-in without a session.');
  const tokens = packSession(session.value, redirectUri, environment.clock);
  if (Object.values(scopes).every((scope) => tokens.scopes.includes(scope))) return tokens;
  await clients.memory.set(dropsKey(input.secrets), 'yes');
  const advice = 'Connect again: it is then asked in its older form.';
  throw new ProviderError('rejected', `This server did not give the permissions asked for. ${advice}`);
}

/**
 * Spends the refresh token and answers the new pair. The server has rotated as soon as the library has stored the new
 * session, so whatever fails after that does not lose it.
 */
export async function refreshOAuth(environment: ProviderEnvironment, clients: OAuthClients, call: ProviderCall): Promise<TokenSet> {
  const before = unpackSession(call.tokens, { withRefreshToken: true, simulatorOrigin: environment.simulatorOrigin });
  const session: Slot<NodeSavedSession> = { value: before };
  const redirectUri = redirectUriOf(environment, call.tokens);
  call.signal.throwIfAborted();
  const client = await clients.open({ redirectUri, session });
  try {
    await client.restore(before.tokenSet.sub, true);
  } catch (error) {
    if (session.value === before || session.value === undefined) throw await clients.explain(error);
  }
  return packSession(session.value ?? before, redirectUri, environment.clock);
}

/** Ends the grant at the server; a token that is already dead counts as done there. */
export async function revokeOAuth(environment: ProviderEnvironment, clients: OAuthClients, call: ProviderCall): Promise<void> {
  try {
    const session = await restoreOAuth(environment, clients, call.tokens);
    await session.server.request('revocation', { token: call.tokens.refreshToken ?? call.tokens.accessToken });
  } catch (error) {
    throw await clients.explain(error);
  }
}

type OAuthSession = Awaited<ReturnType<Awaited<ReturnType<OAuthClients['open']>>['restore']>>;

/** The session for one call, unable to refresh itself. */
export async function restoreOAuth(environment: ProviderEnvironment, clients: OAuthClients, tokens: TokenSet): Promise<OAuthSession> {
  const session = unpackSession(tokens, { withRefreshToken: false, simulatorOrigin: environment.simulatorOrigin });
  const client = await clients.open({ redirectUri: redirectUriOf(environment, tokens), session: { value: session } });
  return client.restore(session.tokenSet.sub, false);
}

function redirectUriOf(environment: ProviderEnvironment, tokens: TokenSet): string {
  return tokens.extra['redirectUri'] ?? blueskyRedirectUri(environment.baseUrl);
}
