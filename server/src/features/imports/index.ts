import { handleJob, type JobHandler } from '../../platform/jobs/definition.ts';
import type { WorkspaceContext } from '../context.ts';
import { commitUpload } from './commit.ts';
import { commitImportJob, readImportJob } from './jobs.ts';
import { readUpload } from './read.ts';

export { importRoutes } from './routes.ts';

export const importJobs = [readImportJob, commitImportJob];

/** What the import jobs do. `open` answers the workspace as a job acts in it, or null when it is gone. */
export function createImportHandlers(open: (workspaceId: string, name: string) => Promise<WorkspaceContext | null>): JobHandler[] {
  return [
    handleJob(readImportJob, async ({ payload, signal, isLastAttempt }) => {
      const ctx = await open(payload.workspaceId, 'import');
      if (ctx !== null) await readUpload(ctx, { importId: payload.importId, signal, isLastAttempt });
    }),
    handleJob(commitImportJob, async ({ payload, signal, isLastAttempt }) => {
      const ctx = await open(payload.workspaceId, 'import');
      if (ctx !== null) await commitUpload(ctx, { importId: payload.importId, signal, isLastAttempt });
    }),
  ];
}
