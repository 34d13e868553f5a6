import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { decryptFernet, encryptFernet, InvalidTokenError, parseFernetKey, type FernetKey } from './fernet.ts';

/** A value at rest, with the id of the key that it was encrypted with. */
export interface Sealed {
  readonly token: string;
  readonly keyId: string;
}

/** Sealed and tied to the row it belongs to, so that it is refused anywhere else. */
export interface SealedRow extends Sealed {
  readonly binding: Buffer;
}

/** Encrypts under the newest key, decrypts under any. */
export interface Keyring {
  readonly newestKeyId: string;
  seal(plain: string): Sealed;
  /** Throws InvalidTokenError. */
  open(token: string): string;
  /** `row` names the row: ids joined, in a fixed order. */
  sealForRow(plain: string, row: readonly string[]): SealedRow;
  /** Throws InvalidTokenError, also when the value was made for another row. */
  openForRow(sealed: { token: string; binding: Buffer }, row: readonly string[]): string;
}

/** Id of a key: the first 8 hex digits of the SHA-256 of its text form. Says nothing about the key. */
export function keyIdOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

/** Builds a keyring from key texts, newest first. Throws when there is none or one does not parse. */
export function createKeyring(keys: readonly string[], clock: Clock): Keyring {
  const [newest] = keys;
  if (newest === undefined) throw new Error('no encryption key is set');
  const parsed = keys.map(parseFernetKey);
  const bindingKeys = keys.map(deriveBindingKey);
  const newestKeyId = keyIdOf(newest);
  const seal = (plain: string): Sealed => ({
    token: encryptFernet(first(parsed), Buffer.from(plain), { nowSeconds: clock.now().getTime() / 1000 }),
    keyId: newestKeyId,
  });
  const open = (token: string): string => decryptFernet(parsed, token).plain.toString('utf8');
  return {
    newestKeyId,
    seal,
    open,
    sealForRow: (plain, row) => {
      const sealed = seal(plain);
      return { ...sealed, binding: bind(first(bindingKeys), sealed.token, row) };
    },
    openForRow: (sealed, row) => {
      const isBound = bindingKeys.some((key) => isSame(bind(key, sealed.token, row), sealed.binding));
      if (!isBound) throw new InvalidTokenError();
      return open(sealed.token);
    },
  };
}

// A key of its own for the binding, derived so that one secret is enough to keep.
function deriveBindingKey(text: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(text), Buffer.alloc(0), 'rookery row binding', 32));
}

function bind(key: Buffer, token: string, row: readonly string[]): Buffer {
  return createHmac('sha256', key).update([...row, createHash('sha256').update(token).digest('hex')].join('|')).digest();
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function first<Item extends FernetKey | Buffer>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new Error('no encryption key is set');
  return item;
}
