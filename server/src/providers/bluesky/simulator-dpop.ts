import { createHmac, randomBytes } from 'node:crypto';
import { decodeJwt, isSignedBy, readPublicJwk, sha256Base64url, thumbprintOf } from './simulator-jose.ts';

const nonceStepMs = 3 * 60_000;
const proofAgeMaxSeconds = 5 * 60;
const replayMemoryMax = 20_000;

/** What a DPoP proof must fit (RFC 9449). `accessToken` is null at the authorization server's own endpoints. */
export interface ProofExpectation {
  readonly method: string;
  /** URL of the request without query and fragment. */
  readonly url: string;
  readonly accessToken: string | null;
}

/** `use_dpop_nonce` asks the client to repeat with the nonce; `invalid_dpop_proof` is final. */
export type ProofOutcome =
  | { readonly isValid: true; readonly thumbprint: string }
  | { readonly isValid: false; readonly error: 'use_dpop_nonce' | 'invalid_dpop_proof'; readonly description: string };

export interface ProofChecker {
  /** The nonce to hand out now. It changes every three minutes; the one before stays good for one more step. */
  currentNonce(): string;
  checkProof(proof: string | undefined, expected: ProofExpectation): ProofOutcome;
}

function refuse(description: string): ProofOutcome {
  return { isValid: false, error: 'invalid_dpop_proof', description };
}

function askForNonce(description: string): ProofOutcome {
  return { isValid: false, error: 'use_dpop_nonce', description };
}

/**
 * Checks DPoP proofs by the wall clock and not by the simulated one: client libraries stamp `iat` with the machine's time,
 * whatever day the simulated network lives in.
 */
export function createProofChecker(): ProofChecker {
  const secret = randomBytes(32);
  const seen = new Set<string>();
  const nonceAt = (step: number): string => createHmac('sha256', secret).update(String(step)).digest('base64url');
  const stepNow = (): number => Math.floor(Date.now() / nonceStepMs);
  const isReplay = (key: string): boolean => {
    if (seen.has(key)) return true;
    if (seen.size >= replayMemoryMax) seen.clear();
    seen.add(key);
    return false;
  };

  const checkProof = (proof: string | undefined, expected: ProofExpectation): ProofOutcome => {
    if (proof === undefined || proof === '') return refuse('DPoP proof required');
    const jwt = decodeJwt(proof);
    if (jwt === null) return refuse('Malformed DPoP proof');
    const jwk = readPublicJwk(jwt.header['jwk']);
    if (jwt.header['typ'] !== 'dpop+jwt' || jwt.header['alg'] !== 'ES256' || jwk === null) return refuse('Invalid DPoP proof header');
    if (!isSignedBy(jwt, jwk)) return refuse('DPoP signature verification failed');
    const { htm, htu, iat, jti, nonce, ath } = jwt.claims;
    if (htm !== expected.method) return refuse('DPoP "htm" mismatch');
    if (htu !== expected.url) return refuse('DPoP "htu" mismatch');
    if (typeof jti !== 'string' || jti === '') return refuse('DPoP "jti" missing');
    if (typeof iat !== 'number' || Math.abs(Date.now() / 1000 - iat) > proofAgeMaxSeconds) return refuse('DPoP "iat" out of range');
    const athExpected = expected.accessToken === null ? undefined : sha256Base64url(expected.accessToken);
    if (ath !== athExpected) return refuse('DPoP "ath" mismatch');
    const step = stepNow();
    if (typeof nonce !== 'string') return askForNonce('Authorization server requires nonce in DPoP proof');
    if (![step + 1, step, step - 1].some((each) => nonceAt(each) === nonce)) return askForNonce('DPoP "nonce" mismatch');
    const thumbprint = thumbprintOf(jwk);
    return isReplay(`${thumbprint}:${jti}`) ? refuse('DPoP proof replayed') : { isValid: true, thumbprint };
  };

  return { currentNonce: () => nonceAt(stepNow()), checkProof };
}
