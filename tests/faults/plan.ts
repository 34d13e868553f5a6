import type { PublishTimes } from '../../server/src/features/posts/index.ts';
import { onceNetwork } from './once.ts';

/** What a run is asked to do. The seed says what is broken next; what it meets there is up to the machine. */
export interface FaultPlan {
  readonly seed: number;
  /** For each network. */
  readonly posts: number;
  readonly workers: number;
  readonly networks: readonly string[];
}

export const allNetworks = ['instagram', 'x', 'bluesky', 'mastodon', onceNetwork] as const;

/** The protocol of the product, ten to a hundred times as impatient. */
export const faultTimes: PublishTimes = {
  leaseSeconds: 8, sendSeconds: 3, retrySeconds: 0.5, retriesMax: 1000, lookSeconds: 0.3, looksMax: 1000, waitSeconds: 0.5, visibilityShare: 0.05,
};

/** So long after the faults everything must have ended: what a dead worker holds is free after one lease. */
export const settleSecondsMax = 2 * faultTimes.leaseSeconds;

/** How long a simulated network keeps a new post out of its lists. */
export const visibilityDelayMs = 300;
