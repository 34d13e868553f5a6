import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { arrayOf, boolean, nullable, number, object, record, string, type Static } from '@rookery/contract/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import { openStateSection } from './state-file.ts';

const grantSchema = object({
  id: string(),
  accountId: string(),
  clientId: string(),
  scopes: arrayOf(string()),
  /** What else belongs to the grant, in the network's own words. */
  extra: record(string(), string()),
});

const tokenSchema = object({
  token: string(),
  grantId: string(),
  kind: string(),
  /** Epoch milliseconds; `expiresAt` null lives on. */
  issuedAt: number(),
  expiresAt: nullable(number()),
  isUsed: boolean(),
});

const bookSchema = object({ grants: arrayOf(grantSchema), tokens: arrayOf(tokenSchema) });

export type SimulatedGrant = Static<typeof grantSchema>;
export type SimulatedToken = Static<typeof tokenSchema>;

/** What became of a token that was shown. `spent` ones were good once. */
export type TokenReading =
  | { readonly outcome: 'ok'; readonly token: SimulatedToken; readonly grant: SimulatedGrant }
  | { readonly outcome: 'expired' | 'spent'; readonly token: SimulatedToken; readonly grant: SimulatedGrant }
  | { readonly outcome: 'unknown' };

/** Codes and tokens that a simulated network has given, kept in the state file's section `grants`. */
export interface GrantBook {
  openGrant(input: Omit<SimulatedGrant, 'id'>): SimulatedGrant;
  /** A new secret of this kind (`code`, `access`, `refresh` …); `lifeSeconds` null never expires. */
  issue(grantId: string, input: { kind: string; lifeSeconds: number | null; prefix?: string }): SimulatedToken;
  read(token: string, kind: string): TokenReading;
  /** As `read`, and an `ok` token is spent by it. */
  spend(token: string, kind: string): TokenReading;
  /** Forgets the grant and all its tokens. */
  revoke(grantId: string): void;
  revokeAll(): void;
  /** Whether a grant that was revoked since the start had this token. */
  wasRevoked(token: string): boolean;
  /** Tokens of this kind given so far are answered as expired. */
  expireAll(kind: string): void;
}

/** Spent and expired tokens are kept this long, so that their reuse is recognised. */
const memoryDays = 200;

interface Shelf {
  readonly grants: Map<string, SimulatedGrant>;
  readonly tokens: Map<string, SimulatedToken>;
  /** Tokens of grants that were revoked since the start. */
  readonly revoked: Set<string>;
  save(): void;
  forget(grantId: string): void;
}

function openShelf(options: { clock: Clock; stateFile: string | null }): Shelf {
  const section = openStateSection(options.stateFile, 'grants', bookSchema);
  const kept = section.read();
  const grants = new Map(kept?.grants.map((grant) => [grant.id, grant]));
  const tokens = new Map(kept?.tokens.map((token) => [token.token, token]));
  const revoked = new Set<string>();
  return {
    grants,
    tokens,
    revoked,
    save: () => {
      const oldest = options.clock.now().getTime() - memoryDays * 86_400_000;
      for (const token of tokens.values()) if (token.expiresAt !== null && token.expiresAt < oldest) tokens.delete(token.token);
      section.write({ grants: [...grants.values()], tokens: [...tokens.values()] });
    },
    forget: (grantId) => {
      grants.delete(grantId);
      for (const { token, grantId: owner } of tokens.values()) {
        if (owner !== grantId) continue;
        tokens.delete(token);
        revoked.add(token);
      }
    },
  };
}

/** The book of one simulator; at a restart it goes on where the state file left it. */
export function openGrantBook(options: { clock: Clock; stateFile: string | null }): GrantBook {
  const { grants, tokens, revoked, save, forget } = openShelf(options);
  const now = (): number => options.clock.now().getTime();
  const read = (name: string, kind: string): TokenReading => {
    const token = tokens.get(name);
    const grant = token === undefined ? undefined : grants.get(token.grantId);
    if (token === undefined || grant === undefined || token.kind !== kind) return { outcome: 'unknown' };
    if (token.isUsed) return { outcome: 'spent', token, grant };
    if (token.expiresAt !== null && token.expiresAt <= now()) return { outcome: 'expired', token, grant };
    return { outcome: 'ok', token, grant };
  };
  return {
    openGrant: (input) => {
      const grant = { ...input, id: randomUUID() };
      grants.set(grant.id, grant);
      save();
      return grant;
    },
    issue: (grantId, { kind, lifeSeconds, prefix = '' }) => {
      const expiresAt = lifeSeconds === null ? null : now() + lifeSeconds * 1000;
      const name = prefix + randomBytes(32).toString('base64url');
      const token = { token: name, grantId, kind, issuedAt: now(), expiresAt, isUsed: false };
      tokens.set(name, token);
      save();
      return token;
    },
    read,
    spend: (name, kind) => {
      const reading = read(name, kind);
      if (reading.outcome !== 'ok') return reading;
      tokens.set(name, { ...reading.token, isUsed: true });
      save();
      return reading;
    },
    revoke: (grantId) => {
      forget(grantId);
      save();
    },
    revokeAll: () => {
      for (const grantId of grants.keys()) forget(grantId);
      save();
    },
    wasRevoked: (name) => revoked.has(name),
    expireAll: (kind) => {
      for (const token of tokens.values()) if (token.kind === kind) tokens.set(token.token, { ...token, expiresAt: now() });
      save();
    },
  };
}

/** Whether the verifier answers the challenge (RFC 7636). */
export function isPkceMatch(input: { challenge: string; method: string; verifier: string }): boolean {
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(input.verifier)) return false;
  const shown = input.method === 'S256' ? createHash('sha256').update(input.verifier).digest('base64url') : input.verifier;
  return isSameText(shown, input.challenge);
}

export function isSameText(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
