import type { Db } from '../../platform/db/database.ts';
import type { WorkspaceContext } from '../context.ts';
import { decodePages } from './pages.ts';
import { readHead, readPages } from './queries.ts';

/** The follower list in force, with its date; null before the first. */
export async function loadCurrentList(db: Db, ctx: WorkspaceContext, accountId: string): Promise<{ keys: BigUint64Array; at: Date } | null> {
  const head = await db.maybe(readHead, [ctx.workspace.id, accountId]);
  if (head === null || head.scan_id === null || head.at === null) return null;
  return { keys: decodePages(await db.many(readPages, [ctx.workspace.id, head.scan_id])), at: head.at };
}
