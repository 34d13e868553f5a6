import { compact, dayParam, idParam, textParam, type RawSearch } from '../../platform/search-params.ts';

export interface AuditSearch {
  readonly actor?: string;
  readonly action?: string;
  readonly from?: string;
  readonly to?: string;
  /** The event in the panel. */
  readonly event?: string;
}

/** What the Audit log's address can say. */
export function parseAuditSearch(raw: RawSearch): AuditSearch {
  return compact({
    actor: idParam(raw, 'actor'), action: textParam(raw, 'action', 64),
    from: dayParam(raw, 'from'), to: dayParam(raw, 'to'), event: idParam(raw, 'event'),
  });
}
