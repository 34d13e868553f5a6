import { createHmac } from 'node:crypto';
import { priceOfText } from '@rookery/contract/price.ts';
import { wallTimeOf } from '@rookery/contract/wall-time.ts';
import type { Db } from '../../../platform/db/database.ts';
import type { SendBudget } from '../../../providers/provider.ts';
import { monthOf } from '../spending/month.ts';
import { deleteCostOfAttempt, readSpent, saveCost } from '../spending/queries.ts';
import { describeOverspending } from '../spending/service.ts';
import type { Held } from './hold.ts';
import type { PartRow } from './queries.ts';
import { deleteUse, findSendPause, findWait, lockRoom, noteUse, pauseSends } from './room-queries.ts';

/** Why a part may not go out now. */
export interface Hold {
  readonly reason: string;
  readonly inSeconds: number;
  /** Until the time that has been promised: the post is not late before it. */
  readonly promisedSeconds: number;
  /** A person who waits for it is told at once. */
  readonly isRefusal: boolean;
}

/** A network counts from when a request reaches it: that may be this much later than our own count. */
const windowMarginSeconds = 30;
/** Of every budget, this share is kept for what a person publishes at once. */
const urgentShare = 0.1;
const readingPause = 'reading pause';

interface Use {
  readonly budget: SendBudget;
  readonly bucket: Buffer;
  readonly points: number;
}

function bucketOf({ ctx, account }: Pick<Held, 'ctx' | 'account'>, scope: SendBudget['scope'], name: string): Buffer {
  const whose = scope === 'app' ? null : account.external_id;
  return createHmac('sha256', ctx.secretKey).update(JSON.stringify(['send', account.network, account.simulated, name, whose])).digest();
}

/** Nobody else spends this account's money until the transaction ends. */
export async function lockMoney(db: Db, of: Pick<Held, 'ctx' | 'account'>): Promise<void> {
  await db.many(lockRoom, [[moneyOf(of).readBigInt64BE(0).toString()]]);
}

function moneyOf(of: Pick<Held, 'ctx' | 'account'>): Buffer {
  return bucketOf(of, 'account', `money ${of.ctx.workspace.id}`);
}

/** Why figures may not be read now: sends wait, or the network has refused readings. Null when they may. */
export async function findPause(db: Db, of: Pick<Held, 'ctx' | 'account'>): Promise<{ wait_seconds: number; reason: string } | null> {
  return db.maybe(findSendPause, [(['account', 'app'] as const).flatMap((scope) => ['pause', readingPause].map((name) => bucketOf(of, scope, name)))]);
}

/** No figures are read before that time; sends go on, as they are more urgent and have limits of their own. */
export async function pauseReadings(
  db: Db, of: Pick<Held, 'ctx' | 'account'>, pause: { readonly scope: SendBudget['scope']; readonly seconds: number; readonly reason: string },
): Promise<void> {
  await db.run(pauseSends, [bucketOf(of, pause.scope, readingPause), pause.seconds, pause.reason]);
}

function usesOf(held: Held, part: PartRow): readonly Use[] {
  return held.publishing.budgets.flatMap((budget) => {
    const { post, comment, image } = budget.points;
    const points = part.is_comment ? comment : post + image * part.media.length;
    return points === 0 ? [] : [{ budget, points, bucket: bucketOf(held, budget.scope, budget.name) }];
  });
}

/**
 * Why this part has to wait: the network has said so, its budgets are used up, or the account's money is. Null when it may go. Until
 * the transaction ends nobody else is let through the same budgets, so that any number of workers keep within them. Call `takeRoom`
 * in the same transaction.
 */
export async function findHold(db: Db, held: Held, part: PartRow): Promise<Hold | null> {
  const { account, publishing } = held;
  const uses = usesOf(held, part);
  const money = publishing.price === null || account.budget_micros === null ? [] : [moneyOf(held)];
  const doors = [...uses.map(({ bucket }) => bucket), ...money].map((bucket) => bucket.readBigInt64BE(0).toString());
  if (doors.length > 0) await db.many(lockRoom, [doors]);
  const pause = await db.maybe(findSendPause, [[bucketOf(held, 'account', 'pause'), bucketOf(held, 'app', 'pause')]]);
  if (pause !== null) {
    return { reason: `${pause.reason} It goes out ${timeIn(held, pause.wait_seconds)}.`, inSeconds: pause.wait_seconds, promisedSeconds: pause.wait_seconds, isRefusal: false };
  }
  let longest: Hold | null = null;
  for (const use of uses) {
    const wait = await findBudgetHold(db, held, use);
    if (wait !== null && wait.inSeconds > (longest?.inSeconds ?? 0)) longest = wait;
  }
  return longest ?? findMoneyHold(db, held, part);
}

async function findBudgetHold(db: Db, held: Held, { budget, bucket, points }: Use): Promise<Hold | null> {
  const { account, target } = held;
  const max = (budget.perPlan === undefined ? undefined : account.publish_limits?.[budget.perPlan]) ?? budget.max;
  const kept = target.is_urgent ? 0 : Math.ceil(max * urgentShare);
  const { wait_seconds: wait } = await db.one(findWait, [bucket, budget.windowSeconds + windowMarginSeconds, Math.max(0, max - kept - points)]);
  if (wait === null) return null;
  const inSeconds = Math.max(1, wait);
  const whose = budget.scope === 'app' ? 'all accounts of this server together' : 'this account';
  return {
    reason: `${account.network_name} takes ${max.toLocaleString('en')} ${budget.noun} within ${describeWindow(budget.windowSeconds)} from ${whose}; this goes out ${timeIn(held, inSeconds)}.`,
    inSeconds, promisedSeconds: inSeconds, isRefusal: false,
  };
}

async function findMoneyHold(db: Db, held: Held, part: PartRow): Promise<Hold | null> {
  const { ctx, account, publishing, target, times } = held;
  const budgetMicros = account.budget_micros;
  const costMicros = priceOfText(part.text, publishing);
  if (budgetMicros === null || costMicros === 0) return null;
  const now = ctx.clock.now();
  const month = monthOf(now, ctx.workspace.timeZone);
  const { micros: spentMicros } = await db.one(readSpent, [ctx.workspace.id, account.id, month.from, target.id, part.position]);
  if (spentMicros + costMicros <= budgetMicros) return null;
  const promisedSeconds = Math.max(1, (month.to.getTime() - now.getTime()) / 1000);
  return {
    reason: describeOverspending({ costMicros, spentMicros, budgetMicros }, month), promisedSeconds, isRefusal: target.is_urgent,
    // Looked at again every few minutes: somebody may raise the budget.
    inSeconds: Math.min(times.waitSeconds, promisedSeconds),
  };
}

/** Takes the room that `findHold` has found, in the name of the attempt. */
export async function takeRoom(db: Db, held: Held, part: PartRow, attemptId: string): Promise<void> {
  const { ctx, account, target, publishing } = held;
  const uses = usesOf(held, part);
  if (uses.length > 0) await db.run(noteUse, [uses.map(({ bucket }) => bucket), uses.map(({ points }) => points), attemptId]);
  const micros = priceOfText(part.text, publishing);
  if (micros > 0) await db.run(saveCost, [ctx.workspace.id, account.id, target.id, part.position, attemptId, micros, ctx.clock.now()]);
}

/** Gives back what an attempt has taken and surely not used: money when nothing is out, the network's count when it was never asked. */
export async function giveRoomBack(db: Db, { ctx, target }: Held, attempt: { readonly attemptId: string; readonly isSent: boolean }): Promise<void> {
  await db.run(deleteCostOfAttempt, [ctx.workspace.id, target.id, attempt.attemptId]);
  if (!attempt.isSent) await db.run(deleteUse, [attempt.attemptId]);
}

/** The network has said when it takes the next one: nobody sends before, for this account or for the whole app as it means it. */
export async function pauseUntil(db: Db, held: Held, pause: { readonly scope: SendBudget['scope']; readonly seconds: number; readonly reason: string }): Promise<void> {
  await db.run(pauseSends, [bucketOf(held, pause.scope, 'pause'), pause.seconds, pause.reason]);
}

function describeWindow(seconds: number): string {
  return seconds % 3600 === 0 ? (seconds === 3600 ? 'an hour' : `${seconds / 3600} hours`) : `${seconds / 60} minutes`;
}

/** `at 14:05`, with the day where it is another one, in the zone of the workspace. */
function timeIn({ ctx }: Held, seconds: number): string {
  const now = ctx.clock.now();
  const zone = ctx.workspace.timeZone;
  // Up to the next minute: it is never earlier than was said.
  const at = new Date(Math.ceil((now.getTime() + seconds * 1000) / 60_000) * 60_000);
  const [wall, today] = [wallTimeOf(at, zone), wallTimeOf(now, zone)];
  const day = wall.slice(0, 10) === today.slice(0, 10) ? '' : ` on ${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: zone })}`;
  return `at ${wall.slice(11)}${day}`;
}
