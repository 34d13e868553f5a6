import { createHash } from 'node:crypto';

const nodePrefix = Buffer.from([1]);

function hashNode(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(nodePrefix).update(left).update(right).digest();
}

/**
 * The root of the Merkle tree of RFC 6962 over hashes of leaves: `sha256(0x00 || leaf)` each, 32 bytes. Of no leaves it is the hash of
 * nothing, as there.
 */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return createHash('sha256').digest();
  if (leaves.length === 1) return only;
  // The largest power of two that is smaller than their number.
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return hashNode(merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}
