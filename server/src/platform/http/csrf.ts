import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const saltBytes = 16;
const tokenPattern = /^[A-Za-z0-9_-]{64}$/;

/** What a token is tied to: the session, or the visit of someone who is not signed in. */
export type CsrfBinding = { readonly session: string } | { readonly visit: string };

/** A token that only this binding can use; it differs at every call, so that a compressed reply gives nothing away. */
export function issueCsrfToken(key: Buffer, binding: CsrfBinding): string {
  const salt = randomBytes(saltBytes);
  return Buffer.concat([salt, sign(key, binding, salt)]).toString('base64url');
}

/** Whether the token was issued for this very binding; takes the same time for every well-formed wrong token. */
export function isCsrfToken(key: Buffer, binding: CsrfBinding, token: string): boolean {
  if (!tokenPattern.test(token)) return false;
  const bytes = Buffer.from(token, 'base64url');
  return timingSafeEqual(bytes.subarray(saltBytes), sign(key, binding, bytes.subarray(0, saltBytes)));
}

function sign(key: Buffer, binding: CsrfBinding, salt: Buffer): Buffer {
  const bound = 'session' in binding ? `session:${binding.session}` : `visit:${binding.visit}`;
  return createHmac('sha256', key).update(salt).update(bound).digest();
}
