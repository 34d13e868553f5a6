import type { Readable } from 'node:stream';

/**
 * Where files lie that are too large for the database. A key is up to four names of lower-case letters, digits and hyphens with
 * slashes between; what is stored under it never changes. Its first name is the workspace: no policy of the database guards this store.
 */
export interface Blobs {
  /** Stores the bytes, whole or not at all. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Stores a file, whole or not at all, without ever holding it in memory. It stays where it is. */
  putFile(key: string, path: string): Promise<void>;
  /** The blob, or some of its bytes. Null when there is nothing. Destroy the stream when it is not read to its end. */
  get(key: string, range?: ByteRange): Promise<Readable | null>;
  stat(key: string): Promise<{ readonly bytes: number } | null>;
  /** What is not there is deleted already. */
  delete(key: string): Promise<void>;
  /** Every blob whose key begins with this name, in no order. What is put or deleted meanwhile may be among them or not. */
  list(firstName: string): AsyncIterable<StoredBlob>;
  /** The first names of all keys, each once. */
  firstNames(): AsyncIterable<string>;
}

/** Bytes from the first to the last, both included; both lie in the blob. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface StoredBlob {
  readonly key: string;
  readonly bytes: number;
}

const keyPattern = /^[0-9a-z][0-9a-z-]{0,99}(\/[0-9a-z][0-9a-z-]{0,99}){0,3}$/;

export function isKey(key: string): boolean {
  return keyPattern.test(key);
}

/** Throws on a key that could lead elsewhere. */
export function checkKey(key: string): void {
  if (!isKey(key)) throw new Error('This is no key of a blob.');
}
