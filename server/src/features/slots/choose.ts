import { slotDaysMax } from '@rookery/contract/slots.ts';
import type { Db } from '../../platform/db/database.ts';
import { invalidField } from '../../platform/errors.ts';
import type { WorkspaceContext } from '../context.ts';
import { listSlotRows, listTaken, lockWorkspaceSlots } from './queries.ts';
import { keyOfSlot, slotTimes, type SlotTime, type WeekSlot } from './week.ts';

const dayMs = 86_400_000;

export interface Range {
  readonly from: Date;
  readonly to: Date;
}

/** The slots of some accounts, and the times that are taken. */
export interface Week {
  /** Accounts without slots are not in it. */
  readonly slots: ReadonlyMap<string, readonly WeekSlot[]>;
  readonly isFree: (accountId: string, at: Date) => boolean;
}

/** A choice, or why there is none: a code, and words that say what to do. */
export type Choice =
  | { readonly slot: SlotTime; readonly problem: null }
  | { readonly slot: null; readonly problem: { readonly pointer: string; readonly code: string; readonly message: string } };

/** The time in which slots are looked for, from now on. */
export function rangeAhead(ctx: WorkspaceContext): Range {
  const from = ctx.clock.now();
  return { from, to: new Date(from.getTime() + slotDaysMax * dayMs) };
}

/** Reads the slots of the accounts and what stands at them in the range. `exceptPostId` does not count as taken. */
export async function readWeek(
  db: Db, ctx: WorkspaceContext, { accountIds, range, exceptPostId }: { accountIds: readonly string[]; range: Range; exceptPostId: string | null },
): Promise<Week> {
  const rows = await db.many(listSlotRows, [ctx.workspace.id, accountIds]);
  const slots = Map.groupBy(rows, ({ account_id }) => account_id);
  const taken = new Set<string>();
  const keyOf = (accountId: string, at: Date): string => `${accountId} ${at.getTime()}`;
  if (slots.size > 0) {
    const found = await db.many(listTaken, [ctx.workspace.id, range.from, range.to, [...slots.keys()], exceptPostId]);
    for (const { account_id, minute_at } of found) taken.add(keyOf(account_id, minute_at));
  }
  return { slots, isFree: (accountId, at) => !taken.has(keyOf(accountId, at)) };
}

/**
 * The earliest slot that is free for all of these accounts that have slots: a post has one time. Accounts without slots set no
 * condition, they go out with the others.
 */
export function chooseSlot(week: Week, accountIds: readonly string[], { zone, range }: { zone: string; range: Range }): Choice {
  const refuse = (pointer: string, code: string, message: string): Choice => ({ slot: null, problem: { pointer, code, message } });
  if (accountIds.length === 0) return refuse('/targets', 'empty', 'Choose at least one account: it is its posting slots that count.');
  const asking = accountIds.filter((accountId) => week.slots.has(accountId));
  if (asking.length === 0) {
    const who = accountIds.length === 1 ? 'This account has no posting slots' : 'None of these accounts has posting slots';
    return refuse('/when', 'no-slots', `${who}. Add some under Queue slots, or choose a time.`);
  }
  const common = intersect(asking.map((accountId) => week.slots.get(accountId) ?? []));
  if (common.length === 0) {
    return refuse('/when', 'no-common-slot', 'These accounts have no posting slot in common. Give them one at the same time under Queue slots, or choose a time.');
  }
  for (const slot of slotTimes(common, zone, range)) {
    if (asking.every((accountId) => week.isFree(accountId, slot.at))) return { slot, problem: null };
  }
  return refuse('/when', 'no-free-slot', `Every posting slot of the next ${slotDaysMax} days is taken. Add more under Queue slots, or choose a time.`);
}

function intersect([first = [], ...others]: readonly (readonly WeekSlot[])[]): readonly WeekSlot[] {
  const keys = others.map((slots) => new Set(slots.map(keyOfSlot)));
  return first.filter((slot) => keys.every((known) => known.has(keyOfSlot(slot))));
}

/** From here to the end of the transaction nobody else in the workspace is given a slot. Call it before locking any post. */
export async function holdSlots(db: Db, ctx: WorkspaceContext): Promise<void> {
  await db.one(lockWorkspaceSlots, [ctx.workspace.id]);
}

/**
 * The slot that a post for these accounts gets; the slot that it has counts as free. Call `holdSlots` first, and store the post in the
 * same transaction. Throws 422 with what to do where there is none.
 */
export async function takeSlot(db: Db, ctx: WorkspaceContext, post: { id: string; accountIds: readonly string[] }): Promise<SlotTime & { readonly zone: string }> {
  const range = rangeAhead(ctx);
  const zone = ctx.workspace.timeZone;
  const week = await readWeek(db, ctx, { accountIds: post.accountIds, range, exceptPostId: post.id });
  const { slot, problem } = chooseSlot(week, post.accountIds, { zone, range });
  if (slot === null) throw invalidField(problem.pointer, problem.code, problem.message);
  return { ...slot, zone };
}
