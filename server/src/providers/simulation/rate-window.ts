import type { Clock } from '../../platform/clock.ts';

export interface RateReading {
  readonly limit: number;
  readonly remaining: number;
  /** When the window ends and the count starts again. */
  readonly resetAt: Date;
  readonly isExceeded: boolean;
}

/** Fixed windows, each opened by its first call. */
export interface RateWindows {
  /** Counts one call, worth `points` (1 without), under this key and answers how it stands; an exceeding call is not counted. */
  count(key: string, limit: number, points?: number): RateReading;
  /** Uses up what is left of the window, as `rateLimitNext` pretends. */
  exhaust(key: string, limit: number): RateReading;
}

export function createRateWindows(clock: Clock, windowSeconds: number): RateWindows {
  const windows = new Map<string, { used: number; readonly endsAt: number }>();
  const open = (key: string): { used: number; readonly endsAt: number } => {
    const now = clock.now().getTime();
    const known = windows.get(key);
    if (known !== undefined && known.endsAt > now) return known;
    // Whole seconds: the networks state the end in seconds, and a caller that waits for it must not come too early.
    const fresh = { used: 0, endsAt: Math.ceil(now / 1000) * 1000 + windowSeconds * 1000 };
    windows.set(key, fresh);
    return fresh;
  };
  const reading = (limit: number, window: { used: number; readonly endsAt: number }, isExceeded: boolean): RateReading => ({
    limit,
    remaining: Math.max(0, limit - window.used),
    resetAt: new Date(window.endsAt),
    isExceeded,
  });
  return {
    count: (key, limit, points = 1) => {
      const window = open(key);
      if (window.used + points > limit) return reading(limit, window, true);
      window.used += points;
      return reading(limit, window, false);
    },
    exhaust: (key, limit) => {
      const window = open(key);
      return reading(limit, { ...window, used: limit }, true);
    },
  };
}
