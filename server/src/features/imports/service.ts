import type { Readable } from 'node:stream';
import { sendImportFile, type commitImport, type createImport, type discardImport, type getImport, type listImports, type readImport } from '@rookery/contract/audience.ts';
import type { BodyOf, QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { findAccount } from '../accounts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { importEntity, publishImport } from './ending.ts';
import { commitImportJob, readImportJob } from './jobs.ts';
import {
  backToReceiving, deleteFileByName, insertFile, insertImport, listAbandoned, listFiles, listImportRows, setState, startReading, type ImportRow,
} from './queries.ts';
import { asExportNetwork, describeImport, describeImports, findOwner, requireImport } from './rows.ts';
import { removeUpload, removeUploads, storeUpload, tooLarge } from './uploads.ts';

const bytesPerImportMax = 1024 * 1024 * 1024;
const filesPerImportMax = 500;
const importsShown = 100;
const abandonedAfterMs = 7 * 86_400_000;
const handlePattern = /^[\p{L}\p{N}._-]{1,64}$/u;
const fourMinutesMs = 240_000;

/** Begins an import for an account, for a new one of a network and handle, or for whomever the files name. */
export async function beginImport(ctx: WorkspaceContext, body: BodyOf<typeof createImport>): Promise<ReplyOf<typeof createImport>> {
  requirePermission(ctx, 'audience:import');
  const now = ctx.clock.now();
  const id = createId(now.getTime());
  const abandoned = await ctx.transaction((db) => discardAbandoned(db, ctx));
  for (const old of abandoned) await removeUploads(ctx, old);
  return ctx.transaction(async (db) => {
    const target = await findTarget(db, ctx, body);
    await db.run(insertImport, [ctx.workspace.id, id, target.accountId, target.network, target.handle, ctx.actor.id, now]);
    await recordAudit(db, ctx, { action: 'import:create', entity: importEntity({ id, ...target }), metadata: { account: target.accountId } });
    await publishImport(db, ctx, id);
    return describeImport(db, ctx, id);
  });
}

interface Target {
  readonly accountId: string | null;
  readonly network: string | null;
  readonly handle: string | null;
}

async function findTarget(db: Db, ctx: WorkspaceContext, body: BodyOf<typeof createImport>): Promise<Target> {
  if (body.accountId !== undefined) {
    const account = await findAccount(db, ctx, body.accountId);
    if (account === null) throw new AppError('not-found');
    if (asExportNetwork(account.network) === null) throw new AppError('not-supported', `Data exports of ${account.network_name} cannot be imported.`);
    return { accountId: account.id, network: account.network, handle: account.handle };
  }
  const network = asExportNetwork(body.network ?? null);
  if (network === null && body.network !== undefined) throw invalidField('/network', 'network', 'Data exports of this network cannot be imported.');
  if (body.handle === undefined) return { accountId: null, network, handle: null };
  const handle = body.handle.trim().replace(/^@/, '');
  if (!handlePattern.test(handle)) throw invalidField('/handle', 'handle', 'Give the handle as it stands in the profile, without spaces.');
  if (network === null) throw invalidField('/network', 'network', 'Say which network this handle is on.');
  const account = await findOwner(db, ctx, { network, externalId: null, handle });
  return { accountId: account?.id ?? null, network, handle: account?.handle ?? handle };
}

async function discardAbandoned(db: Db, ctx: WorkspaceContext): Promise<string[]> {
  const rows = await db.many(listAbandoned, [ctx.workspace.id, new Date(ctx.clock.now().getTime() - abandonedAfterMs)]);
  for (const row of rows) await discard(db, ctx, row);
  return rows.map((row) => row.id);
}

async function discard(db: Db, ctx: WorkspaceContext, row: ImportRow): Promise<void> {
  await db.run(setState, [ctx.workspace.id, row.id, 'discarded', null, 0]);
  await recordAudit(db, ctx, { action: 'import:discard', entity: importEntity(row), metadata: { was: row.state } });
  await publishImport(db, ctx, row.id);
}

export interface ReceivedFile {
  readonly importId: string;
  readonly query: QueryOf<typeof sendImportFile>;
  readonly stream: Readable;
  readonly signal: AbortSignal;
}

/** Takes one file. Sent again under the same name it replaces the earlier one: a broken upload is simply repeated. */
export async function receiveFile(ctx: WorkspaceContext, file: ReceivedFile): Promise<ReplyOf<typeof sendImportFile>> {
  requirePermission(ctx, 'audience:import');
  if (file.query.name.includes('\0')) throw new AppError('invalid-request', 'The file name holds a character that no file name can hold.');
  const room = await ctx.transaction((db) => roomFor(db, ctx, file));
  const stored = await storeUpload(ctx, file.importId, { ...file, bytesMax: Math.min(room, sendImportFile.bodyBytesMax ?? room) });
  try {
    const { reply, replaced } = await ctx.transaction((db) => keepFile(db, ctx, file, stored));
    for (const { stored_as: storedAs } of replaced) await removeUpload(ctx, file.importId, storedAs);
    return reply;
  } catch (error) {
    await removeUpload(ctx, file.importId, stored.storedAs);
    throw error;
  }
}

async function roomFor(db: Db, ctx: WorkspaceContext, file: ReceivedFile): Promise<number> {
  requireReceiving(await requireImport(db, ctx, file.importId));
  const others = (await db.many(listFiles, [ctx.workspace.id, [file.importId]])).filter(({ name }) => name !== file.query.name);
  if (others.length >= filesPerImportMax) throw new AppError('too-large', 'These are too many files. Send the ZIP as the network gave it.');
  return bytesPerImportMax - others.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function keepFile(db: Db, ctx: WorkspaceContext, file: ReceivedFile, stored: { storedAs: string; bytes: number }) {
  const row = await requireImport(db, ctx, file.importId);
  if (stored.bytes > (await roomFor(db, ctx, file))) throw tooLarge();
  const replaced = await db.many(deleteFileByName, [ctx.workspace.id, row.id, file.query.name]);
  const modifiedAt = file.query.modifiedMs === undefined ? null : new Date(file.query.modifiedMs);
  await db.run(insertFile, [ctx.workspace.id, row.id, file.query.name, stored.bytes, modifiedAt, stored.storedAs]);
  if (row.state === 'ready') await db.run(backToReceiving, [ctx.workspace.id, row.id]);
  await recordAudit(db, ctx, { action: 'import:file', entity: importEntity(row), metadata: { bytes: stored.bytes } });
  await publishImport(db, ctx, row.id);
  return { reply: await describeImport(db, ctx, row.id), replaced };
}

function requireReceiving(row: ImportRow): void {
  if (row.state !== 'receiving' && row.state !== 'ready') throw new AppError('conflict', 'This import takes no more files. Start a new one.');
}

/** Has the files read. May be asked again, with another date. */
export async function askToRead(ctx: WorkspaceContext, importId: string, body: BodyOf<typeof readImport>): Promise<ReplyOf<typeof readImport>> {
  requirePermission(ctx, 'audience:import');
  const dated = body.dated === undefined ? null : requirePast(ctx, body.dated);
  return ctx.transaction(async (db) => {
    const row = await requireImport(db, ctx, importId);
    if (!['receiving', 'reading', 'ready'].includes(row.state)) throw new AppError('conflict', 'The files of this import are gone. Start a new one.');
    const files = await db.many(listFiles, [ctx.workspace.id, [importId]]);
    if (files.length === 0) throw new AppError('conflict', 'Send at least one file first.');
    await db.run(startReading, [ctx.workspace.id, importId, dated]);
    await ctx.jobs.enqueue(db, readImportJob, { workspaceId: ctx.workspace.id, importId }, { key: importId });
    await recordAudit(db, ctx, { action: 'import:read', entity: importEntity(row), metadata: { files: files.length, dated: dated?.toISOString() ?? null } });
    await publishImport(db, ctx, importId);
    return describeImport(db, ctx, importId);
  });
}

/** Clocks differ a little between machines; a list of tomorrow would keep every later one out. */
function requirePast(ctx: WorkspaceContext, text: string): Date {
  const dated = new Date(text);
  const nowMs = ctx.clock.now().getTime();
  if (Number.isNaN(dated.getTime()) || dated.getTime() > nowMs + fourMinutesMs || dated.getUTCFullYear() < 2000) {
    throw invalidField('/dated', 'date', 'Give a date in the past: the day the export was made.');
  }
  return new Date(Math.min(dated.getTime(), nowMs));
}

export async function readOneImport(ctx: WorkspaceContext, importId: string): Promise<ReplyOf<typeof getImport>> {
  requirePermission(ctx, 'audience:import');
  return ctx.transaction((db) => describeImport(db, ctx, importId));
}

export async function readImports(ctx: WorkspaceContext): Promise<ReplyOf<typeof listImports>> {
  requirePermission(ctx, 'audience:import');
  return ctx.transaction(async (db) => ({ imports: await describeImports(db, ctx, await db.many(listImportRows, [ctx.workspace.id, importsShown])) }));
}

/** Says yes to the preview: the list is recorded by a job. Asked again while that job waits, it changes nothing. */
export async function acceptImport(ctx: WorkspaceContext, importId: string): Promise<ReplyOf<typeof commitImport>> {
  requirePermission(ctx, 'audience:import');
  return ctx.transaction(async (db) => {
    const row = await requireImport(db, ctx, importId);
    if (row.state !== 'ready' && row.state !== 'committing') throw new AppError('conflict', 'Only an import with a preview can be recorded. Read its files first.');
    await ctx.jobs.enqueue(db, commitImportJob, { workspaceId: ctx.workspace.id, importId }, { key: importId });
    if (row.state === 'ready') {
      await db.run(setState, [ctx.workspace.id, importId, 'committing', null, 0]);
      await recordAudit(db, ctx, { action: 'import:accept', entity: importEntity(row) });
      await publishImport(db, ctx, importId);
    }
    return describeImport(db, ctx, importId);
  });
}

/** Throws the upload away. What is recorded already stays: it is history. */
export async function throwAway(ctx: WorkspaceContext, importId: string): Promise<ReplyOf<typeof discardImport>> {
  requirePermission(ctx, 'audience:import');
  await ctx.transaction(async (db) => {
    const row = await requireImport(db, ctx, importId);
    if (row.state === 'committing') throw new AppError('conflict', 'This import is being recorded. Wait until that has ended.');
    if (row.state === 'committed') throw new AppError('conflict', 'This import is recorded; history is not taken back.');
    if (row.state !== 'discarded') await discard(db, ctx, row);
  });
  await removeUploads(ctx, importId);
  return { ok: true };
}
