import { findAccount, listDueAccounts, scheduleSync } from '../accounts/index.ts';
import type { Services, WorkspaceContext } from '../context.ts';
import { syncJob } from './jobs.ts';
import { scheduledKind } from './sync.ts';

/** A due account that was handed to the queue is looked at again after this long, should the job be lost. */
const retakeAfterMs = 3600_000;

/**
 * Puts a sync into the queue for every account that is due, each in a transaction of its own workspace. Two schedulers at
 * once do no harm: the queue keeps one sync per account.
 */
export async function enqueueDueSyncs(services: Services, openWorkspace: (workspaceId: string) => Promise<WorkspaceContext | null>): Promise<number> {
  const due = await services.database.withScope({}, (db) => listDueAccounts(db, services.clock.now()));
  for (const account of due) {
    const ctx = await openWorkspace(account.workspace_id);
    if (ctx === null) continue;
    await ctx.transaction(async (db) => {
      const row = await findAccount(db, ctx, account.id);
      if (row === null) return;
      const kind = scheduledKind(row, ctx.providers.get(row.network)?.manifest);
      await ctx.jobs.enqueue(db, syncJob, { workspaceId: account.workspace_id, accountId: account.id, kind }, { key: account.id });
      await scheduleSync(db, ctx, account.id, new Date(services.clock.now().getTime() + retakeAfterMs));
    });
  }
  return due.length;
}
