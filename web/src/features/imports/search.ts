import { compact, idParam, textParam, type RawSearch } from '../../platform/search-params.ts';

export interface ImportSearch {
  /** The import that the wizard shows. */
  readonly id?: string;
  /** The account a new import is for. */
  readonly account?: string;
  /** Id of the network a new import is of. */
  readonly network?: string;
}

/** What the Imports screen's address can say. */
export function parseImportSearch(raw: RawSearch): ImportSearch {
  return compact({ id: idParam(raw, 'id'), account: idParam(raw, 'account'), network: textParam(raw, 'network', 32) });
}
