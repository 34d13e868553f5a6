import { findLinks } from '@rookery/contract/text/links.ts';
import { isRecord, parseJson, recordsOf, type JsonRecord } from '../json.ts';

/** A marked stretch of a text (app.bsky.richtext.facet): places count in UTF-8 bytes. */
export interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly JsonRecord[];
}

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly feature: JsonRecord;
}

const kind = (name: string): string => `app.bsky.richtext.facet#${name}`;
const linkPattern = /(?<=^|\s|\()https?:\/\/\S+/gi;
const mentionPattern = /(?<=^|\s|\()@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)(?![a-z0-9])/gi;
/** Marks that no reader sees end a tag, as they do in Bluesky's own apps. */
const tagPattern = /(?<=^|\s)[#＃](?!\ufe0f)([^\u20e2\s\u00ad\u2060\u200a-\u200d]+)/gu;
const tagLengthMax = 64;

/**
 * The links, hashtags and mentions of a text, marked as Bluesky's own apps do it (a test compares the two). Ours, because their
 * library takes 65 MB and seconds to load for it. A mention of a handle that leads nowhere stays plain text.
 */
export async function findFacets(text: string, resolveHandle: (handle: string) => Promise<string | null>): Promise<readonly Facet[]> {
  const found: Stretch[] = [...findLinkStretches(text), ...findTagStretches(text)];
  for (const match of text.matchAll(mentionPattern)) {
    const did = await resolveHandle((match[1] ?? '').toLowerCase());
    if (did !== null) found.push({ start: match.index, end: match.index + match[0].length, feature: { $type: kind('mention'), did } });
  }
  const bytesTo = (end: number): number => Buffer.byteLength(text.slice(0, end));
  return found.toSorted((one, other) => one.start - other.start)
    .map(({ start, end, feature }) => ({ index: { byteStart: bytesTo(start), byteEnd: bytesTo(end) }, features: [feature] }));
}

function findLinkStretches(text: string): Stretch[] {
  const whole = [...text.matchAll(linkPattern)].map((match): Stretch => {
    const shown = withoutEnd(match[0]);
    const uri = shown.replace(/^https?/i, (scheme) => scheme.toLowerCase());
    return { start: match.index, end: match.index + shown.length, feature: { $type: kind('link'), uri } };
  }).filter(({ feature }) => URL.canParse(String(feature['uri'])));
  const bare = findLinks(text, { needsScheme: false }).flatMap(({ start, length }): Stretch[] => {
    const isFree = /^$|[\s(]/.test(text.charAt(start - 1)) && !whole.some((link) => start < link.end && start + length > link.start);
    const name = text.slice(start, start + length);
    if (!isFree || /^https?:/i.test(name)) return [];
    return [{ start, end: start + length, feature: { $type: kind('link'), uri: `https://${name}` } }];
  });
  return [...whole, ...bare];
}

/** A sign at the end belongs to the sentence; so does a closing bracket that nothing in the address opens. */
function withoutEnd(address: string): string {
  const trimmed = address.replace(/[.,;:!?]$/, '');
  return trimmed.endsWith(')') && !trimmed.includes('(') ? trimmed.slice(0, -1) : trimmed;
}

function findTagStretches(text: string): Stretch[] {
  return [...text.matchAll(tagPattern)].flatMap((match): Stretch[] => {
    const tag = (match[1] ?? '').replace(/\p{P}+$/u, '');
    const isTag = /[^\d\p{P}]/u.test(tag) && [...tag].length <= tagLengthMax;
    return isTag ? [{ start: match.index, end: match.index + 1 + tag.length, feature: { $type: kind('tag'), tag } }] : [];
  });
}

/** What an earlier attempt has kept; null when it has kept nothing. */
export function readFacets(kept: string | undefined): readonly Facet[] | null {
  if (kept === undefined || kept === '') return null;
  return recordsOf(parseJson(kept))?.flatMap(({ index, features }) => {
    const [byteStart, byteEnd] = isRecord(index) ? [index['byteStart'], index['byteEnd']] : [];
    const list = recordsOf(features);
    const isWhole = typeof byteStart === 'number' && typeof byteEnd === 'number' && list !== null;
    return isWhole ? [{ index: { byteStart, byteEnd }, features: list }] : [];
  }) ?? null;
}
