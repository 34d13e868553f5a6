import type { listScans, releaseScan, startSync, discardScan, } from '@rookery/contract/accounts.ts';
import type { BodyOf, ParamsOf, QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import { AppError } from '../../platform/errors.ts';
import { findAccount, toScan } from '../accounts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { finishFullScan } from './finish.ts';
import { syncJob } from './jobs.ts';
import { deletePages, endScan, findScanForUpdate, listScansOfAccount, type ScanRow } from './queries.ts';
import { finishingAccount } from './sync.ts';

const scansShown = 50;
/** Before all that the schedule asks for. */
const askedByPerson = 9;

/** Asks for a sync now. */
export async function requestSync(
  ctx: WorkspaceContext, input: { params: ParamsOf<typeof startSync>; body: BodyOf<typeof startSync> },
): Promise<ReplyOf<typeof startSync>> {
  requirePermission(ctx, 'audience:sync');
  return ctx.transaction(async (db) => {
    const account = await findAccount(db, ctx, input.params.accountId);
    if (account === null) throw new AppError('not-found');
    if (account.state === 'import') throw new AppError('not-supported', 'This account is filled by data exports. Import a newer export to see what changed.');
    if (account.state !== 'connected') throw new AppError('reconnect-needed', 'Connect this account again, then sync it.');
    const payload = { workspaceId: ctx.workspace.id, accountId: account.id, kind: input.body.kind };
    const job = await ctx.jobs.enqueue(db, syncJob, payload, { key: account.id, priority: askedByPerson });
    if (job === null) throw new AppError('sync-running', 'A sync of this account is waiting already. It will be done in a moment.');
    await recordAudit(db, ctx, {
      action: 'sync:request', entity: { type: 'account', id: account.id, name: account.handle }, metadata: { kind: input.body.kind },
    });
    return { ok: true };
  });
}

/** The sync log of an account. */
export async function readScans(
  ctx: WorkspaceContext, input: { params: ParamsOf<typeof listScans>; query: QueryOf<typeof listScans> },
): Promise<ReplyOf<typeof listScans>> {
  requirePermission(ctx, 'accounts:read');
  return ctx.transaction(async (db) => {
    if ((await findAccount(db, ctx, input.params.accountId)) === null) throw new AppError('not-found');
    const rows = await db.many(listScansOfAccount, [ctx.workspace.id, input.params.accountId, input.query.limit ?? scansShown]);
    return { scans: rows.map(toScan) };
  });
}

/**
 * Accepts a held scan: a person has looked and says that the network's list is right.
 * No audit: the finish writes the release and what came of it, in its one transaction.
 */
export async function acceptHeldScan(ctx: WorkspaceContext, params: ParamsOf<typeof releaseScan>): Promise<ReplyOf<typeof releaseScan>> {
  requirePermission(ctx, 'audience:sync');
  const { account, scan } = await requireHeld(ctx, params);
  const manifest = ctx.providers.get(account.network)?.manifest;
  const finished = await finishFullScan(ctx, finishingAccount(account, manifest), scan, { isReleased: true });
  return { scan: toScan(finished) };
}

/** Throws a held scan away. */
export async function discardHeldScan(ctx: WorkspaceContext, params: ParamsOf<typeof discardScan>): Promise<ReplyOf<typeof discardScan>> {
  requirePermission(ctx, 'audience:sync');
  const { account } = await requireHeld(ctx, params);
  return ctx.transaction(async (db) => {
    const scan = await db.maybe(findScanForUpdate, [ctx.workspace.id, params.scanId]);
    if (scan?.state !== 'held') throw new AppError('conflict');
    await db.run(deletePages, [ctx.workspace.id, scan.id]);
    await db.run(endScan, [ctx.workspace.id, scan.id, 'discarded', scan.at, 0, 0, 0, 0, null, scan.reason]);
    await recordAudit(db, ctx, { action: 'sync:discard', entity: { type: 'account', id: account.id, name: account.handle }, metadata: { scan: scan.id } });
    await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'scans', id: account.id, progress: 0 });
    return { ok: true };
  });
}

async function requireHeld(ctx: WorkspaceContext, params: ParamsOf<typeof releaseScan>) {
  return ctx.transaction(async (db) => {
    const account = await findAccount(db, ctx, params.accountId);
    const scan: ScanRow | null = await db.maybe(findScanForUpdate, [ctx.workspace.id, params.scanId]);
    if (account === null || scan === null || scan.account_id !== account.id) throw new AppError('not-found');
    if (scan.state !== 'held') throw new AppError('conflict', 'This scan is not waiting for a decision any more.');
    return { account, scan };
  });
}
