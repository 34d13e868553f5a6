import { createHash } from 'node:crypto';
import type { BodyOf, QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type { FieldError } from '@rookery/contract/errors.ts';
import { freeSlotsMax, slotDaysMax, type AccountSlots, type findNextSlot, type FreeSlot, type listFreeSlots, type listSlots, type replaceSlots, type Slot } from '@rookery/contract/slots.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { findAccount, listAccountRows, type AccountRow } from '../accounts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { chooseSlot, holdSlots, rangeAhead, readWeek, type Range, type Week } from './choose.ts';
import { deleteSlots, insertSlots, listSlotRows } from './queries.ts';
import { formatMinute, keyOfSlot, readMinute, slotTimes, type SlotTime, type WeekSlot } from './week.ts';

const dayMs = 86_400_000;

/** Whether posts can go out on it from here, now or once it is connected again. */
function canPublish(ctx: WorkspaceContext, { network, state }: AccountRow): boolean {
  return (state === 'connected' || state === 'reconnect') && (ctx.providers.get(network)?.manifest.publishing ?? null) !== null;
}

function toMoment({ wallTime, at }: SlotTime): { wallTime: string; at: string } {
  return { wallTime, at: at.toISOString() };
}

function versionOf(slots: readonly WeekSlot[]): string {
  return createHash('sha256').update(slots.map(keyOfSlot).join()).digest('hex').slice(0, 16);
}

function describeSlots(ctx: WorkspaceContext, account: AccountRow, { week, range }: { week: Week; range: Range }): AccountSlots {
  const slots = week.slots.get(account.id) ?? [];
  const next = canPublish(ctx, account) ? chooseSlot(week, [account.id], { zone: ctx.workspace.timeZone, range }).slot : null;
  return {
    accountId: account.id, handle: account.handle, slots: slots.map(({ weekday, minute }) => ({ weekday, time: formatMinute(minute) })),
    version: versionOf(slots), nextFree: next === null ? null : toMoment(next),
  };
}

/** The weekly slots of every account that can publish, in the order of the accounts. */
export async function readSlots(ctx: WorkspaceContext): Promise<ReplyOf<typeof listSlots>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => {
    const accounts = (await listAccountRows(db, ctx)).filter((account) => canPublish(ctx, account));
    const range = rangeAhead(ctx);
    const week = await readWeek(db, ctx, { accountIds: accounts.map(({ id }) => id), range, exceptPostId: null });
    return { zone: ctx.workspace.timeZone, accounts: accounts.map((account) => describeSlots(ctx, account, { week, range })) };
  });
}

function requireDistinct(slots: readonly Slot[]): WeekSlot[] {
  const seen = new Set<number>();
  const errors: FieldError[] = [];
  const wanted = slots.map(({ weekday, time }) => ({ weekday, minute: readMinute(time) }));
  for (const [index, slot] of wanted.entries()) {
    if (seen.has(keyOfSlot(slot))) errors.push({ pointer: `/slots/${index}`, code: 'twice', message: `${slots[index]?.time ?? 'A time'} is there twice on one day. Leave one of them out.` });
    seen.add(keyOfSlot(slot));
  }
  const [first] = errors;
  if (first !== undefined) throw new AppError('invalid-input', first.message, { fields: errors });
  return wanted.sort((a, b) => keyOfSlot(a) - keyOfSlot(b));
}

/** Replaces the slots of an account. Posts keep the time that they have. The same list again changes nothing. */
export async function setSlots(ctx: WorkspaceContext, accountId: string, body: BodyOf<typeof replaceSlots>): Promise<ReplyOf<typeof replaceSlots>> {
  requirePermission(ctx, 'accounts:manage');
  const wanted = requireDistinct(body.slots);
  return ctx.transaction(async (db) => {
    await holdSlots(db, ctx);
    const account = await findAccount(db, ctx, accountId);
    if (account === null) throw new AppError('not-found');
    if (wanted.length > 0 && !canPublish(ctx, account)) {
      throw new AppError('not-supported', `Posts cannot go out on ${account.handle} from here, so it needs no slots. Connect it first.`);
    }
    const before = await db.many(listSlotRows, [ctx.workspace.id, [accountId]]);
    if (body.version !== undefined && body.version !== versionOf(before)) {
      throw new AppError('conflict', 'Somebody has changed these slots since you opened them. Look at them again, then make your change.');
    }
    if (versionOf(before) !== versionOf(wanted)) await writeSlots(db, ctx, { account, before, wanted });
    const range = rangeAhead(ctx);
    const week = await readWeek(db, ctx, { accountIds: [accountId], range, exceptPostId: null });
    return { account: describeSlots(ctx, account, { week, range }) };
  });
}

async function writeSlots(
  db: Db, ctx: WorkspaceContext, { account, before, wanted }: { account: AccountRow; before: readonly WeekSlot[]; wanted: readonly WeekSlot[] },
): Promise<void> {
  await db.run(deleteSlots, [ctx.workspace.id, account.id]);
  await db.run(insertSlots, [ctx.workspace.id, account.id, wanted.map(({ weekday }) => weekday), wanted.map(({ minute }) => minute)]);
  await recordAudit(db, ctx, {
    action: 'slots:replace', entity: { type: 'account', id: account.id, name: account.handle },
    metadata: { before: { slots: inWords(before) }, after: { slots: inWords(wanted) } },
  });
  await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'slots', id: account.id, progress: 0 });
}

const weekdayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function inWords(slots: readonly WeekSlot[]): string {
  return slots.map(({ weekday, minute }) => `${weekdayNames[weekday - 1] ?? ''} ${formatMinute(minute)}`).join(', ');
}

/** What was asked for, as far as it lies ahead and within reach; null for nothing. */
function rangeOf(ctx: WorkspaceContext, query: Pick<QueryOf<typeof listFreeSlots>, 'from' | 'to'>): Range | null {
  const nowMs = ctx.clock.now().getTime();
  const fromMs = Math.max(nowMs, query.from === undefined ? nowMs : Date.parse(query.from));
  const toMs = Math.min(query.to === undefined ? Infinity : Date.parse(query.to), fromMs + slotDaysMax * dayMs);
  const isNear = fromMs < nowMs + 5 * 366 * dayMs;
  return isNear && fromMs < toMs ? { from: new Date(fromMs), to: new Date(toMs) } : null;
}

/** Slots to come at which nothing of the account stands, each time once with the accounts that are free then. */
export async function readFreeSlots(ctx: WorkspaceContext, query: QueryOf<typeof listFreeSlots>): Promise<ReplyOf<typeof listFreeSlots>> {
  requirePermission(ctx, 'posts:read');
  const limit = query.limit ?? freeSlotsMax;
  const zone = ctx.workspace.timeZone;
  const range = rangeOf(ctx, query);
  if (range === null) return { zone, slots: [], isCut: false };
  const week = await ctx.transaction(async (db) => {
    const accounts = (await listAccountRows(db, ctx)).filter((account) => canPublish(ctx, account) && (query.account === undefined || account.id === query.account));
    return readWeek(db, ctx, { accountIds: accounts.map(({ id }) => id), range, exceptPostId: null });
  });
  const found: FreeSlot[] = [];
  for (const { slot, accountIds } of mergeSlots(week, { zone, range })) {
    const free = accountIds.filter((accountId) => week.isFree(accountId, slot.at));
    if (free.length > 0) found.push({ ...toMoment(slot), accountIds: free });
    if (found.length > limit) break;
  }
  return { zone, slots: found.slice(0, limit), isCut: found.length > limit };
}

/** The slots of all accounts in order, each time of the week once with the accounts that have it. */
function* mergeSlots(week: Week, { zone, range }: { zone: string; range: Range }): Generator<{ slot: SlotTime; accountIds: readonly string[] }> {
  const all = [...week.slots].flatMap(([accountId, slots]) => slots.map((slot) => ({ accountId, slot })));
  const byKey = Map.groupBy(all, ({ slot }) => keyOfSlot(slot));
  const distinct = [...byKey.values()].flatMap(([first]) => first?.slot ?? []);
  for (const slot of slotTimes(distinct, zone, range)) {
    yield { slot, accountIds: (byKey.get(keyOfSlot(slot)) ?? []).map(({ accountId }) => accountId) };
  }
}

/** The slot that a post would get now. It is not kept for anybody: two who ask see the same one, and get two different ones. */
export async function readNextSlot(ctx: WorkspaceContext, body: BodyOf<typeof findNextSlot>): Promise<ReplyOf<typeof findNextSlot>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => {
    const known = new Set((await listAccountRows(db, ctx)).map(({ id }) => id));
    const errors = body.accountIds.flatMap((id, index): FieldError[] =>
      known.has(id) ? [] : [{ pointer: `/accountIds/${index}`, code: 'unknown', message: 'There is no such account in this workspace.' }]);
    const [first] = errors;
    if (first !== undefined) throw new AppError('invalid-input', first.message, { fields: errors });
    const range = rangeAhead(ctx);
    const week = await readWeek(db, ctx, { accountIds: body.accountIds, range, exceptPostId: body.postId ?? null });
    const { slot, problem } = chooseSlot(week, body.accountIds, { zone: ctx.workspace.timeZone, range });
    return {
      zone: ctx.workspace.timeZone, slot: slot === null ? null : toMoment(slot), reason: problem?.message ?? null,
      withoutSlots: body.accountIds.filter((id) => !week.slots.has(id)),
    };
  });
}
