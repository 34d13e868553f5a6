import type { NodeSavedSession, NodeSavedState } from '@atproto/oauth-client-node';
import type { Clock } from '../../platform/clock.ts';
import { ProviderError, type TokenSet } from '../provider.ts';
import { spellOutScopes } from './client-metadata.ts';

/** How an account was connected: it decides how its tokens are used. */
export type SessionKind = 'oauth' | 'password';

export function sessionKindOf(tokens: TokenSet): SessionKind {
  return tokens.extra['kind'] === 'password' ? 'password' : 'oauth';
}

/**
 * A session of the library as we keep it. The token pair stands once, in the token set's own fields; `extra.session` holds
 * the rest: the DPoP key and whom the tokens are for.
 */
export function packSession(session: NodeSavedSession, redirectUri: string, clock: Clock): TokenSet {
  const { access_token, refresh_token, expires_at, ...tokenSet } = session.tokenSet;
  return {
    accessToken: access_token,
    refreshToken: refresh_token ?? null,
    // The library reckons by the machine's time, the product by its clock: only the remaining time is taken over.
    expiresAt: expires_at === undefined ? null : new Date(clock.now().getTime() + Date.parse(expires_at) - Date.now()),
    scopes: spellOutScopes(tokenSet.scope),
    extra: { kind: 'oauth', redirectUri, session: JSON.stringify({ ...session, tokenSet }) },
  };
}

/**
 * The session as the library wants it. Without the refresh token and the end of life the library can neither refresh nor
 * see a reason to: a refresh behind our back would spend the single-use token without storing its successor.
 */
export function unpackSession(tokens: TokenSet, options: { withRefreshToken: boolean; simulatorOrigin: string | null }): NodeSavedSession {
  const saved = parseSaved<NodeSavedSession>(tokens.extra['session']);
  // A restarted simulator listens elsewhere; to the account it is the same network.
  const moved = options.simulatorOrigin === null ? {} : { iss: options.simulatorOrigin, aud: options.simulatorOrigin };
  const refresh = options.withRefreshToken && tokens.refreshToken !== null ? { refresh_token: tokens.refreshToken } : {};
  return { ...saved, tokenSet: { ...saved.tokenSet, ...moved, ...refresh, access_token: tokens.accessToken } };
}

/** The host of the account's own server. Throws ProviderError when the grant does not name one. */
export function serverHostOf(tokens: TokenSet, simulatorOrigin: string | null): string {
  if (simulatorOrigin !== null) return 'bluesky.simulated';
  const address = sessionKindOf(tokens) === 'password' ? tokens.extra['pds'] : unpackSession(tokens, { withRefreshToken: false, simulatorOrigin }).tokenSet.aud;
  if (address === undefined || !URL.canParse(address)) throw new ProviderError('revoked', 'The saved Bluesky session is incomplete. Connect the account again.');
  return new URL(address).host;
}

export const packState = (state: NodeSavedState): string => JSON.stringify(state);
export const unpackState = (text: string | undefined): NodeSavedState => parseSaved<NodeSavedState>(text);

/** The text was written by `packSession` or `packState` and kept encrypted and authenticated, so its shape is what we wrote. */
function parseSaved<Saved>(text: string | undefined): Saved {
  if (text === undefined) throw new ProviderError('revoked', 'The saved Bluesky session is incomplete. Connect the account again.');
  return JSON.parse(text) as Saved;
}
