import { ProviderError } from '../provider.ts';

/** Parameters by which Mastodon and its kin mark a place in a list. */
const placeKeys = ['max_id', 'since_id', 'min_id', 'cursor', 'offset', 'page'] as const;

/**
 * The place where the next page begins, from a `Link` header (RFC 8288); null when the list ends here. Only the parameters
 * are taken from the address, never its host: a cursor cannot send us anywhere else. Throws `garbled` for a next page that
 * names no place, since that would be the first page again.
 */
export function readNextCursor(header: string | null): string | null {
  const target = findNext(header ?? '');
  if (target === null) return null;
  if (!URL.canParse(target, 'https://server.invalid')) throw garbled();
  const params = new URL(target, 'https://server.invalid').searchParams;
  const place = new URLSearchParams();
  for (const key of placeKeys) {
    const value = params.get(key);
    if (value !== null && /^[\w+/=.:-]{1,120}$/.test(value)) place.set(key, value);
  }
  if (place.size === 0) throw garbled();
  return place.toString();
}

/** The parameters of a cursor that `readNextCursor` gave out. */
export function readCursor(cursor: string | null): URLSearchParams {
  const given = new URLSearchParams(cursor ?? '');
  const place = new URLSearchParams();
  for (const key of placeKeys) {
    const value = given.get(key);
    if (value !== null) place.set(key, value);
  }
  if (cursor !== null && place.size === 0) throw new ProviderError('rejected', 'This cursor is not one of the Mastodon follower list.');
  return place;
}

function findNext(header: string): string | null {
  for (const [, target, parameters] of header.matchAll(/<([^<>]*)>((?:\s*;\s*[\w*!-]+\s*(?:=\s*(?:"[^"]*"|[^",;\s]*))?)*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]+))/i.exec(parameters ?? '');
    const relations = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/);
    if (relations.includes('next')) return target ?? '';
  }
  return null;
}

const garbled = (): ProviderError => new ProviderError('garbled', 'The Mastodon server named a next page without saying where it begins.');
