import type { Db } from '../../platform/db/database.ts';
import type { WorkspaceContext } from '../context.ts';
import { decodePages } from './pages.ts';
import { readHead, readPages } from './queries.ts';

/** The list that a scan holds, in the network's order; empty for no scan. */
export async function loadList(db: Db, ctx: WorkspaceContext, scanId: string | null): Promise<BigUint64Array> {
  return scanId === null ? new BigUint64Array(0) : decodePages(await db.many(readPages, [ctx.workspace.id, scanId]));
}

/** The follower list in force, with its date; null before the first. */
export async function loadCurrentList(db: Db, ctx: WorkspaceContext, accountId: string): Promise<{ keys: BigUint64Array; at: Date } | null> {
  const head = await db.maybe(readHead, [ctx.workspace.id, accountId]);
  if (head === null || head.scan_id === null || head.at === null) return null;
  return { keys: await loadList(db, ctx, head.scan_id), at: head.at };
}
