import { object } from '@rookery/contract/schema.ts';
import type { Services, WorkspaceContext } from '../context.ts';
import { defineJob, handleJob, type JobHandler } from '../../platform/jobs/definition.ts';
import { followZonesEverywhere } from './zones/follow.ts';

/** Moves what is planned to where its wall time is now. The tables of time zones come with Node, so a new one brings new rules. */
const followZonesJob = defineJob({ name: 'posts.follow-zones', payload: object({}), priority: 3, concurrency: 1, queueing: 'one-per-key' });

export const postJobs = [followZonesJob];

export function createPostHandlers(services: Services, openWorkspace: (workspaceId: string, name: string) => Promise<WorkspaceContext | null>): JobHandler[] {
  return [
    handleJob(followZonesJob, async ({ signal }) => {
      const moved = await followZonesEverywhere(services, (workspaceId) => openWorkspace(workspaceId, 'time zones'), { signal });
      if (moved > 0) services.log.info({ moved, zoneTables: process.versions['tz'] }, 'posts were moved because the rules of their time zones have changed');
    }),
  ];
}

/** To be called when a worker starts and once a day: it looks in a job whether zone rules have changed. Any number of calls make one. */
export async function enqueueZoneFollowing(services: Services): Promise<void> {
  await services.database.withScope({}, (db) => services.jobs.enqueue(db, followZonesJob, {}, { key: 'all' }));
}
