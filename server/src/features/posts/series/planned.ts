import { occurrencesAfter, type RuledOccurrence } from '@rookery/contract/series-rule.ts';
import type { Db } from '../../../platform/db/database.ts';
import type { WorkspaceContext } from '../../context.ts';
import { listApprovalRows } from '../approval-queries.ts';
import { deletePostRow } from '../queries.ts';
import { tellBrowsers } from '../rows.ts';
import { aheadOf } from '../time.ts';
import { addOccurrenceTargets, type Repeating } from './extend.ts';
import { deleteOccurrenceTargets, lockOccurrenceTargets, lockPlannedOccurrences, updateOccurrence } from './queries.ts';
import { dropApproval, readRuleOfApproval } from './waiting.ts';

interface Planned {
  readonly id: string;
  readonly occurs_on: string;
}

/**
 * What the series may still change of what it has planned from a day on, locked: no person has changed it and no worker has had it in
 * hands, nor could have one before this is decided.
 */
async function lockUntouched(db: Db, ctx: WorkspaceContext, seriesId: string, from: string): Promise<Planned[]> {
  const rows = await db.many(lockPlannedOccurrences, [ctx.workspace.id, seriesId, from, aheadOf(ctx)]);
  const targets = await db.many(lockOccurrenceTargets, [ctx.workspace.id, rows.map(({ id }) => id)]);
  const touched = new Set(targets.filter(({ is_untouched }) => !is_untouched).map(({ post_id }) => post_id));
  return rows.filter(({ id }) => !touched.has(id));
}

/** Takes out what is planned of a series from a day on. Answers how many posts that were. */
export async function takeOut(db: Db, ctx: WorkspaceContext, seriesId: string, from: string): Promise<number> {
  const planned = await lockUntouched(db, ctx, seriesId, from);
  for (const { id } of planned) await db.run(deletePostRow, [ctx.workspace.id, id]);
  await tellBrowsers(db, ctx, seriesId);
  return planned.length;
}

interface Replanned {
  readonly changed: number;
  readonly removed: number;
  /** Of those that changed, the ones that go out only with an approval that they do not have. */
  readonly waiting: number;
}

/** Gives what is planned of a series from a day on its new words, accounts and times, and takes out the days that are not in it any more. */
export async function planAnew(db: Db, ctx: WorkspaceContext, series: Repeating, from: string): Promise<Replanned> {
  const planned = await lockUntouched(db, ctx, series.id, from);
  const approvals = new Map((await db.many(listApprovalRows, [ctx.workspace.id, planned.map(({ id }) => id)])).map((approval) => [approval.post_id, approval]));
  const isRuleOn = await readRuleOfApproval(db, ctx);
  const byDate = occurrencesUntil(series, ctx.clock.now(), planned);
  let changed = 0;
  let waiting = 0;
  for (const { id, occurs_on } of planned) {
    const occurrence = byDate.get(occurs_on);
    if (occurrence === undefined) {
      await db.run(deletePostRow, [ctx.workspace.id, id]);
      continue;
    }
    const waits = await dropApproval(db, ctx, { postId: id, series, occurrence, approval: approvals.get(id) ?? null, isRuleOn });
    const time = waits ? [null, null, null] : [occurrence.wallTime, series.rule.zone, occurrence.at];
    await db.run(updateOccurrence, [ctx.workspace.id, id, series.content, series.labels, ...time, ctx.clock.now()]);
    await db.run(deleteOccurrenceTargets, [ctx.workspace.id, id]);
    await addOccurrenceTargets(db, ctx, { postId: id, series, occurrence, waits });
    changed += 1;
    if (waits) waiting += 1;
  }
  return { changed, removed: planned.length - changed, waiting };
}

function occurrencesUntil(series: Repeating, now: Date, planned: readonly Planned[]): Map<string, RuledOccurrence> {
  const last = planned.reduce((latest, { occurs_on }) => (occurs_on > latest ? occurs_on : latest), '');
  const byDate = new Map<string, RuledOccurrence>();
  for (const occurrence of occurrencesAfter(series.rule, now)) {
    if (occurrence.date > last) break;
    byDate.set(occurrence.date, occurrence);
  }
  return byDate;
}
