/** Names of our two cookies: with the `__Host-` prefix on https; plain on http, where browsers refuse the prefix. */
export interface CookieNames {
  readonly session: string;
  /** Given to anonymous visitors who ask for a CSRF token, so that signing in is protected too. */
  readonly visit: string;
  readonly isSecure: boolean;
}

const tokenPattern = /^[A-Za-z0-9_-]{16,256}$/;

/** Cookie names for an installation that people reach by https, or by http on the same machine. */
export function cookieNames(isHttps: boolean): CookieNames {
  const prefix = isHttps ? '__Host-' : '';
  return { session: `${prefix}rookery`, visit: `${prefix}rookery-visit`, isSecure: isHttps };
}

/** The value of one of our cookies; null when absent, malformed, or given twice with different values (someone planted one). */
export function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined) return null;
  let found: string | null = null;
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at === -1 || pair.slice(0, at).trim() !== name) continue;
    const value = pair.slice(at + 1).trim();
    if (found !== null && found !== value) return null;
    found = value;
  }
  return found !== null && tokenPattern.test(found) ? found : null;
}

/** A `Set-Cookie` value; without `expiresAt` the cookie ends with the browser. Throws when the value could not come back. */
export function writeCookie(names: CookieNames, name: string, value: string, expiresAt?: Date): string {
  if (!tokenPattern.test(value)) throw new Error('A cookie value must be 16 to 256 characters of base64url.');
  const expiry = expiresAt === undefined ? '' : `; Expires=${expiresAt.toUTCString()}`;
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${names.isSecure ? '; Secure' : ''}${expiry}`;
}

/** A `Set-Cookie` value that makes the browser forget the cookie. */
export function expireCookie(names: CookieNames, name: string): string {
  return `${name}=; Path=/; HttpOnly; SameSite=Lax${names.isSecure ? '; Secure' : ''}; Max-Age=0`;
}
