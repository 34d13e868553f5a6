import type { Clock } from '../../platform/clock.ts';
import { createRateWindows, type RateReading } from '../simulation/rate-window.ts';
import { jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { AccessToken } from './simulator-grants.ts';

const minute = 60;
// Limits and windows: config/initializers/rack_attack.rb of Mastodon, read 2026-11-24.
const perToken = 300;
const perAccount = 1500;
const perAddress = 300;
const paging = 300;
const uploads = 30;
const deletions = 30;
/** Posts in three hours: app/lib/rate_limiter.rb. */
const posts = 300;
const pagingNames = ['page', 'min_id', 'max_id', 'since_id'];

/** Mastodon's request limits, counted by the simulated clock. */
export interface Throttle {
  count(request: SimulatedRequest, token: AccessToken | null): RateReading;
  headersOf(reading: RateReading): Readonly<Record<string, string>>;
  refuse(reading: RateReading): SimulatedReply;
  /** The refusal that a fault asks for. */
  refuseNow(): SimulatedReply;
}

/** The time as Rails writes it: ISO 8601 with six digits after the second. */
function formatReset(at: Date): string {
  return at.toISOString().replace('Z', '000Z');
}

function pickTighter(one: RateReading, other: RateReading): RateReading {
  if (one.isExceeded !== other.isExceeded) return one.isExceeded ? one : other;
  return other.remaining < one.remaining ? other : one;
}

/** `share` multiplies the limits, for tests that would otherwise have to ask hundreds of times. */
export function createThrottle(clock: Clock, share: number): Throttle {
  const general = createRateWindows(clock, 5 * minute);
  const pages = createRateWindows(clock, 15 * minute);
  const halfHours = createRateWindows(clock, 30 * minute);
  const threeHours = createRateWindows(clock, 180 * minute);
  const limitOf = (limit: number): number => Math.max(1, Math.floor(limit * share));
  const headersOf = (reading: RateReading): Readonly<Record<string, string>> => ({
    'x-ratelimit-limit': String(reading.limit),
    'x-ratelimit-remaining': String(reading.remaining),
    'x-ratelimit-reset': formatReset(reading.resetAt),
  });
  const refuse = (reading: RateReading): SimulatedReply =>
    jsonReply(429, { error: 'Too many requests' }, headersOf({ ...reading, remaining: 0 }));
  return {
    count: (request, token) => {
      const who = token === null ? 'address' : (token.accountId ?? token.clientId);
      const first = token === null ? general.count(who, limitOf(perAddress)) : general.count(token.token, limitOf(perToken));
      const others = token === null ? [] : [general.count(`account:${who}`, limitOf(perAccount))];
      const isUpload = request.method === 'POST' && /^\/api\/v\d\/media$/.test(request.path);
      if (isUpload) others.push(halfHours.count(`media:${who}`, limitOf(uploads)));
      if (request.method === 'DELETE') others.push(halfHours.count(`delete:${who}`, limitOf(deletions)));
      if (request.method === 'POST' && request.path === '/api/v1/statuses') others.push(threeHours.count(`posts:${who}`, limitOf(posts)));
      if (pagingNames.some((name) => request.query.has(name))) others.push(pages.count(who, limitOf(paging)));
      return others.reduce(pickTighter, first);
    },
    headersOf,
    refuse,
    refuseNow: () => refuse(general.exhaust('fault', limitOf(perToken))),
  };
}
