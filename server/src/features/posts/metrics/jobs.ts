import { object, uuid } from '@rookery/contract/schema.ts';
import { defineJob } from '../../../platform/jobs/definition.ts';
import type { Services, WorkspaceContext } from '../../context.ts';
import { listDueAccounts } from './queries.ts';

/** Reads what is counted on the published posts of one account. What fails is planned anew by the job itself. */
export const readMetricsJob = defineJob({
  name: 'posts.read-metrics', payload: object({ workspaceId: uuid(), accountId: uuid() }), priority: 1, retriesMax: 0, concurrency: 1, queueing: 'one-per-key',
  softLimitSeconds: 300, hardLimitSeconds: 600,
});

/** Hands over each account with posts to read: one job for an account, not for a post. Two schedulers at once do no harm. */
export async function enqueueDueReadings(services: Services, openWorkspace: (workspaceId: string) => Promise<WorkspaceContext | null>): Promise<void> {
  const due = await services.database.withScope({}, (db) => db.many(listDueAccounts, [services.clock.now()]));
  for (const { workspace_id: workspaceId, account_id: accountId } of due) {
    const ctx = await openWorkspace(workspaceId);
    if (ctx !== null) await ctx.transaction((db) => ctx.jobs.enqueue(db, readMetricsJob, { workspaceId, accountId }, { key: accountId }));
  }
}
