import { compact, idParam, wordParam, type RawSearch } from '../../platform/search-params.ts';

/** Networks whose data exports can be read. */
export const importNetworks = ['instagram', 'threads', 'x'] as const;
export type ImportNetwork = (typeof importNetworks)[number];

export interface ImportSearch {
  /** The import that the wizard shows. */
  readonly id?: string;
  /** The account a new import is for. */
  readonly account?: string;
  /** The network a new import is of. */
  readonly network?: ImportNetwork;
}

/** What the Imports screen's address can say. */
export function parseImportSearch(raw: RawSearch): ImportSearch {
  return compact({ id: idParam(raw, 'id'), account: idParam(raw, 'account'), network: wordParam(raw, 'network', importNetworks) });
}
