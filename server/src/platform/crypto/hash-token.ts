import { createHash } from 'node:crypto';

/** What is stored of a secret that is given out once: enough to know it again, not to tell it. For random tokens only, which nobody can guess. */
export function hashToken(token: string | Buffer): Buffer {
  return createHash('sha256').update(token).digest();
}
