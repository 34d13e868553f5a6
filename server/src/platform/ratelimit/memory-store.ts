import { limitKey, type Claim, type LimitStore, type Standing, type Verdict } from './limit-store.ts';

const slotsAtFirst = 8;
const sweepEveryMs = 60_000;

/** Times of the newest admitted calls, oldest first, in a ring that grows to `max` places. */
interface Log {
  slots: Float64Array;
  head: number;
  count: number;
  readonly windowMs: number;
}

export interface MemoryStore extends LimitStore {
  /** What `claim` would say, without consuming anything. */
  look(subject: string, claims: readonly Claim[]): Verdict;
  /** Counts a call that another store has admitted. */
  record(subject: string, claims: readonly Claim[]): void;
  readonly keyCount: number;
}

/** The limiter of one process. Time is monotonic, so a clock that is set changes nothing. */
export function createMemoryStore(readMs: () => number = () => performance.now()): MemoryStore {
  const logs = new Map<string, Log>();
  let sweptAt = readMs();
  const sweep = (now: number): void => {
    if (now - sweptAt < sweepEveryMs) return;
    sweptAt = now;
    for (const [key, log] of logs) {
      dropExpired(log, now);
      if (log.count === 0) logs.delete(key);
    }
  };
  const open = (subject: string, { hash, windowMs }: Claim): Log => {
    const key = limitKey(subject, hash);
    const found = logs.get(key);
    if (found !== undefined) return found;
    const log = { slots: new Float64Array(slotsAtFirst), head: 0, count: 0, windowMs };
    logs.set(key, log);
    return log;
  };
  const decide = (subject: string, claims: readonly Claim[], isTaking: boolean): Verdict => {
    const now = readMs();
    sweep(now);
    const opened = claims.map((claim) => ({ claim, log: open(subject, claim) }));
    for (const { log } of opened) dropExpired(log, now);
    const isAdmitted = opened.every(({ claim, log }) => log.count < claim.max);
    if (isAdmitted && isTaking) for (const { claim, log } of opened) append(log, now, claim.max);
    return { isAdmitted, standings: opened.map(({ claim, log }) => standingOf(log, claim, now)) };
  };
  return {
    claim: async (subject, claims) => decide(subject, claims, true),
    look: (subject, claims) => decide(subject, claims, false),
    record: (subject, claims) => {
      const now = readMs();
      for (const claim of claims) append(open(subject, claim), now, claim.max);
    },
    get keyCount() {
      return logs.size;
    },
  };
}

function dropExpired(log: Log, now: number): void {
  while (log.count > 0 && now - (log.slots[log.head] ?? 0) >= log.windowMs) {
    log.head = (log.head + 1) % log.slots.length;
    log.count -= 1;
  }
}

function append(log: Log, now: number, max: number): void {
  if (log.count === log.slots.length) {
    if (log.slots.length >= max) {
      log.head = (log.head + 1) % log.slots.length;
      log.count -= 1;
    } else grow(log, Math.min(max, log.slots.length * 2));
  }
  log.slots[(log.head + log.count) % log.slots.length] = now;
  log.count += 1;
}

function grow(log: Log, length: number): void {
  const slots = new Float64Array(length);
  slots.set(log.slots.subarray(log.head));
  slots.set(log.slots.subarray(0, log.head), log.slots.length - log.head);
  log.slots = slots;
  log.head = 0;
}

function standingOf(log: Log, { max, windowMs }: Claim, now: number): Standing {
  const oldest = log.slots[log.head] ?? now;
  return { remaining: Math.max(0, max - log.count), resetMs: log.count === 0 ? 0 : oldest + windowMs - now };
}
