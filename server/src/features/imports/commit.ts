import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { ensureImportAccount, findAccount, type AccountRow } from '../accounts/index.ts';
import {
  beginScan, failScan, findRunningScan, finishFullScan, finishingAccount, finishPartialScan, readScan, ScanLostError, takeOverImportScan,
  type FinishingAccount, type ScanRow,
} from '../audience/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { readExport, type ExportReading } from './dialects/read-export.ts';
import { createProgressNotes, importEntity, publishImport, settleFailure, type ImportRun, type ProgressNotes } from './ending.ts';
import { claimScan, findCommittingByScan, findImport, lockImport, setState, type ImportRow } from './queries.ts';
import { asExportNetwork, findOwner, listUploads } from './rows.ts';
import { stageExport } from './staging.ts';
import { removeUploads } from './uploads.ts';

const readShare = 0.4;
const busyWords = 'A sync of this account was running all the time. Nothing was recorded. Start the import again when it has ended.';

/** Another scan of the account is running: the import waits for its end. */
class AccountBusyError extends Error {
  constructor() {
    super('a sync of this account is running');
    this.name = 'AccountBusyError';
  }
}

/**
 * Records the list of an import that a person has accepted. May be called again at any point after any failure: a list that is
 * staged in part is thrown away and staged anew, one that is recorded is not recorded again.
 * No permission: runs as a job.
 */
export async function commitUpload(ctx: WorkspaceContext, run: ImportRun): Promise<void> {
  const notes = createProgressNotes(ctx, run.importId);
  try {
    const row = await ctx.transaction((db) => db.maybe(findImport, [ctx.workspace.id, run.importId]));
    if (row?.state === 'committing') await record(ctx, row, run, notes);
  } catch (error) {
    await notes.done();
    // Another process has taken over: the end is its business.
    if (error instanceof ScanLostError) return;
    if (error instanceof AppError || run.isLastAttempt) await dropScan(ctx, run.importId);
    const isTooBusy = error instanceof AccountBusyError && run.isLastAttempt;
    await settleFailure(ctx, run, isTooBusy ? new AppError('sync-running', busyWords) : error);
  }
}

// The four are one question each: where, what, how long, and whom to tell.
async function record(ctx: WorkspaceContext, row: ImportRow, run: ImportRun, notes: ProgressNotes): Promise<void> {
  const earlier = row.scan_id === null ? null : await endEarlier(ctx, row.scan_id);
  if (earlier !== null) {
    await settle(ctx, row.id, earlier);
    return;
  }
  const network = asExportNetwork(row.network);
  const files = await ctx.transaction((db) => listUploads(db, ctx, row.id));
  const reading = await readExport(files, {
    ...(network === null ? {} : { network }), signal: run.signal, onProgress: (share) => notes.note(share * readShare),
  });
  const { scan, account } = await openScan(ctx, row, reading);
  const note = (share: number): void => notes.note(readShare + (1 - readShare) * share);
  const staged = await stageExport(ctx, { scan, reading }, { signal: run.signal, note });
  await notes.done();
  const at = row.dated ?? row.created_at;
  const finished = reading.complete && !reading.rangeOnly
    ? await finishFullScan(ctx, account, staged, { at })
    : await finishPartialScan(ctx, account, staged, { at, reason: reading.rangeReason ?? 'The export does not hold the whole list: newcomers were recorded, nobody was counted as gone.' });
  await settle(ctx, row.id, finished);
}

/** What became of the scan of an earlier try; null when the list has to be staged anew. */
async function endEarlier(ctx: WorkspaceContext, scanId: string): Promise<ScanRow | null> {
  const scan = await ctx.transaction((db) => readScan(db, ctx, scanId));
  if (scan === null || scan.state === 'failed') return null;
  if (scan.state !== 'running') return scan;
  await interrupt(ctx, scanId);
  return null;
}

/** Ends an import scan whose process is gone, or should be: what that one still writes is refused. */
async function interrupt(ctx: WorkspaceContext, scanId: string): Promise<void> {
  const taken = await ctx.transaction(async (db) => {
    const scan = await takeOverImportScan(db, ctx, scanId);
    const account = scan === null ? null : await findAccount(db, ctx, scan.account_id);
    return scan === null || account === null ? null : { scan, account: asFinishing(ctx, account) };
  });
  if (taken !== null) await failScan(ctx, taken.account, taken.scan, 'The import was interrupted. Nothing of this try was recorded.');
}

async function dropScan(ctx: WorkspaceContext, importId: string): Promise<void> {
  const row = await ctx.transaction((db) => db.maybe(findImport, [ctx.workspace.id, importId]));
  if (row !== null && row.scan_id !== null && row.state === 'committing') await interrupt(ctx, row.scan_id);
}

function asFinishing(ctx: WorkspaceContext, account: AccountRow): FinishingAccount {
  return finishingAccount(account, ctx.providers.get(account.network)?.manifest);
}

interface Opened {
  readonly scan: ScanRow;
  readonly account: FinishingAccount;
}

async function openScan(ctx: WorkspaceContext, row: ImportRow, reading: ExportReading): Promise<Opened> {
  for (const canRetry of [true, false]) {
    const opened = await ctx.transaction((db) => tryOpen(db, ctx, row, reading));
    if ('scan' in opened) return opened;
    if (opened.orphan === null || !canRetry) break;
    await interrupt(ctx, opened.orphan);
  }
  throw new AccountBusyError();
}

async function tryOpen(db: Db, ctx: WorkspaceContext, row: ImportRow, reading: ExportReading): Promise<Opened | { orphan: string | null }> {
  const account = await findAccount(db, ctx, await requireAccount(db, ctx, row, reading));
  if (account === null) throw new AppError('not-found', 'The account of this import is gone.');
  const scan = await beginScan(db, ctx, { accountId: account.id, kind: 'import', stated: reading.followers });
  if (scan === null) {
    const running = await findRunningScan(db, ctx, account.id);
    const isOrphan = running?.kind === 'import' && (await db.maybe(findCommittingByScan, [ctx.workspace.id, running.id])) === null;
    return { orphan: isOrphan ? running.id : null };
  }
  const claimed = await db.run(claimScan, [ctx.workspace.id, row.id, account.id, scan.id]);
  if (claimed === 0) throw new ScanLostError();
  await recordAudit(db, ctx, {
    action: 'sync:start', entity: { type: 'account', id: account.id, name: account.handle }, metadata: { scan: scan.id, kind: scan.kind, import: row.id },
  });
  return { scan, account: asFinishing(ctx, account) };
}

async function requireAccount(db: Db, ctx: WorkspaceContext, row: ImportRow, reading: ExportReading): Promise<string> {
  if (row.account_id !== null) return row.account_id;
  const handle = row.handle ?? reading.owner;
  if (handle === null) throw new AppError('unreadable-export', 'These files do not say whose followers they list. Start again and give the handle.');
  const owner = await findOwner(db, ctx, { network: reading.network, externalId: reading.ownerId, handle });
  return owner?.id ?? ensureImportAccount(db, ctx, { network: reading.network, externalId: reading.ownerId, handle });
}

/** Closes the import over a scan that has ended; its files are of no more use. */
async function settle(ctx: WorkspaceContext, importId: string, scan: ScanRow): Promise<void> {
  await ctx.transaction(async (db) => {
    const row = await db.maybe(lockImport, [ctx.workspace.id, importId]);
    if (row === null || row.state !== 'committing') return;
    await db.run(setState, [ctx.workspace.id, importId, 'committed', noteOf(scan), 1]);
    // A list that came into force has left this event already, with its scan.
    if (scan.state === 'partial') {
      await recordAudit(db, ctx, { action: 'import:commit', entity: importEntity(row), metadata: { scan: scan.id, gained: scan.gained, lost: 0 } });
    }
    await publishImport(db, ctx, importId);
  });
  await removeUploads(ctx, importId);
}

function noteOf(scan: ScanRow): string | null {
  if (scan.state === 'held') return `${scan.reason ?? 'The list is not plausible.'} It changes nothing until you release it on the page of the account.`;
  if (scan.state === 'discarded') return 'The list was held as not plausible and thrown away. Nothing was recorded.';
  if (scan.state === 'partial' && scan.followers === null) return 'Nothing was recorded: the export is not whole, and there was no earlier list to add to.';
  return null;
}
