import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../platform/clock.ts';

/** A request with this header is answered by a simulated network as it would have been at that instant. */
const nowHeader = 'x-simulated-now';

const askedNow = new AsyncLocalStorage<Date>();

/** Runs the work at the instant that the header names; without one, or with one that is no instant, as ever. */
export function runAtAskedTime<Result>(headers: Readonly<Record<string, string | readonly string[] | undefined>>, work: () => Result): Result {
  const asked = headers[nowHeader];
  const at = typeof asked === 'string' ? new Date(asked) : null;
  return at === null || Number.isNaN(at.getTime()) ? work() : askedNow.run(at, work);
}

/** A clock for simulated networks: inside `runAtAskedTime` it shows the instant asked for, which can only lie in the past. */
export function createTravellingClock(clock: Clock): Clock {
  return {
    now: () => {
      const now = clock.now();
      const asked = askedNow.getStore();
      return asked === undefined || asked > now ? now : asked;
    },
  };
}

/** A fetch for simulated networks alone: each request asks to be answered at the time of this clock. */
export function createTravellingFetch(fetch: typeof globalThis.fetch, clock: Clock): typeof globalThis.fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    headers.set(nowHeader, clock.now().toISOString());
    return fetch(input, { ...init, headers });
  };
}
