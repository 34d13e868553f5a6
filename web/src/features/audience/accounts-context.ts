import type { Account } from '@rookery/contract/accounts.ts';
import { createContext, useContext } from 'react';

/** The workspace's accounts by id, for the rows of the lists. */
export const AccountsContext = createContext<ReadonlyMap<string, Account>>(new Map());

/** One account; undefined while it is not known. */
export function useAccount(accountId: string): Account | undefined {
  return useContext(AccountsContext).get(accountId);
}
