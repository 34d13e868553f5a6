import { ProviderError } from './provider.ts';

/** A JSON object of unknown content. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in a JSON list; null when it is no list or holds anything else. */
export function recordsOf(value: unknown): readonly JsonRecord[] | null {
  return Array.isArray(value) && value.every(isRecord) ? value : null;
}

/** A non-empty text, or null. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An id as text, whether the network wrote it quoted or as a number. */
export function idOf(value: unknown): string | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value);
}

/** The first of several names that holds a whole number from 0; null when none does. */
export function countOf(record: JsonRecord | null, ...names: readonly string[]): number | null {
  for (const name of names) {
    const value = record?.[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  }
  return null;
}

/** The value, or a `garbled` error that says which part of the answer was missing. */
export function required<T>(value: T | null, network: string, what: string): T {
  if (value === null) throw new ProviderError('garbled', `${network} sent an answer without ${what}.`);
  return value;
}

/**
 * JSON.parse that keeps whole numbers beyond 2^53 as text: networks send 64-bit ids unquoted (Instagram's code exchange does),
 * and a rounded id is somebody else's.
 */
export function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key: string, value: unknown, context?: { readonly source?: string }) => {
    const source = context?.source;
    return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source) ? source : value;
  });
}
