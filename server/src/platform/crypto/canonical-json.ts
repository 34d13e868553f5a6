import { createHash } from 'node:crypto';

/** A value that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * Canonical JSON, RFC 8785: members sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes
 * them. Members that are undefined are left out. Throws TypeError on NaN and infinities.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no NaN and no infinity');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** SHA-256 of the canonical JSON: equal for equal values, whatever the order of their members. For what was read as JSON, from a request or a row. */
export function hashJson(value: unknown): Buffer {
  return createHash('sha256').update(canonicalJson(asJson(value))).digest();
}

// Guarantee: the callers of hashJson pass checked JSON bodies and rows of jsonb.
function asJson(value: unknown): Json {
  return value as Json;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
