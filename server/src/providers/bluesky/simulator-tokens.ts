import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { isPkceMatch } from '../simulation/grant-book.ts';
import { jsonReply, type SimulatedReply } from '../simulation/request.ts';
import type { Tickets } from '../simulation/tickets.ts';
import { OAuthFault, type OAuthClient } from './simulator-clients.ts';
import type { TokenSigner } from './simulator-jose.ts';
import type { Sessions, SimulatedSession } from './simulator-sessions.ts';

const dayMs = 86_400_000;
const accessLifeMs = 3_600_000;
/**
 * How long a refresh token waits to be used. The limit on a public client's whole session (a week or two, depending on the
 * server's version) is not played, so that a demonstration can run for months.
 */
const refreshLifeMs = { none: 14 * dayMs, private_key_jwt: 90 * dayMs } as const;

/** What was pushed, bound to the client and to its DPoP key. */
export interface PushedRequest {
  readonly client: OAuthClient;
  readonly clientKeyId: string | null;
  readonly thumbprint: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly state: string | null;
  readonly challenge: string;
  readonly loginHint: string | null;
  readonly responseMode: 'query' | 'fragment';
}

export interface CodeGrant extends PushedRequest {
  readonly did: string;
}

/** Who calls an endpoint, once the DPoP proof and the client's own proof were good. */
export interface Caller {
  readonly form: URLSearchParams;
  readonly client: OAuthClient;
  readonly clientKeyId: string | null;
  readonly thumbprint: string;
}

export interface TokenParts {
  readonly sessions: Sessions;
  readonly signer: TokenSigner;
  readonly clock: Clock;
  readonly codes: Tickets<CodeGrant>;
}

function giveTokens(parts: TokenParts, session: SimulatedSession, issuer: string, method: OAuthClient['authMethod']): SimulatedReply {
  const issuedAt = Math.floor(parts.clock.now().getTime() / 1000);
  const access = parts.signer.signJwt('at+jwt', {
    iss: issuer,
    aud: `did:web:${encodeURIComponent(new URL(issuer).host)}`,
    sub: session.did,
    iat: issuedAt,
    exp: issuedAt + accessLifeMs / 1000,
    jti: `tok-${randomBytes(16).toString('hex')}`,
    client_id: session.clientId,
    scope: session.scope,
    cnf: { jkt: session.thumbprint },
  });
  const refresh = `ref-${randomBytes(32).toString('hex')}`;
  // The access token before dies with the rotation: a data server that is its own authorization server looks up the token's id.
  parts.sessions.replaceTokens(session, 'access');
  parts.sessions.addToken(session, { token: access, kind: 'access', lifeMs: accessLifeMs });
  parts.sessions.addToken(session, { token: refresh, kind: 'refresh', lifeMs: refreshLifeMs[method] });
  const body = {
    access_token: access,
    token_type: 'DPoP',
    refresh_token: refresh,
    scope: session.scope,
    expires_in: accessLifeMs / 1000,
    sub: session.did,
  };
  return jsonReply(200, body, { 'cache-control': 'no-store', pragma: 'no-cache' });
}

/** Code for tokens. A second try with a code ends the session that the first one got. */
export function exchangeCode(parts: TokenParts, caller: Caller, issuer: string): SimulatedReply {
  const { form, client } = caller;
  const code = form.get('code') ?? '';
  const replayed = parts.sessions.findByCode(code);
  if (replayed !== null) {
    parts.sessions.revoke(replayed);
    throw new OAuthFault('invalid_grant', 'Code replayed');
  }
  const grant = parts.codes.take(code.replace(/^cod-/, ''));
  if (grant === null) throw new OAuthFault('invalid_grant', 'Invalid code');
  if (grant.client.clientId !== client.clientId) throw new OAuthFault('invalid_grant', 'This code was issued for another client');
  if (grant.redirectUri !== form.get('redirect_uri')) {
    throw new OAuthFault('invalid_grant', 'The redirect_uri parameter must match the one used in the authorization request');
  }
  if (!isPkceMatch({ challenge: grant.challenge, method: 'S256', verifier: form.get('code_verifier') ?? '' })) {
    throw new OAuthFault('invalid_grant', 'Invalid code_verifier');
  }
  if (grant.thumbprint !== caller.thumbprint) throw new OAuthFault('invalid_grant', 'DPoP proof does not match the expected JKT');
  const { did, scope, thumbprint, clientKeyId } = grant;
  const session = parts.sessions.open({ did, kind: 'oauth', scope, clientId: client.clientId, thumbprint, clientKeyId, code });
  return giveTokens(parts, session, issuer, client.authMethod);
}

/** Refresh token for a new pair. Each works once; a second use, by whomever, ends the session. */
export function refreshTokens(parts: TokenParts, caller: Caller, issuer: string): SimulatedReply {
  const found = parts.sessions.find(caller.form.get('refresh_token') ?? '', 'refresh');
  if (found === null || found.session.isRevoked) throw new OAuthFault('invalid_grant', 'Invalid refresh token');
  const { session, token } = found;
  const end = (description: string): never => {
    parts.sessions.revoke(session);
    throw new OAuthFault('invalid_grant', description);
  };
  if (token.usedAtMs > 0) end('Refresh token replayed');
  if (session.clientId !== caller.client.clientId) end('Token was not issued to this client');
  if (session.thumbprint !== caller.thumbprint) end('DPoP proof does not match the expected JKT');
  if (session.clientKeyId !== null && session.clientKeyId !== caller.clientKeyId) end('Client authentication method mismatch');
  if (found.isExpired) end('Refresh token expired');
  parts.sessions.markUsed(token);
  return giveTokens(parts, session, issuer, caller.client.authMethod);
}
