import type { AudienceSummary, Range, getAudienceSummary } from '@rookery/contract/audience.ts';
import type { QueryOf } from '@rookery/contract/endpoint.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { addDays, dayOf, daysBetween, endOfDay, startOfDay } from '../../platform/zoned-days.ts';
import { findAccount, listAccountRows, type AccountRow } from '../accounts/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { countBefore, countDays, doubtfulDays, latestMeasure, scanDays } from './summary-queries.ts';

const rangeDays: Record<Range, number> = { '7d': 7, '30d': 30, '90d': 90, '12m': 365 };

interface Measure {
  readonly followers: number | null;
  readonly gained: number | null;
  readonly lost: number | null;
}

/** One account's or all accounts' figures per day, before they are added up. */
interface Span {
  readonly first: string;
  readonly last: string;
}

/** Growth over a range in days of the workspace's zone, beside the same length before it. */
export async function readAudienceSummary(ctx: WorkspaceContext, query: QueryOf<typeof getAudienceSummary>): Promise<AudienceSummary> {
  requirePermission(ctx, 'audience:read');
  return ctx.transaction(async (db) => {
    const accounts = await chooseAccounts(db, ctx, query.account);
    return (await summariseEach(db, ctx, accounts, query.range ?? '30d')).whole;
  });
}

async function chooseAccounts(db: Db, ctx: WorkspaceContext, accountId: string | undefined): Promise<readonly AccountRow[]> {
  if (accountId === undefined) return listAccountRows(db, ctx);
  const account = await findAccount(db, ctx, accountId);
  if (account === null) throw new AppError('not-found');
  return [account];
}

/** One account's part in a summary. */
export interface AccountGrowth {
  readonly followers: number | null;
  readonly net: number;
  /** Followers per day of the range; null where nothing was measured. */
  readonly daily: readonly (number | null)[];
}

/** The accounts together and each on its own, from one reading: as many queries for a hundred accounts as for one. */
export async function summariseEach(
  db: Db, ctx: WorkspaceContext, accounts: readonly AccountRow[], range: Range,
): Promise<{ whole: AudienceSummary; each: ReadonlyMap<string, AccountGrowth> }> {
  const zone = ctx.workspace.timeZone;
  const last = dayOf(ctx.clock.now(), zone);
  const first = addDays(last, 1 - rangeDays[range]);
  const current = await readSpan(db, ctx, accounts, { first, last });
  const previous = await readSpan(db, ctx, accounts, { first: addDays(first, -rangeDays[range]), last: addDays(first, -1) });
  const ids = accounts.map((account) => account.id);
  const bounds = [ctx.workspace.id, ids, startOfDay(first, zone), zone, endOfDay(last, zone)];
  const whole: AudienceSummary = {
    range, timeZone: zone, from: first, to: last,
    followers: current.series.findLast((day) => day.followers !== null)?.followers ?? current.before,
    followersBefore: current.before,
    ...current.totals, previous: previous.totals, series: current.series, previousSeries: previous.series,
    gaps: await db.many(doubtfulDays, bounds),
    measuredAt: (await db.one(latestMeasure, [ctx.workspace.id, ids])).at?.toISOString() ?? null,
    listsFollowers: accounts.some((account) => account.lists_followers),
  };
  return { whole, each: current.each };
}

interface SpanFigures {
  readonly series: AudienceSummary['series'];
  readonly totals: { readonly gained: number; readonly lost: number; readonly net: number };
  readonly before: number | null;
  readonly each: ReadonlyMap<string, AccountGrowth>;
}

async function readSpan(db: Db, ctx: WorkspaceContext, accounts: readonly AccountRow[], span: Span): Promise<SpanFigures> {
  const zone = ctx.workspace.timeZone;
  const ids = accounts.map((account) => account.id);
  const bounds = [ctx.workspace.id, ids, startOfDay(span.first, zone), zone, endOfDay(span.last, zone)];
  const scans = Map.groupBy(await db.many(scanDays, bounds), (row) => row.account_id);
  const counts = Map.groupBy(await db.many(countDays, bounds), (row) => row.account_id);
  const before = new Map((await db.many(countBefore, [ctx.workspace.id, ids, bounds[2]])).map((row) => [row.account_id, row.followers]));
  const days = daysBetween(span.first, span.last);
  const perAccount = accounts.map((account) => {
    const start = before.get(account.id) ?? null;
    return account.lists_followers
      ? fillDays(days, start, new Map((scans.get(account.id) ?? []).map((row) => [row.day, row])))
      : fillDays(days, start, countChanges(start, counts.get(account.id) ?? []));
  });
  const isCountOnly = accounts.length > 0 && !accounts.some((account) => account.lists_followers);
  const series = days.map((day, index) => ({ day, ...addUp(perAccount.map((measures) => measures[index])), countOnly: isCountOnly }));
  const gained = series.reduce((sum, day) => sum + (day.gained ?? 0), 0);
  const lost = series.reduce((sum, day) => sum + (day.lost ?? 0), 0);
  const starts = [...before.values()];
  const each = new Map(accounts.map((account, index) => [account.id, growthOf(perAccount[index] ?? [], before.get(account.id) ?? null)]));
  return { series, totals: { gained, lost, net: gained - lost }, before: starts.length === 0 ? null : starts.reduce((sum, count) => sum + count, 0), each };
}

function growthOf(days: readonly Measure[], before: number | null): AccountGrowth {
  const net = days.reduce((sum, day) => sum + (day.gained ?? 0) - (day.lost ?? 0), 0);
  const daily = days.map((day) => day.followers);
  return { followers: daily.findLast((count) => count !== null) ?? before, net, daily };
}

/** From counts alone only the net change is known: it shows as gained or lost, and is labelled as a count. */
function countChanges(start: number | null, rows: readonly { day: string; followers: number }[]): Map<string, Measure> {
  const measures = new Map<string, Measure>();
  let last = start;
  for (const row of rows) {
    const change = last === null ? 0 : row.followers - last;
    measures.set(row.day, { followers: row.followers, gained: Math.max(0, change), lost: Math.max(0, -change) });
    last = row.followers;
  }
  return measures;
}

/** A day without a measurement carries no change and repeats no count: a gap stays a gap, except for the sum of accounts. */
function fillDays(days: readonly string[], start: number | null, measured: ReadonlyMap<string, Measure>): (Measure & { carried: number | null })[] {
  let carried = start;
  return days.map((day) => {
    const measure = measured.get(day);
    if (measure === undefined) return { followers: null, gained: null, lost: null, carried };
    carried = measure.followers ?? carried;
    return { followers: measure.followers, gained: measure.gained, lost: measure.lost, carried };
  });
}

/** Adds accounts up: a day counts as measured when any of them was; the others stand in with their last count. */
function addUp(measures: readonly ((Measure & { carried: number | null }) | undefined)[]): Measure {
  const present = measures.filter((measure) => measure !== undefined);
  const sum = (values: readonly (number | null)[]): number | null =>
    values.every((value) => value === null) ? null : values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const isMeasured = present.some((measure) => measure.followers !== null);
  return {
    followers: isMeasured ? sum(present.map((measure) => measure.carried)) : null,
    gained: sum(present.map((measure) => measure.gained)),
    lost: sum(present.map((measure) => measure.lost)),
  };
}
