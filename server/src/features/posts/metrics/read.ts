import type { Db } from '../../../platform/db/database.ts';
import { ProviderError, type PostMetricsManifest, type PostReading, type Publication } from '../../../providers/provider.ts';
import { callNetwork, findAccount, type AccountRow } from '../../accounts/index.ts';
import type { WorkspaceContext } from '../../context.ts';
import { findPause, lockMoney, pauseReadings } from '../publish/room.ts';
import { tellBrowsers } from '../rows.ts';
import { readMoneyLeft } from '../spending/service.ts';
import { nextReadingAt } from './cadence.ts';
import { deleteReadingCost, insertReading, listDue, planReading, postponeReadings, saveReadingCost, thinReadings, type DuePost } from './queries.ts';

const minuteMs = 60_000;
/** A post that is missing from an answer is looked for once more before anybody is told: lists lag behind. */
const missedAgainMs = 15 * minuteMs;
const troubleMs = 15 * minuteMs;
const unconnectedMs = 60 * minuteMs;
/** A permission or money that is missing comes from a person, at some time. */
const untilPersonMs = 6 * 60 * minuteMs;
const batchesMax = 20;

interface Batch {
  readonly account: AccountRow;
  readonly rules: PostMetricsManifest;
  readonly posts: readonly DuePost[];
}

/**
 * Reads what is due on one account, batch by batch. It yields to publishing: it waits where sends wait, and spends only what the
 * budget has left after all that is planned. No permission: runs as a job.
 */
export async function readDueFigures(ctx: WorkspaceContext, { accountId, signal }: { accountId: string; signal: AbortSignal }): Promise<void> {
  for (let count = 0; count < batchesMax && !signal.aborted; count += 1) {
    const batch = await takeBatch(ctx, accountId);
    if (batch === null) return;
    const publications = batch.posts.map(toPublication);
    try {
      const readings = await callNetwork(ctx, accountId, async (provider, call) => {
        if (provider.readPostMetrics === undefined) throw new ProviderError('notSupported', 'This network gives no figures of posts.');
        return provider.readPostMetrics(call, publications);
      }, signal);
      await keepReadings(ctx, batch, readings);
    } catch (error) {
      await settleFailure(ctx, batch, error);
      return;
    }
  }
}

function toPublication({ external_id: externalId, url, ref }: DuePost): Publication {
  return { externalId: externalId ?? '', url, ref: ref ?? {} };
}

const later = (ctx: WorkspaceContext, inMs: number): Date => new Date(ctx.clock.now().getTime() + inMs);
const dayOf = (ctx: WorkspaceContext): string => ctx.clock.now().toISOString().slice(0, 10);

/** What may be read now; null when there is nothing, and what is due then waits. No permission: part of a job. No audit: nothing but times. */
async function takeBatch(ctx: WorkspaceContext, accountId: string): Promise<Batch | null> {
  return ctx.transaction(async (db) => {
    const account = await findAccount(db, ctx, accountId);
    if (account === null) return null;
    const wait = async (until: Date | null, reason: string | null): Promise<null> => {
      await db.run(postponeReadings, [ctx.workspace.id, accountId, ctx.clock.now(), until, reason]);
      return null;
    };
    const rules = ctx.providers.get(account.network)?.manifest.postMetrics ?? null;
    if (rules === null) return wait(null, null);
    if (account.state !== 'connected') return wait(later(ctx, unconnectedMs), 'The account has to be connected again.');
    const pause = await findPause(db, { ctx, account });
    if (pause !== null) return wait(later(ctx, Math.max(1, pause.wait_seconds) * 1000), pause.reason);
    const due = await db.many(listDue, [ctx.workspace.id, accountId, ctx.clock.now(), rules.batchMax, dayOf(ctx)]);
    const nameless = due.filter(({ external_id }) => external_id === null);
    for (const { target_id: id } of nameless) await db.run(planReading, [ctx.workspace.id, id, null, null, null]);
    const named = due.filter(({ external_id }) => external_id !== null);
    const posts = await pay(db, ctx, { account, rules, posts: named });
    if (posts.length > 0) return { account, rules, posts };
    return named.length === 0 ? null : wait(later(ctx, untilPersonMs), 'Reading costs money on this network, and the budget of the account for this month is used up or planned.');
  });
}

/** Those that the budget pays for, youngest first; their price is noted before the network is asked. */
async function pay(db: Db, ctx: WorkspaceContext, { account, rules, posts }: Batch): Promise<readonly DuePost[]> {
  const { priceMicros } = rules;
  if (priceMicros === null || posts.length === 0) return posts;
  await lockMoney(db, { ctx, account });
  let left = await readMoneyLeft(db, ctx, account);
  const affordable = posts.filter(({ is_paid: isPaid }) => {
    if (isPaid) return true;
    left -= priceMicros;
    return left >= 0;
  });
  const fresh = affordable.filter(({ is_paid }) => !is_paid).map(({ target_id }) => target_id);
  await db.run(saveReadingCost, [ctx.workspace.id, account.id, fresh, dayOf(ctx), priceMicros, ctx.clock.now()]);
  return affordable;
}

/** No permission: part of a job. No audit: a reading, like any other figure. */
async function keepReadings(ctx: WorkspaceContext, { rules, posts }: Batch, readings: readonly PostReading[]): Promise<void> {
  const now = ctx.clock.now();
  const isPriced = rules.priceMicros !== null;
  await ctx.transaction(async (db) => {
    for (const [index, post] of posts.entries()) {
      const reading = readings[index] ?? { state: 'hidden' };
      const next = nextReadingAt({ publishedAt: post.published_at, now, isPriced });
      const plan = (at: Date | null, missedAt: Date | null, reason: string | null): Promise<number> =>
        db.run(planReading, [ctx.workspace.id, post.target_id, at, missedAt, reason]);
      if (reading.state === 'found') {
        await db.run(insertReading, [ctx.workspace.id, post.target_id, now, JSON.stringify(reading.figures)]);
        await plan(next, null, null);
      } else if (reading.state === 'hidden') await plan(next, post.missed_at, 'The network did not answer about this post.');
      else await plan(post.missed_at === null ? later(ctx, missedAgainMs) : null, post.missed_at ?? now, null);
    }
    const unanswered = posts.filter(({ is_paid: isPaid }, index) => !isPaid && readings[index]?.state !== 'found').map(({ target_id }) => target_id);
    if (isPriced && unanswered.length > 0) await db.run(deleteReadingCost, [ctx.workspace.id, unanswered, dayOf(ctx)]);
    await db.run(thinReadings, [ctx.workspace.id, posts.map(({ target_id }) => target_id), now]);
    for (const postId of new Set(posts.map(({ post_id }) => post_id))) await tellBrowsers(db, ctx, postId);
  });
}

/** Everything due on the account waits for as long as the failure means. No permission: part of a job. No audit: nothing but times. */
async function settleFailure(ctx: WorkspaceContext, { account, rules, posts }: Batch, error: unknown): Promise<void> {
  const { until, reason } = judge(ctx, error);
  await ctx.transaction(async (db) => {
    // A lost answer may have been billed all the same; a refusal is not.
    if (rules.priceMicros !== null && error instanceof ProviderError && !['retryable', 'garbled'].includes(error.kind)) {
      await db.run(deleteReadingCost, [ctx.workspace.id, posts.filter(({ is_paid }) => !is_paid).map(({ target_id }) => target_id), dayOf(ctx)]);
    }
    if (error instanceof ProviderError && error.kind === 'rateLimited' && until !== null) {
      await pauseReadings(db, { ctx, account }, { scope: error.scope, seconds: (until.getTime() - ctx.clock.now().getTime()) / 1000, reason });
    }
    await db.run(postponeReadings, [ctx.workspace.id, account.id, ctx.clock.now(), until, reason]);
  });
  if (!(error instanceof ProviderError)) throw error;
}

function judge(ctx: WorkspaceContext, error: unknown): { readonly until: Date | null; readonly reason: string } {
  if (!(error instanceof ProviderError)) return { until: later(ctx, troubleMs), reason: 'Something went wrong on our side.' };
  const { kind, message } = error;
  if (kind === 'notSupported') return { until: null, reason: message };
  if (kind === 'rateLimited') return { until: error.until ?? later(ctx, troubleMs), reason: message };
  if (kind === 'revoked' || kind === 'expired') return { until: later(ctx, unconnectedMs), reason: 'The account has to be connected again.' };
  return { until: kind === 'rejected' ? later(ctx, untilPersonMs) : (error.until ?? later(ctx, troubleMs)), reason: message };
}
