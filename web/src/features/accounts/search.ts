import { compact, idParam, textParam, wordParam, type RawSearch } from '../../platform/search-params.ts';

export interface AccountSearch {
  /** `1` when the network has just sent the browser back from consent. */
  readonly connected?: '1';
}

/** What an account's address can say. */
export function parseAccountSearch(raw: RawSearch): AccountSearch {
  return compact({ connected: wordParam(raw, 'connected', ['1']) });
}

/** Why a network's consent did not lead to a connection. */
export const connectProblems = ['denied', 'expired', 'other-session', 'other-account', 'not-allowed', 'network', 'personal'] as const;
export type ConnectProblem = (typeof connectProblems)[number];

export interface ConnectSearch {
  readonly network?: string;
  readonly problem?: ConnectProblem;
  /** The account to reconnect. */
  readonly account?: string;
}

/** What the Connect screen's address can say. */
export function parseConnectSearch(raw: RawSearch): ConnectSearch {
  return compact({
    network: textParam(raw, 'network', 32), problem: wordParam(raw, 'problem', connectProblems), account: idParam(raw, 'account'),
  });
}
