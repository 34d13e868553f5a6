import type { Db } from '../../platform/db/database.ts';
import type { WorkspaceContext } from '../context.ts';
import { findDoubt } from './certificate.ts';
import { loadCurrentList } from './current-list.ts';
import { diffLists } from './diff.ts';
import type { FinishingAccount } from './finish.ts';
import { departed, peopleByKeys } from './list-queries.ts';

/** What a list would change if it came into force now. */
export interface ListComparison {
  /** Date of the list in force; null when there is none: the list would be the first. */
  readonly listedAt: Date | null;
  /** In the order of the new list; empty for the first. */
  readonly came: readonly bigint[];
  /** Those of `came` who left before. */
  readonly returned: ReadonlySet<bigint>;
  readonly gone: readonly bigint[];
  /** Why the list would be held as implausible, in words. */
  readonly doubt: string | null;
  /** Handles of some people, as far as they are known. */
  readHandles(keys: readonly bigint[]): Promise<ReadonlyMap<bigint, string | null>>;
}

/** Compares a list with the one in force; writes nothing. */
export async function compareWithCurrent(
  db: Db, ctx: WorkspaceContext, list: { account: FinishingAccount; network: string; keys: BigUint64Array },
): Promise<ListComparison> {
  const current = await loadCurrentList(db, ctx, list.account.id);
  const readHandles = async (keys: readonly bigint[]): Promise<ReadonlyMap<bigint, string | null>> => {
    const people = await db.many(peopleByKeys, [ctx.workspace.id, list.network, keys.map(String)]);
    return new Map(people.map((row) => [BigInt(row.key), row.handle]));
  };
  if (current === null) return { listedAt: null, came: [], returned: new Set(), gone: [], doubt: null, readHandles };
  const { came, gone, unique } = diffLists(current.keys, list.keys);
  const returned = await db.many(departed, [ctx.workspace.id, list.account.id, came.map(String)]);
  const doubt = findDoubt({
    listed: current.keys.length, received: unique, stated: null, gone: gone.length, tolerance: list.account.tolerance,
  });
  return { listedAt: current.at, came, gone, doubt, readHandles, returned: new Set(returned.map((row) => BigInt(row.key))) };
}
