import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint, Rate } from '@rookery/contract/endpoint.ts';
import type { Admission, Admitted } from '../http/server-options.ts';
import { addressSubject } from './caller.ts';
import type { Claim, Verdict } from './limit-store.ts';
import type { Limiter } from './limiter.ts';

/** All calls of one caller together. */
const overall = {
  anon: { name: 'anon', max: 100, windowSeconds: 3600 },
  user: { name: 'user', max: 1000, windowSeconds: 3600 },
} as const satisfies Record<string, Rate>;

/** Tries on one account from everywhere: beyond `free` each waits a little longer, and none is refused. */
const slowing = { free: 10, max: 100, windowSeconds: 900, stepMs: 50, pauseMsMax: 2_000 } as const;

export interface AdmissionOptions<Session> {
  readonly limiter: Limiter;
  readonly userIdOf: (session: Session) => string;
  readonly pause?: (ms: number) => Promise<unknown>;
}

interface NamedClaim extends Claim {
  readonly name: string;
}

/** Decides which limits a call has to pass, and tells the caller how they stand (draft-ietf-httpapi-ratelimit-headers-10). */
export function createAdmission<Session>(options: AdmissionOptions<Session>): (admission: Admission<Session>) => Promise<Admitted> {
  const pause = options.pause ?? sleep;
  return async (admission) => {
    const { endpoint, body } = admission;
    const { rate } = endpoint;
    const isSecretGuarded = rate?.guards === 'secret';
    if (body !== undefined) {
      const each = await admitEach(rate, body, options.limiter);
      return each.isAdmitted ? await admitGuess({ rate, body, ip: admission.facts.ip }, options.limiter, pause) : each;
    }
    const userId = admission.session === null || rate?.by === 'address' ? null : options.userIdOf(admission.session);
    const claims = [
      ...(rate === undefined ? [] : [claimOf(rate)]),
      ...(isCounted(endpoint) ? [claimOf(userId === null ? overall.anon : overall.user)] : []),
    ];
    if (claims.length === 0) return free;
    const verdict = await options.limiter.claim(userId ?? addressSubject(admission.facts.ip), claims, isSecretGuarded);
    return answerOf(claims, verdict);
  };
}

const free: Admitted = { isAdmitted: true, retryAfterSeconds: 0, headers: {} };

/** Calls of the API; not probes, open event streams, and files shown in their place, which are a page's images. */
function isCounted({ path, probe, replyKind, rate }: Endpoint): boolean {
  if (!path.startsWith('/api/') || probe === true || replyKind === 'events') return false;
  return replyKind !== 'file' || rate !== undefined;
}

/** How often one value, as the token of a link, was used by whomever. */
async function admitEach(rate: Rate | undefined, body: unknown, limiter: Limiter): Promise<Admitted> {
  const each = rate?.each;
  const value = each === undefined ? null : memberOf(body, each.field);
  if (rate === undefined || each === undefined || value === null) return free;
  const claims = [claimOf({ ...each, name: `${rate.name}:each` })];
  const verdict = await limiter.claim(`value-${hashOf(value)}`, claims, rate.guards === 'secret');
  return verdict.isAdmitted ? free : answerOf(claims, verdict);
}

/** The second look, when the body is known: how often this account was tried from this address. */
async function admitGuess(
  { rate, body, ip }: { rate: Rate | undefined; body: unknown; ip: string }, limiter: Limiter, pause: (ms: number) => Promise<unknown>,
): Promise<Admitted> {
  const guesses = rate?.guesses;
  const value = guesses === undefined ? null : memberOf(body, guesses.field);
  if (rate === undefined || guesses === undefined || value === null) return free;
  const claims = guesses.steps.map((step) => claimOf({ name: `${rate.name}:${step.windowSeconds}`, ...step }, value));
  const verdict = await limiter.claim(addressSubject(ip), claims, true);
  if (!verdict.isAdmitted) return answerOf(claims, verdict);
  const account = claimOf({ name: `${rate.name}:everywhere`, ...slowing });
  const { standings } = await limiter.claim(`account-${hashOf(value)}`, [account], true);
  const pauseMs = pauseFor(slowing.max - (standings[0]?.remaining ?? slowing.max));
  if (pauseMs > 0) await pause(pauseMs);
  return free;
}

function pauseFor(tries: number): number {
  return Math.min(slowing.pauseMsMax, Math.max(0, tries - slowing.free) * slowing.stepMs);
}

/** As accounts are told apart: without regard to case and surrounding space. */
function memberOf(body: unknown, field: string): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const value: unknown = Reflect.get(body, field);
  return typeof value === 'string' ? value.trim().normalize('NFKC').toLowerCase() : null;
}

function claimOf({ name, max, windowSeconds }: Pick<Rate, 'name' | 'max' | 'windowSeconds'>, value = ''): NamedClaim {
  return { name, max, windowMs: windowSeconds * 1000, hash: hashOf(value === '' ? name : `${name} ${value}`) };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function answerOf(claims: readonly NamedClaim[], { isAdmitted, standings }: Verdict): Admitted {
  const rows = claims.map((claim, index) => ({ ...claim, ...(standings[index] ?? { remaining: 0, resetMs: 0 }) }));
  const waits = rows.filter(({ remaining }) => remaining === 0).map(({ resetMs }) => resetMs);
  return {
    isAdmitted,
    retryAfterSeconds: Math.max(1, Math.ceil(Math.max(0, ...waits) / 1000)),
    headers: {
      'RateLimit-Policy': rows.map(({ name, max, windowMs }) => `"${name}";q=${max};w=${windowMs / 1000}`).join(', '),
      RateLimit: rows.map(({ name, remaining, resetMs }) => `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`).join(', '),
    },
  };
}
