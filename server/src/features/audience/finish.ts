import type { AuditAction } from '@rookery/contract/audit.ts';
import type { EventTopic } from '@rookery/contract/status.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { recordAudit } from '../audit/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { findDoubt, isBorneOut, type Evidence } from './certificate.ts';
import { loadList } from './current-list.ts';
import { diffLists, type ListDifference } from './diff.ts';
import { encodeKeys } from './pages.ts';
import {
  appendPage, clearMissed, deletePages, endScan, ensureHead, findHeld, findScan, findScanForUpdate, insertCame, insertGone, insertMetric, listMissed,
  lockHead, moveHead, prependPage, upsertMissed, type HeadRow, type ScanRow,
} from './queries.ts';
import { ScanLostError } from './scan.ts';

/** An account as finishing a scan needs to know it. */
export interface FinishingAccount {
  readonly id: string;
  readonly label: string;
  readonly tolerance: Evidence['tolerance'];
  /** Pages can skip people: a leaver is one who was missed twice in a row. */
  readonly canSkip: boolean;
}

/** Two scans agree when they differ by no more than this share of the list. */
const agreementShare = 0.02;
const agreementCount = 5;
/** By how much two clocks may differ without harm. */
const clockSlackMs = 3600_000;

type GoneKind = 'lost' | 'suspended' | 'deactivated';

interface Finishing {
  readonly ctx: WorkspaceContext;
  readonly db: Db;
  readonly account: FinishingAccount;
  readonly scan: ScanRow;
  readonly head: HeadRow;
}

export interface FinishOptions {
  /** A person has looked at it: the doubt is set aside. */
  readonly isReleased?: boolean;
  /** The moment the list is of; the clock's now unless an export says otherwise. */
  readonly at?: Date;
}

/** Locks account and scan, in this order everywhere, and answers both as they are now. */
async function lock(db: Db, ctx: WorkspaceContext, scan: { id: string; accountId: string }): Promise<{ head: HeadRow; scan: ScanRow }> {
  await db.run(ensureHead, [ctx.workspace.id, scan.accountId]);
  const head = await db.one(lockHead, [ctx.workspace.id, scan.accountId]);
  return { head, scan: await db.one(findScanForUpdate, [ctx.workspace.id, scan.id]) };
}

/**
 * Who of the list in force is missing from a scan that has reached its end: written down, so that each can be looked up at
 * the network before the scan is finished. Answers none when there was no list before or the scan is not believed.
 * No permission: part of a job. No audit: notes for the finish, which writes the event.
 */
export async function noteMissing(ctx: WorkspaceContext, account: FinishingAccount, scan: ScanRow): Promise<readonly string[]> {
  return ctx.transaction(async (db) => {
    const locked = await lock(db, ctx, { id: scan.id, accountId: account.id });
    const { head } = locked;
    if (head.scan_id === null) return [];
    const difference = diffLists(await loadList(db, ctx, head.scan_id), await loadList(db, ctx, scan.id));
    if (findDoubt(evidenceOf({ head, account, scan: locked.scan }, difference)) !== null) return [];
    const gone = difference.gone.map(String);
    await db.run(clearMissed, [ctx.workspace.id, account.id, gone]);
    await db.run(upsertMissed, [ctx.workspace.id, account.id, scan.id, gone]);
    const missed = await db.many(listMissed, [ctx.workspace.id, account.id]);
    // On a network that can skip, only those who were missing last time too are about to be called leavers.
    return missed.filter((row) => row.status === null && (!account.canSkip || row.scan_id !== scan.id)).map((row) => row.key);
  });
}

/**
 * Ends a full scan whose cursor the network closed: difference, changes, totals, the new list and the drop of the old one
 * in a single transaction. A scan that is not believed is held instead and changes nothing.
 * No permission: the caller has checked it, or is a job.
 */
export async function finishFullScan(ctx: WorkspaceContext, account: FinishingAccount, scan: ScanRow, options: FinishOptions = {}): Promise<ScanRow> {
  return ctx.transaction(async (db) => {
    const locked = await lock(db, ctx, { id: scan.id, accountId: account.id });
    requireOpen(locked.scan, scan, options);
    requireOrder(ctx, locked.head, locked.scan, options);
    if (!locked.scan.cursor_closed) throw new Error('a scan whose list was not closed cannot be finished as complete');
    const finishing = { ctx, db, account, ...locked };
    if (options.isReleased === true) await recordRelease(finishing);
    const list = await loadList(db, ctx, scan.id);
    const difference = diffLists(await loadList(db, ctx, locked.head.scan_id), list);
    const doubt = options.isReleased === true ? null : await findStandingDoubt(finishing, difference, list);
    return doubt === null ? complete(finishing, difference, options) : hold(finishing, difference, { doubt, at: dateOf(finishing, options) });
  });
}

async function recordRelease({ ctx, db, account, scan }: Finishing): Promise<void> {
  await recordAudit(db, ctx, { action: 'sync:release', entity: { type: 'account', id: account.id, name: account.label }, metadata: { scan: scan.id } });
}

/** An export's list keeps its own date while it is held; a network's list is of the moment it is believed. */
function dateOf({ ctx, scan }: Finishing, options: FinishOptions): Date {
  return options.at ?? (scan.kind === 'import' ? scan.at : null) ?? ctx.clock.now();
}

function requireOpen(current: ScanRow, mine: ScanRow, options: FinishOptions): void {
  const isMine = current.state === 'running' && current.fence === mine.fence;
  const isHeld = options.isReleased === true && current.state === 'held';
  if (!isMine && !isHeld) throw new ScanLostError();
}

/**
 * The list in force must be older than what replaces it: else people who came in between would look as if they had left. A
 * network's list is of this moment, so one that seems older means that the clock went back.
 */
function requireOrder(ctx: WorkspaceContext, head: HeadRow, scan: ScanRow, options: FinishOptions): void {
  if (head.at === null) return;
  if (options.isReleased !== true && scan.kind !== 'import' && ctx.clock.now().getTime() < head.at.getTime() - clockSlackMs) {
    throw new AppError('conflict', `The clock of this server went back: the list in force is of ${head.at.toISOString()}. Set the clock right, then sync again.`);
  }
  if (options.isReleased === true && scan.at !== null && head.at > scan.at) {
    throw new AppError('conflict', 'The follower list has moved on since this scan was held. Discard it and start a new sync.');
  }
  if (options.at !== undefined && options.at < head.at) {
    throw new AppError('conflict', `This list is of ${options.at.toISOString().slice(0, 10)}, and a newer one (${head.at.toISOString().slice(0, 10)}) is in force already. Import lists from old to new.`);
  }
}

function evidenceOf(known: Pick<Finishing, 'head' | 'account' | 'scan'>, difference: ListDifference): Evidence {
  return {
    listed: known.head.scan_id === null ? null : known.head.followers,
    received: difference.unique,
    stated: known.scan.stated,
    gone: difference.gone.length,
    tolerance: known.account.tolerance,
  };
}

/**
 * A doubtful scan is believed after all when an earlier held one says the same and the stated count bears it out. Agreement
 * alone is not enough: a network that cuts its list off does so at the same place the next time. An import is no second
 * witness: it may be the same file again.
 */
async function findStandingDoubt(finishing: Finishing, difference: ListDifference, list: BigUint64Array): Promise<string | null> {
  const { ctx, db, account } = finishing;
  const evidence = evidenceOf(finishing, difference);
  const doubt = findDoubt(evidence);
  if (doubt === null || finishing.scan.kind === 'import' || !isBorneOut(evidence)) return doubt;
  const held = await db.maybe(findHeld, [ctx.workspace.id, account.id]);
  if (held === null) return doubt;
  const agreement = diffLists(await loadList(db, ctx, held.id), list);
  const allowed = Math.max(agreementCount, list.length * agreementShare);
  return agreement.came.length + agreement.gone.length <= allowed ? null : doubt;
}

async function complete(finishing: Finishing, difference: ListDifference, options: FinishOptions): Promise<ScanRow> {
  const at = dateOf(finishing, options);
  const { ctx, db, account, scan, head } = finishing;
  const isFirst = head.scan_id === null;
  const { leavers, waiting } = await splitGone(finishing, difference, options);
  // The first list is where we begin: who is on it did not come today.
  const came = isFirst ? [] : difference.came;
  await writeChanges(finishing, { came, leavers, at });
  if (waiting.length > 0) await db.run(appendPage, [ctx.workspace.id, scan.id, waiting.length, encodeKeys(waiting)]);
  const followers = difference.unique + waiting.length;
  await db.run(clearMissed, [ctx.workspace.id, account.id, waiting.map(String)]);
  await db.run(moveHead, [ctx.workspace.id, account.id, scan.id, followers, at, came.length, leavers.length]);
  if (head.scan_id !== null) await db.run(deletePages, [ctx.workspace.id, head.scan_id]);
  await discardHeld(finishing);
  await db.run(insertMetric, [ctx.workspace.id, account.id, at, 'followers', scan.stated ?? followers, 'measured']);
  return end(finishing, {
    state: 'complete', at, gained: came.length, lost: leavers.length, followers, reason: null, action: 'sync:complete',
  });
}

/**
 * Says whether the network still counts people whom this list leaves out: the gap between its count and its list has grown
 * since the list in force. Some of the missing are then still there, and nobody can say which. A gap that stays is no news:
 * networks count suspended people for a long time.
 */
async function isStillCounted({ db, ctx, scan, head }: Finishing, unique: number): Promise<boolean> {
  if (scan.kind !== 'full' || scan.stated === null || head.scan_id === null) return false;
  const before = await db.maybe(findScan, [ctx.workspace.id, head.scan_id]);
  const gapBefore = before?.kind === 'full' && before.stated !== null && before.followers !== null ? before.stated - before.followers : 0;
  return scan.stated - unique > Math.max(0, gapBefore);
}

/** Sorts the missing into those who left and those who wait: for a second miss, or for a count that bears their leaving out. */
async function splitGone(
  finishing: Finishing, { gone, unique }: ListDifference, options: FinishOptions,
): Promise<{ leavers: { key: bigint; kind: GoneKind }[]; waiting: bigint[] }> {
  const { ctx, db, account, scan } = finishing;
  const missed = new Map((await db.many(listMissed, [ctx.workspace.id, account.id])).map((row) => [row.key, row]));
  const leavers: { key: bigint; kind: GoneKind }[] = [];
  const waiting: bigint[] = [];
  const isCounted = options.isReleased !== true && (await isStillCounted(finishing, unique));
  for (const key of gone) {
    const row = missed.get(String(key));
    const isFirstMiss = row === undefined || row.scan_id === scan.id;
    const kind = kindOf(row?.status ?? null);
    const isWaiting = (account.canSkip && isFirstMiss && scan.kind === 'full') || (isCounted && kind === 'lost');
    if (isWaiting) waiting.push(key);
    else leavers.push({ key, kind });
  }
  if (waiting.length > 0) await db.run(upsertMissed, [ctx.workspace.id, account.id, scan.id, waiting.map(String)]);
  return { leavers, waiting };
}

function kindOf(status: string | null): GoneKind {
  return status === 'suspended' || status === 'deactivated' ? status : 'lost';
}

async function writeChanges(
  finishing: Finishing, changes: { came: readonly bigint[]; leavers: readonly { key: bigint; kind: GoneKind }[]; at: Date },
): Promise<void> {
  const { ctx, db, account, scan, head } = finishing;
  const { came, leavers, at } = changes;
  const common = (counted: number) => [ctx.workspace.id, account.id, counted, at, head.at, scan.id];
  // Lists are newest first: counted from the end, a later arrival gets a later number.
  if (came.length > 0) await db.run(insertCame, [...common(head.gained), came.toReversed().map(String)]);
  if (leavers.length > 0) {
    await db.run(insertGone, [...common(head.lost), leavers.map(({ key }) => String(key)), leavers.map(({ kind }) => kind)]);
  }
}

async function hold(finishing: Finishing, difference: ListDifference, { doubt, at }: { doubt: string; at: Date }): Promise<ScanRow> {
  await discardHeld(finishing);
  return end(finishing, {
    state: 'held', at, gained: difference.came.length, lost: difference.gone.length,
    followers: difference.unique, reason: doubt, action: 'sync:held',
  });
}

/** At most one scan of an account waits for a decision: the newest. */
async function discardHeld(finishing: Finishing): Promise<void> {
  const { ctx, db, account, scan } = finishing;
  const held = await db.maybe(findHeld, [ctx.workspace.id, account.id]);
  if (held === null || held.id === scan.id) return;
  await db.run(deletePages, [ctx.workspace.id, held.id]);
  await db.run(endScan, [ctx.workspace.id, held.id, 'discarded', held.at, 0, 0, 0, 0, null, 'A newer scan took its place.']);
}

/**
 * Ends a scan that did not see the whole list (a newest-first look, or one that was cut off): records newcomers, never a
 * leaver. Without a list to add to, nothing is recorded.
 * No permission: the caller has checked it, or is a job.
 */
export async function finishPartialScan(
  ctx: WorkspaceContext, account: FinishingAccount, scan: ScanRow, options: { reason: string | null; at?: Date },
): Promise<ScanRow> {
  return ctx.transaction(async (db) => {
    const locked = await lock(db, ctx, { id: scan.id, accountId: account.id });
    requireOpen(locked.scan, scan, {});
    const finishing = { ctx, db, account, ...locked };
    requireOrder(ctx, locked.head, locked.scan, options.at === undefined ? {} : { at: options.at });
    const { head } = locked;
    const { reason } = options;
    const at = options.at ?? ctx.clock.now();
    const before = await loadList(db, ctx, head.scan_id);
    const came = head.scan_id === null ? [] : diffLists(before, await loadList(db, ctx, scan.id)).came;
    const followers = head.scan_id === null ? null : (head.followers ?? 0) + came.length;
    await writeChanges(finishing, { came, leavers: [], at });
    if (head.scan_id !== null && came.length > 0) {
      await db.run(prependPage, [ctx.workspace.id, head.scan_id, came.length, encodeKeys(came)]);
      await db.run(moveHead, [ctx.workspace.id, account.id, head.scan_id, followers, at, came.length, 0]);
    }
    await db.run(deletePages, [ctx.workspace.id, scan.id]);
    const isWhole = scan.kind === 'new' && reason === null;
    return end(finishing, {
      state: isWhole ? 'complete' : 'partial', at, gained: came.length, lost: 0, followers, reason, action: isWhole ? 'sync:complete' : 'sync:partial',
    });
  });
}

/** Ends a scan that could not be done; nothing of it is recorded. No permission: the caller has checked it, or is a job. */
export async function failScan(ctx: WorkspaceContext, account: FinishingAccount, scan: ScanRow, reason: string): Promise<ScanRow> {
  return ctx.transaction(async (db) => {
    const locked = await lock(db, ctx, { id: scan.id, accountId: account.id });
    requireOpen(locked.scan, scan, {});
    await db.run(deletePages, [ctx.workspace.id, scan.id]);
    return end({ ctx, db, account, ...locked }, { state: 'failed', at: ctx.clock.now(), gained: 0, lost: 0, followers: null, reason, action: 'sync:failed' });
  });
}

interface Ending {
  readonly state: ScanRow['state'];
  readonly at: Date;
  readonly gained: number;
  readonly lost: number;
  readonly followers: number | null;
  readonly reason: string | null;
  readonly action: AuditAction;
}

async function end(finishing: Finishing, ending: Ending): Promise<ScanRow> {
  const { ctx, db, account, scan, head } = finishing;
  const row = await db.one(endScan, [
    ctx.workspace.id, scan.id, ending.state, ending.at, ending.gained, ending.lost, head.gained, head.lost, ending.followers, ending.reason,
  ]);
  await recordAudit(db, ctx, {
    action: scan.kind === 'import' && ending.state === 'complete' ? 'import:commit' : ending.action,
    entity: { type: 'account', id: account.id, name: account.label },
    metadata: { scan: scan.id, kind: scan.kind, received: scan.received, stated: scan.stated, gained: ending.gained, lost: ending.lost },
  });
  const topics: readonly EventTopic[] = ['scans', 'audience', 'audit'];
  for (const topic of topics) await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic, id: account.id, progress: 0 });
  return row;
}
