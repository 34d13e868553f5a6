import { compact, idParam, textParam, type RawSearch } from '../../platform/search-params.ts';

export interface MediaSearch {
  /** In name and description. */
  readonly q?: string;
  /** The image in the panel. */
  readonly image?: string;
}

/** What the library's address can say. */
export function parseMediaSearch(raw: RawSearch): MediaSearch {
  return compact({ q: textParam(raw, 'q', 100), image: idParam(raw, 'image') });
}
