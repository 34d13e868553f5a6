import { createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface DecodedJwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly signingInput: string;
  readonly signature: Buffer;
}

// Holds for every value that is an object and no array: what is inside stays unknown.
function asJsonObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** Reads bytes or text as a JSON object; null for anything else. */
export function parseJsonObject(text: string): JsonObject | null {
  try {
    return asJsonObject(JSON.parse(text));
  } catch {
    return null;
  }
}

export function toJsonObject(value: unknown): JsonObject | null {
  return asJsonObject(value);
}

export function sha256Base64url(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function encodeJson(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Splits a compact JWT; null when it is none. The signature is not checked here. */
export function decodeJwt(token: string): DecodedJwt | null {
  const [headerPart, claimsPart, signaturePart, ...rest] = token.split('.');
  if (headerPart === undefined || claimsPart === undefined || signaturePart === undefined || rest.length > 0) return null;
  const header = parseJsonObject(Buffer.from(headerPart, 'base64url').toString('utf8'));
  const claims = parseJsonObject(Buffer.from(claimsPart, 'base64url').toString('utf8'));
  if (header === null || claims === null) return null;
  return { header, claims, signingInput: `${headerPart}.${claimsPart}`, signature: Buffer.from(signaturePart, 'base64url') };
}

interface EcPublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

/** The four members of a P-256 public key; null for any other key or when a private part is there (RFC 9449 section 4.3). */
export function readPublicJwk(value: unknown): EcPublicJwk | null {
  const jwk = asJsonObject(value);
  if (jwk === null || 'd' in jwk) return null;
  const { kty, crv, x, y } = jwk;
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') return null;
  return { kty, crv, x, y };
}

/** RFC 7638 thumbprint: members in alphabetical order. */
export function thumbprintOf(jwk: EcPublicJwk): string {
  return sha256Base64url(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }));
}

export function isSignedBy(jwt: DecodedJwt, jwk: EcPublicJwk): boolean {
  try {
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    return verify('sha256', Buffer.from(jwt.signingInput), { key, dsaEncoding: 'ieee-p1363' }, jwt.signature);
  } catch {
    return false;
  }
}

/** What signs the simulator's access tokens. Clients treat them as opaque, so the key may be new after each start. */
export interface TokenSigner {
  readonly publicJwk: EcPublicJwk & { readonly kid: string; readonly alg: 'ES256'; readonly use: 'sig' };
  signJwt(type: string, claims: JsonObject): string;
}

export function createTokenSigner(): TokenSigner {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = readPublicJwk(pair.publicKey.export({ format: 'jwk' }));
  if (publicKey === null) throw new Error('node:crypto made a key that is not P-256.');
  const kid = thumbprintOf(publicKey);
  const key = createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return {
    publicJwk: { ...publicKey, kid, alg: 'ES256', use: 'sig' },
    signJwt: (type, claims) => {
      const input = `${encodeJson({ typ: type, alg: 'ES256', kid })}.${encodeJson(claims)}`;
      return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    },
  };
}

/** Legacy session tokens of a PDS are HS256 JWTs (`at+jwt`, `refresh+jwt`). */
export function signSessionJwt(type: 'at+jwt' | 'refresh+jwt', claims: JsonObject, secret: string): string {
  const input = `${encodeJson({ typ: type, alg: 'HS256' })}.${encodeJson(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
