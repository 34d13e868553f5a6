import { compact, idParam, textParam, type RawSearch } from '../../platform/search-params.ts';

export interface AccountsSearch {
  /** Id of the account that was just connected. */
  readonly connected?: string;
  /** Why connecting failed: an error code. */
  readonly problem?: string;
}

/** What the Accounts screen's address can say. */
export function parseAccountsSearch(raw: RawSearch): AccountsSearch {
  return compact({ connected: idParam(raw, 'connected'), problem: textParam(raw, 'problem', 64) });
}

export interface ConnectSearch {
  readonly network?: string;
  /** The account to reconnect. */
  readonly account?: string;
}

/** What the Connect screen's address can say. */
export function parseConnectSearch(raw: RawSearch): ConnectSearch {
  return compact({ network: textParam(raw, 'network', 32), account: idParam(raw, 'account') });
}
