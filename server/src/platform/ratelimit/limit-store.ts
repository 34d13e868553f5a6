/** At most `max` calls in any window of `windowMs`. `hash` names the limit within what is known of one caller. */
export interface Claim {
  readonly hash: string;
  readonly max: number;
  readonly windowMs: number;
}

/** How one limit stands after the decision. */
export interface Standing {
  /** Calls that would be admitted now. */
  readonly remaining: number;
  /** Until the oldest counted call leaves the window and makes room for another; 0 when none is counted. */
  readonly resetMs: number;
}

export interface Verdict {
  readonly isAdmitted: boolean;
  /** In the order of the claims. */
  readonly standings: readonly Standing[];
}

/**
 * Counts admitted calls exactly: a log of their times, so that no window of `windowMs`, wherever it begins, holds more than `max`.
 * A call passes all of its claims or consumes none of them. Refused calls count nowhere.
 */
export interface LimitStore {
  claim(subject: string, claims: readonly Claim[]): Promise<Verdict>;
}

/** The name under which a limit of one caller is kept. */
export function limitKey(subject: string, hash: string): string {
  return `ratelimit:${subject}:${hash}`;
}
