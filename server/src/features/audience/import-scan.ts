import type { Db } from '../../platform/db/database.ts';
import type { WorkspaceContext } from '../context.ts';
import { findRunning, findScan, takeOverImport, type ScanRow } from './queries.ts';

/** A scan as it is now; null when this workspace has none of this id. */
export async function readScan(db: Db, ctx: WorkspaceContext, scanId: string): Promise<ScanRow | null> {
  return db.maybe(findScan, [ctx.workspace.id, scanId]);
}

/** The account's running scan of any kind. */
export async function findRunningScan(db: Db, ctx: WorkspaceContext, accountId: string): Promise<ScanRow | null> {
  return db.maybe(findRunning, [ctx.workspace.id, accountId]);
}

/** Takes a running import scan from a process that may be dead, to end it; null when it does not run any more. */
export async function takeOverImportScan(db: Db, ctx: WorkspaceContext, scanId: string): Promise<ScanRow | null> {
  return db.maybe(takeOverImport, [ctx.workspace.id, scanId]);
}
