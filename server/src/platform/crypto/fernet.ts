import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

// Fernet, github.com/fernet/spec: 0x80 | 8 bytes of seconds | 16 bytes of IV | AES-128-CBC | HMAC-SHA256 over all before.
const version = 0x80;
const headerBytes = 25;
const macBytes = 32;
const blockBytes = 16;
const tokenBytesMin = headerBytes + blockBytes + macBytes;
const clockSkewSeconds = 60;

/** One Fernet key: 16 bytes to sign, 16 bytes to encrypt. */
export interface FernetKey {
  readonly signing: Buffer;
  readonly encryption: Buffer;
}

/** The one error of every refused token; it does not say what was wrong. */
export class InvalidTokenError extends Error {
  constructor() {
    super('the token cannot be decrypted');
    this.name = 'InvalidTokenError';
  }
}

/** Reads a key of 32 bytes in URL-safe Base64. Throws with a sentence for the operator. */
export function parseFernetKey(text: string): FernetKey {
  const bytes = decodeBase64Url(text);
  if (bytes?.length !== 32) throw new Error('an encryption key is 32 bytes in URL-safe Base64 (44 characters); make one with: rookery keys generate');
  return { signing: bytes.subarray(0, 16), encryption: bytes.subarray(16) };
}

/** A new random key in its text form. */
export function generateFernetKey(): string {
  return encodeBase64Url(randomBytes(32));
}

export interface FernetOptions {
  /** Seconds since 1970; the token carries it in clear. */
  readonly nowSeconds: number;
  /** For test vectors alone. */
  readonly iv?: Buffer;
}

/** Encrypts bytes into a Fernet token. */
export function encryptFernet(key: FernetKey, plain: Buffer, options: FernetOptions): string {
  const iv = options.iv ?? randomBytes(16);
  const header = Buffer.alloc(9);
  header.writeUInt8(version, 0);
  header.writeBigUInt64BE(BigInt(Math.floor(options.nowSeconds)), 1);
  const cipher = createCipheriv('aes-128-cbc', key.encryption, iv);
  const body = Buffer.concat([header, iv, cipher.update(plain), cipher.final()]);
  return encodeBase64Url(Buffer.concat([body, sign(key, body)]));
}

export interface Decrypted {
  readonly plain: Buffer;
  /** Seconds since 1970 at which the token was made. */
  readonly madeAtSeconds: number;
}

/**
 * Decrypts a token, trying the keys in order. Checks, in this order: strict encoding, length, version, MAC in constant
 * time, age (only with `ttlSeconds`; exactly reached is still valid), padding. Throws InvalidTokenError for all.
 */
export function decryptFernet(keys: readonly FernetKey[], token: string, age?: { nowSeconds: number; ttlSeconds: number }): Decrypted {
  const bytes = decodeBase64Url(token);
  if (bytes === null || bytes.length < tokenBytesMin) throw new InvalidTokenError();
  if ((bytes.length - headerBytes - macBytes) % blockBytes !== 0 || bytes.readUInt8(0) !== version) throw new InvalidTokenError();
  const signed = bytes.subarray(0, bytes.length - macBytes);
  const mac = bytes.subarray(bytes.length - macBytes);
  const key = keys.find((candidate) => timingSafeEqual(sign(candidate, signed), mac));
  if (key === undefined) throw new InvalidTokenError();
  const madeAtSeconds = Number(bytes.readBigUInt64BE(1));
  if (age !== undefined) {
    if (madeAtSeconds + age.ttlSeconds < age.nowSeconds || madeAtSeconds > age.nowSeconds + clockSkewSeconds) throw new InvalidTokenError();
  }
  return { plain: decipher(key, signed), madeAtSeconds };
}

function decipher(key: FernetKey, signed: Buffer): Buffer {
  try {
    const reader = createDecipheriv('aes-128-cbc', key.encryption, signed.subarray(9, headerBytes));
    return Buffer.concat([reader.update(signed.subarray(headerBytes)), reader.final()]);
  } catch {
    throw new InvalidTokenError();
  }
}

function sign(key: FernetKey, bytes: Buffer): Buffer {
  return createHmac('sha256', key.signing).update(bytes).digest();
}

function encodeBase64Url(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

// Node drops characters that are not Base64 without a word: encode again and compare.
function decodeBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return encodeBase64Url(bytes) === text ? bytes : null;
}
