import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { isSameText } from '../simulation/grant-book.ts';
import { jsonReply, readJson, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { SimulatedAccount, World } from '../simulation/world.ts';
import { readBearerSession, readSession, XrpcFault, type AuthParts } from './simulator-auth.ts';
import { signSessionJwt, toJsonObject } from './simulator-jose.ts';
import type { Limits } from './simulator-limits.ts';
import type { SimulatedSession } from './simulator-sessions.ts';
import { renderDidDocument, type JsonRecord } from './simulator-views.ts';

/** The app password of every simulated account. */
export const simulatorAppPassword = 'fern-7qzk-lamp-w2td';

const accessLifeMs = 2 * 3_600_000;
const refreshLifeMs = 90 * 86_400_000;
/** A used refresh JWT stays good for two hours, so that a lost answer does not end the session (REFRESH_GRACE_MS of the PDS). */
const refreshGraceMs = 2 * 3_600_000;

export interface ServerParts extends AuthParts {
  readonly world: World;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly secret: string;
}

function emailOf(account: SimulatedAccount): string {
  return `${account.handle.split('.')[0] ?? 'someone'}@example.com`;
}

function describeAccount(account: SimulatedAccount, request: SimulatedRequest): JsonRecord {
  return {
    did: account.id,
    didDoc: renderDidDocument(account.id, account.handle, request.origin),
    handle: account.handle,
    email: emailOf(account),
    emailConfirmed: true,
    emailAuthFactor: false,
    active: true,
  };
}

function accountOf(parts: ServerParts, did: string): SimulatedAccount {
  const account = parts.world.account(did);
  if (account === null) throw new XrpcFault(400, 'InvalidRequest', `Could not find user info for account: ${did}`);
  return account;
}

function giveTokens(parts: ServerParts, session: SimulatedSession, request: SimulatedRequest): SimulatedReply {
  const issuedAt = Math.floor(parts.clock.now().getTime() / 1000);
  const sign = (type: 'at+jwt' | 'refresh+jwt', scope: string, lifeMs: number): string => {
    const claims = {
      scope,
      sub: session.did,
      iat: issuedAt,
      exp: issuedAt + lifeMs / 1000,
      aud: `did:web:${encodeURIComponent(new URL(request.origin).host)}`,
      jti: randomBytes(16).toString('base64url'),
    };
    return signSessionJwt(type, claims, parts.secret);
  };
  const accessJwt = sign('at+jwt', 'com.atproto.appPass', accessLifeMs);
  const refreshJwt = sign('refresh+jwt', 'com.atproto.refresh', refreshLifeMs);
  parts.sessions.addToken(session, { token: accessJwt, kind: 'access', lifeMs: accessLifeMs });
  parts.sessions.addToken(session, { token: refreshJwt, kind: 'refresh', lifeMs: refreshLifeMs });
  return jsonReply(200, { ...describeAccount(accountOf(parts, session.did), request), accessJwt, refreshJwt });
}

/** com.atproto.server.createSession: handle, DID or address, and the app password. */
export function createSession(parts: ServerParts, request: SimulatedRequest): SimulatedReply {
  const body = toJsonObject(readJson(request));
  const { identifier, password } = body ?? {};
  if (typeof identifier !== 'string' || typeof password !== 'string') {
    throw new XrpcFault(400, 'InvalidRequest', 'Input must have the properties "identifier" and "password"');
  }
  const reading = parts.limits.countLogin(identifier.toLowerCase());
  if (reading.isExceeded) return parts.limits.refuse(reading);
  const name = identifier.toLowerCase();
  const account = parts.world.accounts.find((each) => [each.id, each.handle, emailOf(each)].includes(name));
  if (account === undefined || !isSameText(password, simulatorAppPassword)) {
    throw new XrpcFault(401, 'AuthenticationRequired', 'Invalid identifier or password');
  }
  const unbound = { clientId: '', thumbprint: '', clientKeyId: null, code: '' };
  const session = parts.sessions.open({ did: account.id, kind: 'password', scope: 'com.atproto.appPass', ...unbound });
  return giveTokens(parts, session, request);
}

export function refreshSession(parts: ServerParts, request: SimulatedRequest): SimulatedReply {
  const found = readBearerSession(parts, request, 'refresh');
  if (found === null) throw new XrpcFault(401, 'AuthMissing', 'Authentication Required');
  const { token, session } = found;
  if (token.usedAtMs > 0 && parts.clock.now().getTime() > token.usedAtMs + refreshGraceMs) {
    throw new XrpcFault(400, 'ExpiredToken', 'Token has been revoked');
  }
  parts.sessions.markUsed(token);
  return giveTokens(parts, session, request);
}

export function deleteSession(parts: ServerParts, request: SimulatedRequest): SimulatedReply {
  const found = readBearerSession(parts, request, 'refresh');
  if (found !== null) parts.sessions.revoke(found.session);
  return { status: 200 };
}

/** Without the e-mail address for OAuth sessions that did not ask for it. */
export function getSession(parts: ServerParts, request: SimulatedRequest): SimulatedReply {
  const session = readSession(parts, request);
  const { email, emailConfirmed, emailAuthFactor, ...open } = describeAccount(accountOf(parts, session.did), request);
  const seesEmail = session.kind === 'password' || session.scope.split(' ').includes('transition:email');
  return jsonReply(200, seesEmail ? { ...open, email, emailConfirmed, emailAuthFactor } : open);
}
