import { formatCount } from '../../platform/figures.ts';

/** What is known of a scan that reached the end of its list. */
export interface Evidence {
  /** People in the list in force; null before the first. */
  readonly listed: number | null;
  /** Different people that the scan received. */
  readonly received: number;
  /** Count that the network stated when the scan began; null when it states none. */
  readonly stated: number | null;
  readonly gone: number;
  readonly tolerance: { readonly share: number; readonly count: number };
}

const receivedShareMin = 0.8;
const goneShareMax = 0.2;
// Below this many leavers the share says nothing: three of ten people may well leave.
const goneCountAlwaysPlausible = 5;

/** Says whether the count that the network stated bears the list out, within what can be explained. */
export function isBorneOut({ stated, received, tolerance }: Pick<Evidence, 'stated' | 'received' | 'tolerance'>): boolean {
  return stated !== null && stated - received <= missingAllowed(stated, tolerance);
}

function missingAllowed(stated: number, tolerance: Evidence['tolerance']): number {
  return Math.max(tolerance.count, Math.ceil(stated * tolerance.share));
}

/** Why a scan that looks complete is not believed, as a sentence for people; null when it is believed. */
export function findDoubt(evidence: Evidence): string | null {
  const { listed, received, stated, gone, tolerance } = evidence;
  if (stated !== null && !isBorneOut(evidence)) {
    const allowed = missingAllowed(stated, tolerance);
    const missing = `${formatCount(stated - received)} are missing, more than the ${formatCount(allowed)} that can be explained`;
    return `The network says ${formatCount(stated)} followers and listed ${formatCount(received)}: ${missing}.`;
  }
  if (listed === null) return null;
  if (gone <= goneCountAlwaysPlausible) return null;
  if (received < listed * receivedShareMin) {
    return `Only ${formatCount(received)} of ${formatCount(listed)} followers were listed. So many do not leave at once.`;
  }
  if (gone > listed * goneShareMax) {
    return `${formatCount(gone)} of ${formatCount(listed)} followers are missing from the list. So many do not leave at once.`;
  }
  return null;
}
