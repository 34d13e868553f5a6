import { countLeft, nextOccurrences } from '@rookery/contract/series-rule.ts';
import type { Occurrence, Series } from '@rookery/contract/series.ts';
import type { Db } from '../../../platform/db/database.ts';
import { AppError } from '../../../platform/errors.ts';
import { listAccountRows, type AccountRow } from '../../accounts/index.ts';
import type { WorkspaceContext } from '../../context.ts';
import { stateOf } from '../rows.ts';
import { findSeries, listOccurrenceRows, type SeriesRow } from './queries.ts';

const nextMax = 3;

/** Series as people see them. */
export async function describeSeries(db: Db, ctx: WorkspaceContext, rows: readonly SeriesRow[]): Promise<Series[]> {
  const accounts = new Map((await listAccountRows(db, ctx)).map((account) => [account.id, account]));
  return rows.map((row) => toSeries(row, accounts, ctx.clock.now()));
}

/** A series with what is still to come of it. */
export async function describeOneSeries(db: Db, ctx: WorkspaceContext, seriesId: string): Promise<{ series: Series; occurrences: Occurrence[] }> {
  const row = await db.maybe(findSeries, [ctx.workspace.id, seriesId]);
  const [series] = row === null ? [] : await describeSeries(db, ctx, [row]);
  if (series === undefined) throw new AppError('not-found');
  const occurrences = await db.many(listOccurrenceRows, [ctx.workspace.id, seriesId, ctx.clock.now()]);
  return {
    series,
    occurrences: occurrences.map((occurrence) => ({
      postId: occurrence.id, date: occurrence.occurs_on, dueAt: occurrence.due_at?.toISOString() ?? null,
      state: stateOf(occurrence.states.map((state) => ({ state }))), isEdited: occurrence.is_detached,
    })),
  };
}

function toSeries(row: SeriesRow, accounts: ReadonlyMap<string, AccountRow>, now: Date): Series {
  const next = row.state === 'active' ? nextOccurrences(row.rule, now, nextMax) : [];
  return {
    id: row.id, content: row.content, labels: [...row.labels], rule: row.rule,
    // By its own rule nothing comes any more: that is the end of it, whether or not anybody has said so.
    state: row.state === 'active' && next.length === 0 ? 'ended' : row.state,
    targets: row.targets.map(({ accountId, content }) => {
      const account = accounts.get(accountId);
      return { accountId, content, network: account?.network ?? '', networkName: account?.network_name ?? '', handle: account?.handle ?? '' };
    }),
    next: next.map(({ date, at }) => ({ date, dueAt: at.toISOString() })), left: countLeft(row.rule, now),
    authorName: row.author_name, createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString(), version: row.version,
  };
}
