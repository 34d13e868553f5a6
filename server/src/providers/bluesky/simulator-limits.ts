import type { Clock } from '../../platform/clock.ts';
import { createRateWindows, type RateReading } from '../simulation/rate-window.ts';
import { jsonReply, type SimulatedReply } from '../simulation/request.ts';

const windowSeconds = 300;
// docs.bsky.app/docs/advanced-guides/rate-limits, read 2026-11-24: 3000 requests in 5 minutes by address, createSession 30 in
// 5 minutes and 300 a day by account.
const requestsMax = 3000;
const loginsMax = 30;
const loginsPerDayMax = 300;
const daySeconds = 86_400;
const hourSeconds = 3600;
// The same page: writes by account in points, and blobs.
const pointsPerHourMax = 5000;
const pointsPerDayMax = 35_000;
const blobsPerDayMax = 1000;

/** A limit as it stands, with the length of its window. */
export interface LimitReading extends RateReading {
  readonly windowSeconds: number;
}

export interface Limits {
  countRequest(): LimitReading;
  countLogin(identifier: string): LimitReading;
  /** A write to a repository: 3 points for a creation, 2 for an update, 1 for a deletion. */
  countWrite(did: string, points: number): LimitReading;
  countBlob(did: string): LimitReading;
  headersOf(reading: LimitReading): Readonly<Record<string, string>>;
  refuse(reading: LimitReading): SimulatedReply;
  /** The refusal that a fault asks for. */
  refuseNow(): SimulatedReply;
}

/** `share` multiplies the limits, for tests that would otherwise have to ask thousands of times. */
export function createLimits(clock: Clock, share: number): Limits {
  const short = createRateWindows(clock, windowSeconds);
  const long = createRateWindows(clock, daySeconds);
  const hour = createRateWindows(clock, hourSeconds);
  const limitOf = (limit: number): number => Math.max(1, Math.floor(limit * share));
  const headersOf = (reading: LimitReading): Readonly<Record<string, string>> => ({
    'ratelimit-limit': String(reading.limit),
    'ratelimit-remaining': String(reading.remaining),
    'ratelimit-reset': String(Math.floor(reading.resetAt.getTime() / 1000)),
    'ratelimit-policy': `${reading.limit};w=${reading.windowSeconds}`,
  });
  const refuse = (reading: LimitReading): SimulatedReply => {
    const waitSeconds = Math.max(1, Math.ceil((reading.resetAt.getTime() - clock.now().getTime()) / 1000));
    const headers = { ...headersOf({ ...reading, remaining: 0 }), 'retry-after': String(waitSeconds) };
    return jsonReply(429, { error: 'RateLimitExceeded', message: 'Rate Limit Exceeded' }, headers);
  };
  return {
    countRequest: () => ({ ...short.count('address', limitOf(requestsMax)), windowSeconds }),
    countLogin: (identifier) => {
      const soon = { ...short.count(`login:${identifier}`, limitOf(loginsMax)), windowSeconds };
      const today = { ...long.count(`login:${identifier}`, limitOf(loginsPerDayMax)), windowSeconds: daySeconds };
      return soon.isExceeded || !today.isExceeded ? soon : today;
    },
    countWrite: (did, points) => {
      const soon = { ...hour.count(`write:${did}`, limitOf(pointsPerHourMax), points), windowSeconds: hourSeconds };
      const today = { ...long.count(`write:${did}`, limitOf(pointsPerDayMax), points), windowSeconds: daySeconds };
      return soon.isExceeded || !today.isExceeded ? soon : today;
    },
    countBlob: (did) => ({ ...long.count(`blob:${did}`, limitOf(blobsPerDayMax)), windowSeconds: daySeconds }),
    headersOf,
    refuse,
    refuseNow: () => refuse({ ...short.exhaust('fault', limitOf(requestsMax)), windowSeconds }),
  };
}
