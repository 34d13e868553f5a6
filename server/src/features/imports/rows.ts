import type { Import } from '@rookery/contract/audience.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { listAccountRows, type AccountRow } from '../accounts/index.ts';
import type { WorkspaceContext } from '../context.ts';
import type { UploadedFile } from './archive.ts';
import { exportNetworks, type ExportNetwork } from './dialects/read-export.ts';
import { listFiles, lockImport, type FileRow, type ImportRow } from './queries.ts';
import { uploadPath } from './uploads.ts';

/** The import, locked until the transaction ends; `not-found` when this workspace has none of this id. */
export async function requireImport(db: Db, ctx: WorkspaceContext, importId: string): Promise<ImportRow> {
  const row = await db.maybe(lockImport, [ctx.workspace.id, importId]);
  if (row === null) throw new AppError('not-found');
  return row;
}

/** Imports as people see them. */
export async function describeImports(db: Db, ctx: WorkspaceContext, rows: readonly ImportRow[]): Promise<Import[]> {
  const files = Map.groupBy(await db.many(listFiles, [ctx.workspace.id, rows.map((row) => row.id)]), (file) => file.import_id);
  return rows.map((row) => toImport(row, files.get(row.id) ?? []));
}

export async function describeImport(db: Db, ctx: WorkspaceContext, importId: string): Promise<{ import: Import }> {
  const row = await requireImport(db, ctx, importId);
  return { import: toImport(row, await db.many(listFiles, [ctx.workspace.id, [importId]])) };
}

function toImport(row: ImportRow, files: readonly FileRow[]): Import {
  return {
    id: row.id, accountId: row.account_id, state: row.state, createdAt: row.created_at.toISOString(),
    files: files.map(({ name, bytes }) => ({ name, bytes })), progress: row.progress, preview: row.preview, error: row.error,
  };
}

/** The files of an import as the readers of exports want them. */
export async function listUploads(db: Db, ctx: WorkspaceContext, importId: string): Promise<UploadedFile[]> {
  const files = await db.many(listFiles, [ctx.workspace.id, [importId]]);
  return files.map((file) => ({
    name: file.name, path: uploadPath(ctx, importId, file.stored_as), bytes: file.bytes, modifiedAt: file.modified_at,
  }));
}

export function asExportNetwork(network: string | null): ExportNetwork | null {
  return exportNetworks.find((known) => known === network) ?? null;
}

const numericId = /^\d+$/;

/** The account that an export is of: by the network's id where both are known, else by the handle. */
export async function findOwner(
  db: Db, ctx: WorkspaceContext, owner: { network: string; externalId: string | null; handle: string | null },
): Promise<AccountRow | null> {
  const accounts = (await listAccountRows(db, ctx)).filter((account) => account.network === owner.network);
  const byId = accounts.find((account) => owner.externalId !== null && account.external_id === owner.externalId);
  if (byId !== undefined) return byId;
  const handle = owner.handle?.toLowerCase();
  return accounts.find((account) => {
    const isOtherId = owner.externalId !== null && numericId.test(account.external_id);
    return account.handle.toLowerCase() === handle && !isOtherId;
  }) ?? null;
}
