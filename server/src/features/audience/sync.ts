import { ProviderError, type FollowerPage, type Manifest, type PersonStatus, type Profile } from '../../providers/provider.ts';
import { AppError } from '../../platform/errors.ts';
import { callNetwork, findAccount, recordProfile, refreshPublishLimits, scheduleSync, type AccountRow } from '../accounts/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { loadCurrentList } from './current-list.ts';
import { failScan, finishFullScan, finishPartialScan, noteMissing, type FinishingAccount } from './finish.ts';
import { syncJob } from './jobs.ts';
import { createPersonKeys, type KeyPerson } from './keys.ts';
import { externalIds, insertMetric, readHead, setMissedStatus, type ScanRow } from './queries.ts';
import { beginScan, resumeScan, ScanLostError, stagePage } from './scan.ts';

/** A newest-first look stops at this many known people in a row. */
const knownInRowEnough = 20;
/** Twice a day, give or take an hour, so that accounts do not all come due at once. */
const syncEveryMs = 12 * 3600_000;
const syncSpreadMs = 3600_000;

interface Syncing {
  readonly ctx: WorkspaceContext;
  readonly account: AccountRow;
  readonly manifest: Manifest;
  readonly finishing: FinishingAccount;
  readonly keyPerson: KeyPerson;
  readonly signal: AbortSignal;
}

export interface SyncRequest {
  readonly accountId: string;
  readonly kind: 'full' | 'new';
  readonly signal: AbortSignal;
  /** False while the job will be tried again: the scan then stays open and is resumed. */
  readonly isLastAttempt: boolean;
}

/**
 * Syncs one account: profile and metrics, then the follower list where the network has one. May be called again at any
 * point after any failure: it continues at the page that was not stored. Throws what the job engine should retry.
 * No permission: runs as a job.
 */
export async function syncAccount(ctx: WorkspaceContext, request: SyncRequest): Promise<void> {
  const account = await ctx.transaction((db) => findAccount(db, ctx, request.accountId));
  const manifest = account === null ? undefined : ctx.providers.get(account.network)?.manifest;
  if (account === null || manifest === undefined) return;
  const syncing: Syncing = {
    ctx, account, manifest, signal: request.signal,
    finishing: finishingAccount(account, manifest), keyPerson: createPersonKeys(ctx.secretKey, account.network),
  };
  if (account.state !== 'connected') {
    await closeOpenScan(syncing, 'The account is not connected any more.');
    return;
  }
  try {
    const profile = await readFigures(syncing);
    await refreshPublishLimits(ctx, account, request.signal);
    if (manifest.followers !== null) await syncFollowers(syncing, request.kind, profile);
    await ctx.transaction((db) => scheduleSync(db, ctx, account.id, nextSyncAt(ctx)));
  } catch (error) {
    await settleFailure(syncing, request, error);
  }
}

/** What finishing a scan needs to know of an account; also for accounts that only take imports. */
export function finishingAccount(account: AccountRow, manifest: Manifest | undefined): FinishingAccount {
  const followers = manifest?.followers ?? null;
  return {
    id: account.id, label: `${account.handle} (${account.network_name})`, canSkip: followers?.canSkip ?? false,
    tolerance: { share: followers?.toleranceShare ?? 0, count: followers?.toleranceCount ?? 0 },
  };
}

/** What the schedule asks for: newcomers alone where the network bills each row, the whole list elsewhere. */
export function scheduledKind(account: AccountRow, manifest: Manifest | undefined): 'full' | 'new' {
  return manifest?.followers?.isBilled === true && !account.simulated ? 'new' : 'full';
}

function nextSyncAt(ctx: WorkspaceContext): Date {
  return new Date(ctx.clock.now().getTime() + syncEveryMs + (Math.random() - 0.5) * 2 * syncSpreadMs);
}

async function readFigures({ ctx, account, manifest, signal }: Syncing): Promise<Profile> {
  const profile = await callNetwork(ctx, account.id, (provider, call) => provider.readProfile(call), signal);
  const metrics = manifest.capabilities.includes('metrics')
    ? await callNetwork(ctx, account.id, async (provider, call) => (await provider.readMetrics?.(call)) ?? [], signal)
    : [];
  const at = ctx.clock.now();
  const counts = { followers: profile.followers, following: profile.following, posts: profile.posts };
  await ctx.transaction(async (db) => {
    await recordProfile(db, ctx, account.id, profile);
    for (const [metric, value] of Object.entries(counts)) {
      if (value !== null) await db.run(insertMetric, [ctx.workspace.id, account.id, at, metric, value, 'measured']);
    }
    for (const { metric, value, source } of metrics) {
      if (!(metric in counts)) await db.run(insertMetric, [ctx.workspace.id, account.id, at, metric, value, source]);
    }
    await recordAudit(db, ctx, {
      action: 'metrics:record', entity: { type: 'account', id: account.id, name: account.handle },
      metadata: { metrics: Object.keys(counts).length + metrics.length },
    });
    await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'accounts', id: account.id, progress: 0 });
  });
  return profile;
}

async function syncFollowers(syncing: Syncing, kind: 'full' | 'new', profile: Profile): Promise<void> {
  let scan = await openScan(syncing, kind, profile);
  if (scan === null) return;
  const known = scan.kind === 'new' ? await loadKnown(syncing) : null;
  while (!scan.cursor_closed) {
    const page = await readPage(syncing, scan);
    scan = await keepPage(syncing, scan, page);
    if (known !== null && isReachingKnown(page, known, syncing.keyPerson)) break;
  }
  if (scan.kind === 'new') {
    const finished = await finishPartialScan(syncing.ctx, syncing.finishing, scan, { reason: null });
    await demandFullScan(syncing, finished, profile);
    return;
  }
  await lookUpMissing(syncing, scan);
  await finishFullScan(syncing.ctx, syncing.finishing, scan);
}

async function openScan(syncing: Syncing, kind: 'full' | 'new', profile: Profile): Promise<ScanRow | null> {
  const { ctx, account, manifest } = syncing;
  return ctx.transaction(async (db) => {
    const resumed = await resumeScan(db, ctx, account.id);
    if (resumed !== null) return resumed;
    const head = await db.maybe(readHead, [ctx.workspace.id, account.id]);
    const hasList = head !== null && head.scan_id !== null;
    const isNewestFirst = manifest.followers?.newestFirst === true;
    const scan = await beginScan(db, ctx, {
      accountId: account.id, kind: kind === 'new' && hasList && isNewestFirst ? 'new' : 'full', stated: profile.followers,
    });
    if (scan === null) return null;
    await recordAudit(db, ctx, {
      action: 'sync:start', entity: { type: 'account', id: account.id, name: account.handle }, metadata: { scan: scan.id, kind: scan.kind },
    });
    await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'scans', id: account.id, progress: 0 });
    return scan;
  });
}

async function readPage({ ctx, account, signal }: Syncing, scan: ScanRow): Promise<FollowerPage> {
  return callNetwork(ctx, account.id, async (provider, call) => {
    if (provider.listFollowers === undefined) throw new ProviderError('notSupported', 'This network gives no follower lists.');
    return provider.listFollowers(call, scan.cursor);
  }, signal);
}

async function keepPage({ ctx, account, keyPerson }: Syncing, scan: ScanRow, page: FollowerPage): Promise<ScanRow> {
  // A cursor that points at itself would read the same page for ever.
  if (page.nextCursor !== null && page.nextCursor === scan.cursor) throw new ProviderError('garbled', 'The network gave the same page twice.');
  return ctx.transaction(async (db) => {
    const staged = await stagePage(db, ctx, { scan, page, keyPerson, target: { accountId: account.id, network: account.network } });
    await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'scans', id: account.id, progress: staged.received });
    return staged;
  });
}

async function loadKnown({ ctx, account }: Syncing): Promise<Set<bigint>> {
  const current = await ctx.transaction((db) => loadCurrentList(db, ctx, account.id));
  return new Set(current?.keys);
}

function isReachingKnown(page: FollowerPage, known: Set<bigint>, keyPerson: KeyPerson): boolean {
  let inRow = 0;
  for (const row of page.rows) {
    inRow = known.has(keyPerson(row.externalId)) ? inRow + 1 : 0;
    if (inRow >= knownInRowEnough) return true;
  }
  return page.rows.length > 0 && inRow === page.rows.length;
}

/** When the stated count is not what we now have, only a full scan can say who left. */
async function demandFullScan({ ctx, account, manifest }: Syncing, finished: ScanRow, profile: Profile): Promise<void> {
  if (scheduledKind(account, manifest) === 'new') return;
  if (profile.followers === null || finished.followers === profile.followers) return;
  await ctx.transaction((db) =>
    ctx.jobs.enqueue(db, syncJob, { workspaceId: ctx.workspace.id, accountId: account.id, kind: 'full' }, { key: account.id }),
  );
}

async function lookUpMissing(syncing: Syncing, scan: ScanRow): Promise<void> {
  const { ctx, account, manifest, signal } = syncing;
  const missing = await noteMissing(ctx, syncing.finishing, scan);
  if (!manifest.capabilities.includes('follower-status') || missing.length === 0) return;
  const people = await ctx.transaction((db) => db.many(externalIds, [ctx.workspace.id, account.network, missing]));
  for (const person of people) {
    const status = await callNetwork(ctx, account.id, async (provider, call): Promise<PersonStatus> =>
      (await provider.lookUpPerson?.(call, person.external_id)) ?? 'unknown', signal);
    await ctx.transaction((db) => db.run(setMissedStatus, [ctx.workspace.id, account.id, person.key, status]));
  }
}

/**
 * Decides what a failure means. Rate-limited: the scan stays open and goes on when the network allows. Worth another try:
 * thrown on to the job engine. Final: what was read counts as far as it can, newcomers only.
 */
async function settleFailure(syncing: Syncing, request: SyncRequest, error: unknown): Promise<void> {
  const { ctx, account } = syncing;
  if (error instanceof ScanLostError) return;
  if (error instanceof ProviderError && error.kind === 'rateLimited') {
    const until = error.until ?? new Date(ctx.clock.now().getTime() + 15 * 60_000);
    await ctx.transaction((db) =>
      ctx.jobs.enqueue(db, syncJob, { workspaceId: ctx.workspace.id, accountId: account.id, kind: request.kind }, { key: account.id, startAfter: until }),
    );
    return;
  }
  const isFinal = error instanceof ProviderError && ['revoked', 'rejected', 'notSupported'].includes(error.kind);
  if (!isFinal && !request.isLastAttempt) throw error;
  await closeOpenScan(syncing, error instanceof ProviderError ? error.message : 'The sync could not be finished.');
  await ctx.transaction((db) => scheduleSync(db, ctx, account.id, nextSyncAt(ctx)));
  if (!isFinal) throw error;
}

async function closeOpenScan({ ctx, account, finishing }: Syncing, reason: string): Promise<void> {
  const scan = await ctx.transaction(async (db) => {
    const running = await resumeScan(db, ctx, account.id);
    return running === null && account.state === 'connected' ? beginScan(db, ctx, { accountId: account.id, kind: 'full', stated: null }) : running;
  });
  if (scan === null) return;
  if (scan.received === 0) {
    await failScan(ctx, finishing, scan, reason);
    return;
  }
  try {
    await finishPartialScan(ctx, finishing, scan, { reason });
  } catch (error) {
    // What may not be added to the list in force must not stay open either: it would be taken for a list of a later day.
    if (!(error instanceof AppError)) throw error;
    await failScan(ctx, finishing, scan, error.message);
  }
}
