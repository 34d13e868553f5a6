import { isRecord, parseJson, recordsOf, textOf, type JsonRecord } from '../json.ts';

/** A marked stretch of a text (app.bsky.richtext.facet): places count in UTF-8 bytes. */
export interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly JsonRecord[];
}

/**
 * The links, hashtags and mentions of a text, found as Bluesky's own apps find them. A mention of a handle that leads nowhere
 * stays plain text.
 */
export async function findFacets(text: string, resolveHandle: (handle: string) => Promise<string | null>): Promise<readonly Facet[]> {
  // Loaded at first use: a server that never posts to Bluesky never pays for it.
  const { RichText } = await import('@atproto/api');
  const rich = new RichText({ text });
  rich.detectFacetsWithoutResolution();
  const found: Facet[] = [];
  for (const { index, features } of rich.facets ?? []) {
    const kept: JsonRecord[] = [];
    for (const feature of features) {
      const plain: JsonRecord = { ...feature };
      if (plain['$type'] !== 'app.bsky.richtext.facet#mention') kept.push(plain);
      else {
        const did = await resolveHandle((textOf(plain['did']) ?? '').toLowerCase());
        if (did !== null) kept.push({ ...plain, did });
      }
    }
    if (kept.length > 0) found.push({ index: { byteStart: index.byteStart, byteEnd: index.byteEnd }, features: kept });
  }
  return found;
}

/** What an earlier attempt has kept; null when it has kept nothing. */
export function readFacets(kept: string | undefined): readonly Facet[] | null {
  if (kept === undefined || kept === '') return null;
  return recordsOf(parseJson(kept))?.flatMap(({ index, features }) => {
    const [byteStart, byteEnd] = isRecord(index) ? [index['byteStart'], index['byteEnd']] : [];
    const list = recordsOf(features);
    return typeof byteStart === 'number' && typeof byteEnd === 'number' && list !== null ? [{ index: { byteStart, byteEnd }, features: list }] : [];
  }) ?? null;
}
