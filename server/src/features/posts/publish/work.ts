import { doubtReason } from '@rookery/contract/posts.ts';
import type { Db } from '../../../platform/db/database.ts';
import { findAccount, readServer } from '../../accounts/index.ts';
import type { WorkspaceContext } from '../../context.ts';
import { HandsOffError, ensureParts, type Held } from './hold.ts';
import { deleteParts, lookForPart } from './look.ts';
import { claim, findPause, interruptAttempts, lockHeld, readClaimed, release, type PartRow } from './queries.ts';
import { beginPart, sendParts } from './send.ts';
import { endingOfDeletion, letGo } from './settle.ts';
import { decideDoubt, lateHoursMax, type PublishTimes } from './times.ts';

/** What a worker has found to do with the target it took; null when there is nothing for now. */
type Task =
  | { readonly kind: 'send'; readonly held: Held; readonly part: PartRow; readonly attemptId: string }
  | { readonly kind: 'look'; readonly held: Held; readonly part: PartRow }
  | { readonly kind: 'delete'; readonly held: Held };

export interface WorkOptions {
  readonly times: PublishTimes;
  readonly signal: AbortSignal;
}

/**
 * Takes one target that is due and brings it a step further: sends it, looks for it, deletes it, or decides that it has to wait.
 * Safe to be killed anywhere: whoever takes the row next knows from what is committed whether the network may have been asked.
 * No permission: runs as a job. No audit: each outcome writes its own.
 */
export async function workOnTarget(ctx: WorkspaceContext, targetId: string, options: WorkOptions): Promise<void> {
  try {
    const task = await ctx.transaction((db) => take(db, ctx, { targetId, options }));
    if (task === null) return;
    if (task.kind === 'send') return await sendParts(task);
    if (task.kind === 'delete') return await deleteParts(task.held);
    const isMore = await lookForPart(task.held, task.part);
    // The row is ours still, in the state of a part that has just gone out: the next one is claimed like any other.
    if (isMore) await ctx.transaction((db) => db.run(release, [ctx.workspace.id, targetId, 'scheduled', null, 0, 0, 0]));
  } catch (error) {
    if (!(error instanceof HandsOffError)) throw error;
  }
}

async function take(db: Db, ctx: WorkspaceContext, { targetId, options }: { targetId: string; options: WorkOptions }): Promise<Task | null> {
  if ((await db.run(claim, [ctx.workspace.id, targetId, options.times.leaseSeconds])) === 0) return null;
  const target = await db.one(readClaimed, [ctx.workspace.id, targetId, lateHoursMax]);
  await db.run(interruptAttempts, [ctx.workspace.id, target.id, target.fence]);
  const account = await findAccount(db, ctx, target.account_id);
  const provider = account === null ? null : ctx.providers.get(account.network);
  const publishing = account?.publishing ?? null;
  if (account === null || provider === null || publishing === null) {
    await db.run(release, [ctx.workspace.id, target.id, 'failed', 'This network cannot be published to from this server.', null, 0, 0]);
    return null;
  }
  const parts = await ensureParts(db, ctx, target);
  const held: Held = { ctx, target, account, provider, publishing, server: await readServer(db, ctx, account), parts, ...options };
  if (target.state === 'published') return { kind: 'delete', held };
  const part = parts.find(({ published_at }) => published_at === null);
  if (part === undefined) throw new Error(`target ${target.id} is ${target.state} and has nothing left to send`);
  if (account.state !== 'connected') return waitForAccount(db, held);
  return part.sent_at === null ? prepareSend(db, held, part) : resolveDoubt(db, held, part);
}

/** Nothing of this part has left: it may be sent, if its time and its network allow. */
async function prepareSend(db: Db, held: Held, part: PartRow): Promise<Task | null> {
  const { ctx, target, account, server } = held;
  if (target.is_deleting) {
    await letGo(db, held, endingOfDeletion(held), { attemptId: null, outcome: 'canceled', detail: null });
    return null;
  }
  if (target.is_overdue && part.position === 0) return fail(db, held, `It was due more than ${lateHoursMax} hours ago and could not be sent until now. Look at it, then try again.${target.reason === null ? '' : ` The last reason: ${target.reason}`}`);
  if (held.parts.some((before) => before.position < part.position && before.external_id === null)) {
    return fail(db, held, 'An earlier part was confirmed by hand, so the network cannot be told what this one answers. Finish the thread there.');
  }
  const pause = await db.maybe(findPause, [account.network, server ?? '']);
  if (pause !== null) {
    const reason = `${server ?? account.network_name} has not been answering; the post waits.`;
    await db.run(release, [ctx.workspace.id, target.id, 'scheduled', reason, Math.max(1, pause.wait_seconds), target.retries, target.looks]);
    return null;
  }
  return send(db, held, part);
}

async function send(db: Db, held: Held, part: PartRow): Promise<Task | null> {
  const attemptId = await beginPart(db, held, part);
  return attemptId === null ? null : { kind: 'send', held, part, attemptId };
}

async function resolveDoubt(db: Db, held: Held, part: PartRow): Promise<Task | null> {
  const { ctx, target, times, publishing } = held;
  const decision = target.looks > times.looksMax ? { step: 'review' as const }
    : decideDoubt(publishing, part, { now: ctx.clock.now(), times, isDeleting: target.is_deleting });
  if (decision.step === 'review') {
    await letGo(db, held, { state: 'review', reason: doubtReason, inSeconds: null }, { attemptId: null, outcome: 'unknown', detail: null });
    return null;
  }
  if (decision.step === 'resend') return send(db, held, part);
  if (decision.inSeconds > 0) {
    const reason = 'The worker ended while this was sent; finding out whether it went out.';
    await letGo(db, held, { state: 'unknown', reason, inSeconds: decision.inSeconds, retries: target.retries, looks: target.looks }, { attemptId: null, outcome: 'unknown', detail: null });
    return null;
  }
  await requireUnknown(db, held);
  return { kind: 'look', held, part };
}

/** A row that was found in `sending` is shown as what it is while somebody looks. */
async function requireUnknown(db: Db, { ctx, target, times }: Held): Promise<void> {
  if (target.state === 'unknown') return;
  const row = await db.maybe(lockHeld, [ctx.workspace.id, target.id, target.fence]);
  if (row === null) throw new HandsOffError();
  await db.run(release, [ctx.workspace.id, target.id, 'unknown', 'Finding out whether this went out.', times.leaseSeconds, target.retries, target.looks]);
}

async function waitForAccount(db: Db, held: Held): Promise<null> {
  const { ctx, target, account, times } = held;
  if (account.state === 'disconnected' || account.state === 'import') return fail(db, held, 'The account was disconnected.');
  if (target.is_overdue && target.state === 'scheduled') return fail(db, held, `The account has not been connected again for ${lateHoursMax} hours.`);
  const state = target.state === 'sending' ? 'unknown' : target.state;
  await db.run(release, [ctx.workspace.id, target.id, state, 'The account has to be connected again; the post waits.', times.waitSeconds, target.retries, target.looks]);
  return null;
}

async function fail(db: Db, held: Held, reason: string): Promise<null> {
  await letGo(db, held, { state: 'failed', reason, inSeconds: null }, { attemptId: null, outcome: 'refused', detail: null });
  return null;
}
