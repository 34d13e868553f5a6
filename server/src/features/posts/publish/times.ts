import type { PublishManifest } from '../../../providers/provider.ts';
import type { PartRow } from './queries.ts';

/** How long things may take, in seconds. Tests run the same protocol with smaller ones. */
export interface PublishTimes {
  /** How long a worker may hold a target without a sign of life. Longer than `sendSeconds`. */
  readonly leaseSeconds: number;
  /** From the last check to the end of the one request that makes the post public. */
  readonly sendSeconds: number;
  readonly retrySeconds: number;
  /** Clear failures of one part before it counts as failed. */
  readonly retriesMax: number;
  /** Between two looks for a part in doubt, at first; it grows. */
  readonly lookSeconds: number;
  readonly looksMax: number;
  /** Between two tries for an account that has to be connected again. */
  readonly waitSeconds: number;
  /** Multiplies the networks' own visibility delays. */
  readonly visibilityShare: number;
}

export const standardTimes: PublishTimes = {
  leaseSeconds: 180, sendSeconds: 20, retrySeconds: 60, retriesMax: 3, lookSeconds: 5, looksMax: 20, waitSeconds: 120, visibilityShare: 1,
};

/** A scheduled post that could not go out for this long is not sent any more: what it says may be over. */
export const lateHoursMax = 24;

export type DoubtStep = { readonly step: 'resend' } | { readonly step: 'look'; readonly inSeconds: number } | { readonly step: 'review' };

/** Spare time at the end of a key's life: it must still be known when the repeat arrives. */
const keyMarginSeconds = 120;
const clockMarginSeconds = 2;

/**
 * What to do about a part whose outcome is unknown. Sending again is right only where the network takes the same key twice. A look
 * must wait until a request that is still on its way has ended and its post has become visible: what is absent then is absent.
 */
export function decideDoubt(
  publishing: PublishManifest, part: Pick<PartRow, 'sent_ago' | 'created_at' | 'is_comment'>,
  options: { now: Date; times: PublishTimes; isDeleting: boolean },
): DoubtStep {
  const { now, times, isDeleting } = options;
  if (publishing.policy === 'once') return { step: 'review' };
  const ageSeconds = (now.getTime() - part.created_at.getTime()) / 1000;
  const isKeyKnown = publishing.keyLifetimeSeconds === null || ageSeconds < publishing.keyLifetimeSeconds - keyMarginSeconds;
  if (publishing.policy === 'key' && isKeyKnown && !isDeleting) return { step: 'resend' };
  const quarantine = times.sendSeconds + publishing.visibilityDelaySeconds * times.visibilityShare + clockMarginSeconds * times.visibilityShare;
  return { step: 'look', inSeconds: Math.max(0, quarantine - (part.sent_ago ?? 0)) };
}
