import type { ReplyOf } from '@rookery/contract/endpoint.ts';
import type { listPostMetrics } from '@rookery/contract/post-metrics.ts';
import { requirePermission, type WorkspaceContext } from '../../context.ts';
import { requirePostRow } from '../rows.ts';
import { listReadings, listReadingStates } from './queries.ts';

/** Enough for a line as wide as a word. */
const seriesMax = 40;

/** What the networks count on a post, for each destination that is out. */
export async function readPostFigures(ctx: WorkspaceContext, postId: string): Promise<ReplyOf<typeof listPostMetrics>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => {
    await requirePostRow(db, ctx, postId);
    const readings = Map.groupBy(await db.many(listReadings, [ctx.workspace.id, postId, seriesMax]), ({ target_id }) => target_id);
    const states = await db.many(listReadingStates, [ctx.workspace.id, postId]);
    return {
      targets: states.map(({ id, metrics_at: nextAt, missed_at: missedAt, metrics_reason: reason }) => {
        const series = (readings.get(id) ?? []).map(({ at, figures }) => ({ at: at.toISOString(), figures: [...figures] }));
        const latest = series.at(-1);
        return {
          targetId: id, figures: latest?.figures ?? [], readAt: latest?.at ?? null, nextAt: nextAt?.toISOString() ?? null,
          // Missed once can be a list that lags behind; it is looked for again before it is said.
          goneAt: nextAt === null ? (missedAt?.toISOString() ?? null) : null, reason, series,
        };
      }),
    };
  });
}
