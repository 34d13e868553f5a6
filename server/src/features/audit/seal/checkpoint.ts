import { sign, verify } from 'node:crypto';
import { canonicalJson } from '../../../platform/crypto/canonical-json.ts';
import { openPublicKey, type Seal, type SigningKey } from './seal.ts';

/** What is kept away from the machine: how far the trail went at a moment, and the hash of all that. */
export interface Checkpoint {
  /** The last seal. */
  readonly seal: number;
  readonly hash: string;
  /** When that seal was made. */
  readonly at: string;
  readonly key: string;
  readonly signature: string;
}

type Statement = Omit<Checkpoint, 'signature'>;

function describe({ seal, hash, at, key }: Statement): Buffer {
  return Buffer.from(canonicalJson({ v: 1, kind: 'rookery audit checkpoint', seal, hash, at, key }));
}

/** The checkpoint of a seal as one line. */
export function writeCheckpoint(seal: Pick<Seal, 'n' | 'hash' | 'at'>, { privateKey, publicKey }: SigningKey): string {
  const said: Statement = { seal: seal.n, hash: seal.hash.toString('hex'), at: seal.at.toISOString(), key: publicKey.toString('hex') };
  return JSON.stringify({ ...said, signature: sign(null, describe(said), privateKey).toString('base64') });
}

/** Reads a line. Null when it is none of ours or its signature does not fit what it says. */
export function readCheckpoint(line: string): Checkpoint | null {
  try {
    const value: unknown = JSON.parse(line);
    if (!isCheckpoint(value) || !/^[0-9a-f]{64}$/.test(value.key)) return null;
    return verify(null, describe(value), openPublicKey(Buffer.from(value.key, 'hex')), Buffer.from(value.signature, 'base64')) ? value : null;
  } catch {
    return null;
  }
}

function isCheckpoint(value: unknown): value is Checkpoint {
  if (typeof value !== 'object' || value === null) return false;
  const { seal, hash, at, key, signature }: Partial<Record<keyof Checkpoint, unknown>> = value;
  return Number.isSafeInteger(seal) && [hash, at, key, signature].every((part) => typeof part === 'string');
}
