import type { FollowerPage, FollowerRow } from '../../providers/provider.ts';
import type { Db } from '../../platform/db/database.ts';
import { createId } from '../../platform/id.ts';
import type { WorkspaceContext } from '../context.ts';
import type { KeyPerson } from './keys.ts';
import { encodeKeys } from './pages.ts';
import { advanceScan, insertPage, insertScan, takeOverRunning, upsertPeople, findScan, type ScanRow } from './queries.ts';

/** Someone else has taken the scan over, or it has ended: whoever gets this stops without writing. */
export class ScanLostError extends Error {
  constructor() {
    super('this scan was taken over or has ended');
    this.name = 'ScanLostError';
  }
}

export interface ScanTarget {
  readonly accountId: string;
  readonly network: string;
}

/** Starts a scan; null when one of this account is running already. */
export async function beginScan(
  db: Db, ctx: WorkspaceContext, scan: { accountId: string; kind: ScanRow['kind']; stated: number | null },
): Promise<ScanRow | null> {
  const startedAt = ctx.clock.now();
  const id = createId(startedAt.getTime());
  const inserted = await db.run(insertScan, [ctx.workspace.id, scan.accountId, id, scan.kind, startedAt, scan.stated]);
  return inserted === 0 ? null : db.maybe(findScan, [ctx.workspace.id, id]);
}

/** Takes over the account's running scan, if there is one, from a process that may be dead. */
export async function resumeScan(db: Db, ctx: WorkspaceContext, accountId: string): Promise<ScanRow | null> {
  return db.maybe(takeOverRunning, [ctx.workspace.id, accountId]);
}

/**
 * Stores one page with the cursor of the next, in the caller's transaction: either both are there or neither. Throws
 * ScanLostError when another process has the scan.
 */
export async function stagePage(
  db: Db, ctx: WorkspaceContext, staging: { scan: ScanRow; target: ScanTarget; page: FollowerPage; keyPerson: KeyPerson },
): Promise<ScanRow> {
  const { scan, page, target } = staging;
  const isClosed = page.nextCursor === null;
  const advanced = await db.run(advanceScan, [ctx.workspace.id, scan.id, scan.fence, page.rows.length, page.nextCursor, isClosed]);
  if (advanced === 0) throw new ScanLostError();
  const keys = page.rows.map((row) => staging.keyPerson(row.externalId));
  await db.run(insertPage, [ctx.workspace.id, scan.id, scan.pages, keys.length, encodeKeys(keys)]);
  await savePeople(db, ctx, { network: target.network, keys, rows: page.rows });
  return { ...scan, pages: scan.pages + 1, received: scan.received + keys.length, cursor: page.nextCursor, cursor_closed: isClosed };
}

/** Writes what is known of people; the last row of a person in the list wins. */
export async function savePeople(
  db: Db, ctx: WorkspaceContext, people: { network: string; keys: readonly bigint[]; rows: readonly FollowerRow[] },
): Promise<void> {
  const byKey = new Map<string, FollowerRow>();
  people.rows.forEach((row, index) => byKey.set(String(people.keys[index]), row));
  if (byKey.size === 0) return;
  const rows = [...byKey.values()];
  await db.run(upsertPeople, [
    ctx.workspace.id, people.network, ctx.clock.now(), [...byKey.keys()], rows.map((row) => row.externalId), rows.map((row) => row.handle),
    rows.map((row) => row.name), rows.map((row) => row.verified), rows.map((row) => row.followers), rows.map((row) => row.profileUrl),
  ]);
}
