import { randomBytes } from 'node:crypto';
import { expireCookie, writeCookie, type CookieNames } from './cookies.ts';
import { issueCsrfToken, type CsrfBinding } from './csrf.ts';
import type { ReplyControl } from './route.ts';

const visitBytes = 18;

export interface ReplyState extends ReplyControl {
  /** `Set-Cookie` values to send when the call succeeds. */
  readonly cookies: () => string[];
}

interface ReplySetting {
  readonly names: CookieNames;
  readonly csrfKey: Buffer;
  /** Token of the session that was authenticated, else null. */
  readonly session: string | null;
  readonly visit: string | null;
}

/** What a handler sets on its reply; CSRF tokens follow a session that begins or ends during the call. */
export function createReplyState(setting: ReplySetting): ReplyState {
  const { names } = setting;
  const cookies = new Map<string, string>();
  let { session, visit } = setting;

  function bindCsrf(): CsrfBinding {
    if (session !== null) return { session };
    if (visit === null) {
      visit = randomBytes(visitBytes).toString('base64url');
      cookies.set(names.visit, writeCookie(names, names.visit, visit));
    }
    return { visit };
  }

  return {
    setSession: (token, expiresAt) => {
      cookies.set(names.session, writeCookie(names, names.session, token, expiresAt));
      if (visit !== null) cookies.set(names.visit, expireCookie(names, names.visit));
      session = token;
      visit = null;
    },
    clearSession: () => {
      cookies.set(names.session, expireCookie(names, names.session));
      session = null;
      visit = null;
    },
    csrfToken: () => issueCsrfToken(setting.csrfKey, bindCsrf()),
    cookies: () => [...cookies.values()],
  };
}
