import { createHmac } from 'node:crypto';

const keyBits = 62n;
const keyMask = (1n << keyBits) - 1n;
const numericId = /^[1-9]\d{0,18}$/;

/** Turns a network's id of a person into the 62-bit key that follower lists are made of. */
export type KeyPerson = (externalId: string) => bigint;

/**
 * A numeric id below 2^62 is its own key; any other is a keyed hash of itself, so that nobody outside can aim for a clash.
 * Expected clashes among n hashed ids of one network in one workspace: n^2 / 2^63, about 4e-5 at 20 million.
 */
export function createPersonKeys(secretKey: string, network: string): KeyPerson {
  return (externalId) => {
    if (numericId.test(externalId)) {
      const number = BigInt(externalId);
      if (number <= keyMask) return number;
    }
    const digest = createHmac('sha256', secretKey).update(`person|${network}|${externalId}`).digest();
    return digest.readBigUInt64LE(0) & keyMask;
  };
}
