import { jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { ProofChecker } from './simulator-dpop.ts';
import type { Sessions, SimulatedSession } from './simulator-sessions.ts';

/** An error of XRPC; `code` is the wire name in `error`. */
export class XrpcFault extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'XrpcFault';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function xrpcErrorReply(fault: XrpcFault): SimulatedReply {
  return jsonReply(fault.status, { error: fault.code, message: fault.message }, fault.headers);
}

export interface AuthParts {
  readonly sessions: Sessions;
  readonly proofs: ProofChecker;
}

function refuseDpop(parts: AuthParts, error: string, description: string): XrpcFault {
  return new XrpcFault(401, error, description, {
    'www-authenticate': `DPoP error="${error}", error_description="${description.replaceAll('"', "'")}", algs="ES256"`,
    'dpop-nonce': parts.proofs.currentNonce(),
  });
}

/** Checks the proof before the token, as the real server does: a missing nonce is asked for even with a dead token. */
function readDpopSession(parts: AuthParts, request: SimulatedRequest, accessToken: string): SimulatedSession {
  const proof = request.headers['dpop'];
  const outcome = parts.proofs.checkProof(typeof proof === 'string' ? proof : undefined, {
    method: request.method,
    url: request.origin + request.path,
    accessToken,
  });
  if (!outcome.isValid) throw refuseDpop(parts, outcome.error, outcome.description);
  const found = parts.sessions.find(accessToken, 'access');
  if (found === null || found.session.kind !== 'oauth' || found.session.isRevoked || found.token.state === 'replaced') {
    throw refuseDpop(parts, 'invalid_token', 'Invalid token');
  }
  if (found.isExpired) throw refuseDpop(parts, 'invalid_token', 'Token expired');
  if (found.session.thumbprint !== outcome.thumbprint) throw refuseDpop(parts, 'invalid_token', 'DPoP proof does not match the token');
  return found.session;
}

/** The session behind the refresh or access JWT of an app-password login. */
export function readBearerSession(parts: AuthParts, request: SimulatedRequest, kind: 'access' | 'refresh'): ReturnType<Sessions['find']> {
  const text = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (text === undefined) throw new XrpcFault(401, 'AuthMissing', 'Authentication Required');
  const found = parts.sessions.find(text, kind);
  const other = parts.sessions.find(text, kind === 'access' ? 'refresh' : 'access');
  if (other?.session.kind === 'password') throw new XrpcFault(400, 'InvalidToken', 'Bad token scope');
  if (found === null || found.session.kind !== 'password') throw new XrpcFault(400, 'InvalidToken', 'Token could not be verified');
  if (found.isExpired) throw new XrpcFault(400, 'ExpiredToken', 'Token has expired');
  if (found.session.isRevoked) throw new XrpcFault(400, 'ExpiredToken', 'Token has been revoked');
  return found;
}

/** The session that makes this call, by DPoP or by app password. Throws `XrpcFault`. */
export function readSession(parts: AuthParts, request: SimulatedRequest): SimulatedSession {
  const bound = /^DPoP +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bound !== undefined) return readDpopSession(parts, request, bound);
  const found = readBearerSession(parts, request, 'access');
  if (found === null) throw new XrpcFault(401, 'AuthMissing', 'Authentication Required');
  return found.session;
}

/** An OAuth session reaches what its scope names; an app password reaches all of these. */
export function checkScope(session: SimulatedSession, method: string): void {
  if (session.kind === 'password') return;
  const isCovered = session.scope
    .split(' ')
    .some((scope) => scope === 'transition:generic' || scope.startsWith('rpc:*') || scope.startsWith(`rpc:${method}`));
  const missing = `rpc:${method}?aud=did:web:api.bsky.app#bsky_appview`;
  if (!isCovered) throw new XrpcFault(403, 'ScopeMissingError', `Missing required scope "${missing}"`);
}
