import { randomBytes } from 'node:crypto';
import { hashToken } from '../../platform/crypto/hash-token.ts';
import type { Database, Db } from '../../platform/db/database.ts';
import type { Clock } from '../../platform/clock.ts';
import { createId } from '../../platform/id.ts';
import type { RequestFacts } from '../../platform/http/route.ts';
import type { SessionInfo } from '../context.ts';
import { deleteExpiredSessions, findSession, insertSession, touchSession } from './queries.ts';

const tokenBytes = 32;
/** Signed in for two weeks, however often they come back: then once more with the password. */
const lifetimeMs = 14 * 24 * 3600_000;
/** `last seen` is exact to five minutes, so that reading a page is not a write. */
const touchEveryMs = 5 * 60_000;
const userAgentMax = 300;
const tokenForm = /^[A-Za-z0-9_-]{43}$/;

export interface NewSession {
  readonly id: string;
  /** For the cookie; kept nowhere. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** A new session with an id of its own; what the browser held before is worth nothing. */
export async function createSession(db: Db, ctx: { clock: Clock; facts: RequestFacts }, userId: string): Promise<NewSession> {
  const now = ctx.clock.now();
  const id = createId(now.getTime());
  const token = randomBytes(tokenBytes).toString('base64url');
  const expiresAt = new Date(now.getTime() + lifetimeMs);
  await db.run(insertSession, [id, hashToken(token), userId, now, expiresAt, ctx.facts.ip, ctx.facts.userAgent.slice(0, userAgentMax)]);
  return { id, token, expiresAt };
}

/**
 * Whose session a cookie's token is; null for none, an ended or a disabled user's. A `recheck` is a look during an open event
 * stream: a page that nobody looks at is no visit. No permission: it finds out who calls. No audit: only the time of the last
 * visit changes.
 */
export async function findSessionByToken(
  parts: { database: Database; clock: Clock }, token: string | null, purpose: 'request' | 'recheck' = 'request',
): Promise<SessionInfo | null> {
  if (token === null || !tokenForm.test(token)) return null;
  const now = parts.clock.now();
  return parts.database.withScope({}, async (db) => {
    const row = await db.maybe(findSession, [hashToken(token), now]);
    if (row === null) return null;
    if (purpose === 'request' && now.getTime() - row.last_seen_at.getTime() > touchEveryMs) await db.run(touchSession, [row.id, now]);
    return { id: row.id, userId: row.user_id, userName: row.user_name };
  });
}

/** Removes sessions that have run out. Answers how many. No permission: runs by the clock. No audit: what has run out is gone already. */
export async function purgeSessions(parts: { database: Database; clock: Clock }): Promise<number> {
  return parts.database.withScope({}, (db) => db.run(deleteExpiredSessions, [parts.clock.now()]));
}
