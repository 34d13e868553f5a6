import { object, uuid } from '@rookery/contract/schema.ts';
import type { Services, WorkspaceContext } from '../context.ts';
import { defineJob, handleJob, type JobHandler } from '../../platform/jobs/definition.ts';
import { readMetricsJob } from './metrics/jobs.ts';
import { readDueFigures } from './metrics/read.ts';
import { extendSeries } from './series/extend.ts';
import { listSeriesToExtend } from './series/queries.ts';
import { followZonesEverywhere } from './zones/follow.ts';

/** Moves what is planned to where its wall time is now. The tables of time zones come with Node, so a new one brings new rules. */
const followZonesJob = defineJob({ name: 'posts.follow-zones', payload: object({}), priority: 3, concurrency: 1, queueing: 'one-per-key' });

/** Plans the posts of one series that have come into sight. */
const extendSeriesJob = defineJob({
  name: 'posts.extend-series', payload: object({ workspaceId: uuid(), seriesId: uuid() }), priority: 5, queueing: 'one-per-key',
});

export const postJobs = [followZonesJob, extendSeriesJob, readMetricsJob];

export function createPostHandlers(services: Services, openWorkspace: (workspaceId: string, name: string) => Promise<WorkspaceContext | null>): JobHandler[] {
  return [
    handleJob(followZonesJob, async ({ signal }) => {
      const moved = await followZonesEverywhere(services, (workspaceId) => openWorkspace(workspaceId, 'time zones'), { signal });
      if (moved > 0) services.log.info({ moved, zoneTables: process.versions['tz'] }, 'posts were moved because the rules of their time zones have changed');
    }),
    handleJob(extendSeriesJob, async ({ payload }) => {
      const ctx = await openWorkspace(payload.workspaceId, 'series');
      if (ctx !== null) await extendSeries(ctx, payload.seriesId);
    }),
    handleJob(readMetricsJob, async ({ payload, signal }) => {
      const ctx = await openWorkspace(payload.workspaceId, 'figures of posts');
      if (ctx !== null) await readDueFigures(ctx, { accountId: payload.accountId, signal });
    }),
  ];
}

/** To be called when a worker starts and once a day: it looks in a job whether zone rules have changed. Any number of calls make one. */
export async function enqueueZoneFollowing(services: Services): Promise<void> {
  await services.database.withScope({}, (db) => services.jobs.enqueue(db, followZonesJob, {}, { key: 'all' }));
}

/** Hands over each series that has more to plan. Two schedulers at once do no harm: the queue keeps one job per series. */
export async function enqueueDueSeries(services: Services): Promise<void> {
  await services.database.withScope({}, async (db) => {
    for (const { workspace_id: workspaceId, id: seriesId } of await db.many(listSeriesToExtend, [services.clock.now()])) {
      await services.jobs.enqueue(db, extendSeriesJob, { workspaceId, seriesId }, { key: seriesId });
    }
  });
}
