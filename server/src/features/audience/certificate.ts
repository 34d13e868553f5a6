/** What is known of a scan that reached the end of its list. */
export interface Evidence {
  /** People in the list in force; null before the first. */
  readonly listed: number | null;
  /** Different people that the scan received. */
  readonly received: number;
  /** Rows received more than once. */
  readonly repeated: number;
  /** Count that the network stated when the scan began; null when it states none. */
  readonly stated: number | null;
  readonly gone: number;
  readonly tolerance: { readonly share: number; readonly count: number };
}

const receivedShareMin = 0.8;
const goneShareMax = 0.2;
// Below this many leavers the share says nothing: three of ten people may well leave.
const goneCountAlwaysPlausible = 5;

/** Why a scan that looks complete is not believed, as a sentence for people; null when it is believed. */
export function findDoubt(evidence: Evidence): string | null {
  const { listed, received, stated, gone, tolerance } = evidence;
  if (stated !== null) {
    const allowed = Math.max(tolerance.count, Math.ceil(stated * tolerance.share));
    const missing = stated - received;
    if (missing > allowed) return `The network says ${stated} followers and listed ${received}: ${missing} are missing, more than the ${allowed} that can be explained.`;
  }
  if (listed === null) return null;
  if (gone <= goneCountAlwaysPlausible) return null;
  if (received < listed * receivedShareMin) return `Only ${received} of ${listed} followers were listed. So many do not leave at once.`;
  if (gone > listed * goneShareMax) return `${gone} of ${listed} followers are missing from the list. So many do not leave at once.`;
  return null;
}
