import { createHash, createPrivateKey, createPublicKey, hkdfSync, sign, verify, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../../../platform/crypto/canonical-json.ts';
import { merkleRoot } from './merkle.ts';

const idBytes = 16;
const hashBytes = 32;
export const leafBytes = idBytes + hashBytes;
/** What stands before the 32 bytes of an Ed25519 key in DER: RFC 8410. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');
/** The seal before the first one. */
export const nothingBefore: Buffer = Buffer.alloc(hashBytes);

export interface SealedEvent {
  readonly id: string;
  readonly leaf: Buffer;
}

/** A row of `audit_seal`. */
export interface Seal {
  readonly n: number;
  readonly fromXid: bigint;
  /** The first transaction that is not in it. */
  readonly toXid: bigint;
  readonly events: readonly SealedEvent[];
  readonly root: Buffer;
  /** The hash of the seal before. */
  readonly previous: Buffer;
  readonly at: Date;
  readonly hash: Buffer;
  /** Ed25519, 32 bytes. */
  readonly key: Buffer;
  readonly signature: Buffer;
}

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: Buffer;
}

/** The key that seals are signed with, made from SECRET_KEY: nothing more to keep, and another one when that changes. */
export function deriveSigningKey(secretKey: string): SigningKey {
  const seed = Buffer.from(hkdfSync('sha256', secretKey, '', 'rookery audit seal', hashBytes));
  const privateKey = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length);
  return { privateKey, publicKey };
}

type Header = Pick<Seal, 'n' | 'fromXid' | 'toXid' | 'events' | 'root' | 'previous' | 'at' | 'key'>;

/** What is hashed and signed: everything that the seal says, in one form only. */
function describe({ n, fromXid, toXid, events, root, previous, at, key }: Header): Buffer {
  return Buffer.from(canonicalJson({
    v: 1, n, from: fromXid.toString(), to: toXid.toString(), events: events.length, root: root.toString('hex'), previous: previous.toString('hex'),
    at: at.toISOString(), key: key.toString('hex'),
  }));
}

export function rootOf(events: readonly SealedEvent[]): Buffer {
  return merkleRoot(events.map(({ leaf }) => leaf));
}

/** Seals events after the seal that was the last one until now. */
export function makeSeal(parts: Pick<Seal, 'n' | 'fromXid' | 'toXid' | 'events' | 'previous' | 'at'>, { privateKey, publicKey }: SigningKey): Seal {
  const header: Header = { ...parts, root: rootOf(parts.events), key: publicKey };
  const text = describe(header);
  return { ...header, hash: createHash('sha256').update(text).digest(), signature: sign(null, text, privateKey) };
}

/** Whether its hash is that of what it says. */
export function isHashRight(seal: Seal): boolean {
  return createHash('sha256').update(describe(seal)).digest().equals(seal.hash);
}

/** Whether whoever has the private half of `seal.key` has signed what it says. */
export function isSignatureRight(seal: Seal): boolean {
  return verify(null, describe(seal), openPublicKey(seal.key), seal.signature);
}

export function openPublicKey(key: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicPrefix, key]), format: 'der', type: 'spki' });
}

/** Ids and hashes as the row keeps them. */
export function packEvents(events: readonly SealedEvent[]): Buffer {
  return Buffer.concat(events.flatMap(({ id, leaf }) => [Buffer.from(id.replaceAll('-', ''), 'hex'), leaf]));
}

export function unpackEvents(leaves: Buffer): readonly SealedEvent[] {
  return Array.from({ length: Math.floor(leaves.length / leafBytes) }, (_, index) => {
    const entry = leaves.subarray(index * leafBytes, (index + 1) * leafBytes);
    const hex = entry.subarray(0, idBytes).toString('hex');
    return {
      id: [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'),
      leaf: entry.subarray(idBytes),
    };
  });
}
