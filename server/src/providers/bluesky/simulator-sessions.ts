import { randomBytes } from 'node:crypto';
import { Type, type Static } from 'typebox';
import type { Clock } from '../../platform/clock.ts';
import { openStateSection } from '../simulation/state-file.ts';

const dayMs = 86_400_000;
/** Used refresh tokens are remembered this long after their end, so that their reuse is recognised; access tokens a week. */
const memoryMs = { access: 7 * dayMs, refresh: 120 * dayMs } as const;

const Session = Type.Object({
  id: Type.String(),
  did: Type.String(),
  kind: Type.Union([Type.Literal('oauth'), Type.Literal('password')]),
  scope: Type.String(),
  /** OAuth only: who it was given to, the DPoP key it is bound to, the client's own key, and the code it came from. */
  clientId: Type.String(),
  thumbprint: Type.String(),
  clientKeyId: Type.Union([Type.String(), Type.Null()]),
  code: Type.String(),
  isRevoked: Type.Boolean(),
});

const Token = Type.Object({
  token: Type.String(),
  kind: Type.Union([Type.Literal('access'), Type.Literal('refresh')]),
  sessionId: Type.String(),
  expiresAtMs: Type.Integer(),
  state: Type.Union([Type.Literal('valid'), Type.Literal('expired'), Type.Literal('replaced')]),
  /** When a refresh token was first used; 0 before. */
  usedAtMs: Type.Integer(),
});

const Content = Type.Object({ sessions: Type.Array(Session), tokens: Type.Array(Token) });

export type SimulatedSession = Static<typeof Session>;
export type SessionToken = Static<typeof Token>;

export interface FoundToken {
  readonly token: SessionToken;
  readonly session: SimulatedSession;
  readonly isExpired: boolean;
}

/** Sessions and their tokens, of both kinds; they outlive a restart. */
export interface Sessions {
  open(session: Omit<SimulatedSession, 'id' | 'isRevoked'>): SimulatedSession;
  addToken(session: SimulatedSession, token: Pick<SessionToken, 'token' | 'kind'> & { readonly lifeMs: number }): void;
  find(token: string, kind: SessionToken['kind']): FoundToken | null;
  findByCode(code: string): SimulatedSession | null;
  /** Ends all tokens of this kind in the session, since others take their place. */
  replaceTokens(session: SimulatedSession, kind: SessionToken['kind']): void;
  markUsed(token: SessionToken): void;
  revoke(session: SimulatedSession): void;
  revokeAll(): void;
  expireAccessTokens(): void;
}

export function createSessions(stateFile: string | null, clock: Clock): Sessions {
  const section = openStateSection(stateFile, 'bluesky-auth', Content);
  const content = section.read() ?? { sessions: [], tokens: [] };
  const now = (): number => clock.now().getTime();
  const save = (): void => {
    // The newest of a session stays whatever its age: a client that was away for long still learns that it has expired.
    const newest = new Map(content.tokens.map((token) => [`${token.sessionId} ${token.kind}`, token]));
    const kept = new Set(newest.values());
    content.tokens = content.tokens.filter((token) => kept.has(token) || token.expiresAtMs > now() - memoryMs[token.kind]);
    section.write(content);
  };
  const change = (act: () => void): void => {
    act();
    save();
  };

  const find = (text: string, kind: SessionToken['kind']): FoundToken | null => {
    const token = content.tokens.find((each) => each.token === text && each.kind === kind);
    const session = content.sessions.find((each) => each.id === token?.sessionId);
    if (token === undefined || session === undefined) return null;
    return { token, session, isExpired: token.state === 'expired' || token.expiresAtMs <= now() };
  };

  return {
    open: (wanted) => {
      const session: SimulatedSession = { ...wanted, id: randomBytes(12).toString('hex'), isRevoked: false };
      change(() => content.sessions.push(session));
      return session;
    },
    addToken: (session, { token, kind, lifeMs }) =>
      change(() => content.tokens.push({ token, kind, sessionId: session.id, expiresAtMs: now() + lifeMs, state: 'valid', usedAtMs: 0 })),
    find,
    findByCode: (code) => content.sessions.find((session) => session.code === code && code !== '') ?? null,
    replaceTokens: (session, kind) =>
      change(() => {
        for (const each of content.tokens) if (each.sessionId === session.id && each.kind === kind) each.state = 'replaced';
      }),
    markUsed: (token) =>
      change(() => {
        if (token.usedAtMs === 0) token.usedAtMs = now();
      }),
    revoke: (session) =>
      change(() => {
        session.isRevoked = true;
      }),
    revokeAll: () =>
      change(() => {
        for (const session of content.sessions) session.isRevoked = true;
      }),
    expireAccessTokens: () =>
      change(() => {
        for (const each of content.tokens) if (each.kind === 'access' && each.state === 'valid') each.state = 'expired';
      }),
  };
}
