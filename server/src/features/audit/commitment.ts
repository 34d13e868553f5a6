import { createHash } from 'node:crypto';

/** What a sealed event says of a name or an address: its hash with the event's salt. Null for what was not known. */
export function commitTo(value: string | null, salt: Buffer): string | null {
  return value === null ? null : createHash('sha256').update(salt).update(value).digest('hex');
}
