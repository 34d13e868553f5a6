import { occurrencesAfter, type RuledOccurrence } from '@rookery/contract/series-rule.ts';
import type { Db } from '../../../platform/db/database.ts';
import { createId } from '../../../platform/id.ts';
import { listAccountRows } from '../../accounts/index.ts';
import { recordAudit } from '../../audit/index.ts';
import type { WorkspaceContext } from '../../context.ts';
import { hashText } from '../content.ts';
import { insertTarget, wakePublisher } from '../queries.ts';
import { tellBrowsers } from '../rows.ts';
import { titleOf } from '../service.ts';
import { describeSkipped, plannedPriority } from '../time.ts';
import { explainOccurrence, insertOccurrence, lockSeries, noteExtended, type SeriesRow } from './queries.ts';
import { askForOccurrence, waitsForApproval } from './waiting.ts';

const dayMs = 86_400_000;
/** So far ahead a series stands in the calendar; its next occurrence always does. */
export const horizonDays = 60;

export type Repeating = Pick<SeriesRow, 'id' | 'content' | 'targets' | 'labels' | 'rule' | 'planned_until' | 'is_released' | 'author_id' | 'author_name'>;

/**
 * Plans what has come into sight of a series. Once more, or in two workers at once, it changes nothing: the series' row is locked, what
 * was planned is noted in the same transaction, and a day can have but one post. No permission: part of a job.
 */
export async function extendSeries(ctx: WorkspaceContext, seriesId: string): Promise<number> {
  return ctx.transaction(async (db) => {
    const row = await db.maybe(lockSeries, [ctx.workspace.id, seriesId]);
    if (row === null || row.state !== 'active') return 0;
    const added = await planAhead(db, ctx, row);
    if (added > 0) await recordAudit(db, ctx, { action: 'series:extend', entity: { type: 'series', id: row.id, name: titleOf(row) }, metadata: { posts: added } });
    return added;
  });
}

/** Makes the posts of a series up to the horizon, at least the next one. Its row must be locked. Answers how many. */
export async function planAhead(db: Db, ctx: WorkspaceContext, series: Repeating): Promise<number> {
  const now = ctx.clock.now();
  const horizon = new Date(now.getTime() + horizonDays * dayMs);
  const known = new Set((await listAccountRows(db, ctx)).map(({ id }) => id));
  const targets = series.targets.filter(({ accountId }) => known.has(accountId));
  const waits = await waitsForApproval(db, ctx, series);
  let until = series.planned_until;
  let ahead: Date | null = null;
  let next: RuledOccurrence | null = null;
  let added = 0;
  for (const occurrence of occurrencesAfter(series.rule, now)) {
    const isPlanned = until !== null && occurrence.date <= until;
    if (!isPlanned && ahead !== null && occurrence.at > horizon) {
      next = occurrence;
      break;
    }
    ahead = occurrence.at;
    if (isPlanned) continue;
    until = occurrence.date;
    if (await addOccurrence(db, ctx, { series: { ...series, targets }, occurrence, waits })) added += 1;
  }
  await db.run(noteExtended, [ctx.workspace.id, series.id, until, extensionTime(ahead, next)]);
  await tellBrowsers(db, ctx, series.id);
  if (added > 0) await db.run(wakePublisher);
  return added;
}

/** When the next one comes into sight, and at the latest when nothing would be planned any more. */
function extensionTime(ahead: Date | null, next: RuledOccurrence | null): Date | null {
  if (ahead === null || next === null) return null;
  return new Date(Math.min(ahead.getTime(), next.at.getTime() - horizonDays * dayMs));
}

interface Adding {
  readonly series: Repeating;
  readonly occurrence: RuledOccurrence;
  readonly waits: boolean;
}

async function addOccurrence(db: Db, ctx: WorkspaceContext, { series, occurrence, waits }: Adding): Promise<boolean> {
  const id = createId(ctx.clock.now().getTime());
  const time = waits ? [null, null, null] : [occurrence.wallTime, series.rule.zone, occurrence.at];
  const inserted = await db.run(insertOccurrence, [
    ctx.workspace.id, id, series.content, series.labels, ...time, series.author_id, series.author_name, ctx.clock.now(), series.id, occurrence.date,
  ]);
  if (inserted === 0) return false;
  await addOccurrenceTargets(db, ctx, { postId: id, series, occurrence, waits });
  if (waits) await askForOccurrence(db, ctx, { postId: id, series, occurrence });
  return true;
}

/** Its destinations, and where clocks jump over its time the reason why it goes out at another one. */
export async function addOccurrenceTargets(
  db: Db, ctx: WorkspaceContext,
  { postId, series, occurrence, waits }: { postId: string; series: Pick<Repeating, 'content' | 'targets' | 'rule'>; occurrence: RuledOccurrence; waits: boolean },
): Promise<void> {
  for (const target of series.targets) {
    await db.run(insertTarget, [
      ctx.workspace.id, createId(ctx.clock.now().getTime()), postId, target.accountId, waits ? 'draft' : 'scheduled', target.content,
      hashText(target.content ?? series.content), plannedPriority, waits ? null : occurrence.at,
    ]);
  }
  if (occurrence.skipped === null || waits) return;
  await db.run(explainOccurrence, [ctx.workspace.id, postId, describeSkipped(occurrence.wallTime, series.rule.zone, occurrence.skipped)]);
}
