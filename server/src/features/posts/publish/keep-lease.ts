import { HandsOffError, type Held } from './hold.ts';
import { keepLease } from './queries.ts';

/** How often within a lease it is renewed: two renewals may be lost. */
const renewalsPerLease = 4;

export interface KeptLease {
  /** Aborted, with a HandsOffError as its reason, once the row is known to be another's. */
  readonly signal: AbortSignal;
  stop(): void;
}

/**
 * Renews the lease by the database's clock while something is uploaded that may take longer than one. A worker that was frozen for longer
 * finds the row taken over, or deleted, at its next renewal: the upload is stopped then, and its fence lets it write nothing.
 * No permission: part of a job. No audit: nothing is changed but the time until which the row is ours.
 */
export function keepLeaseAlive({ ctx, target, times }: Pick<Held, 'ctx' | 'target' | 'times'>): KeptLease {
  const controller = new AbortController();
  let isBusy = false;
  const renew = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      const kept = await ctx.transaction((db) => db.run(keepLease, [ctx.workspace.id, target.id, target.fence, times.leaseSeconds]));
      if (kept === 0) controller.abort(new HandsOffError());
    } catch (error) {
      // The database is away for a moment: the lease goes on until its end, and whoever takes over is told apart by the fence.
      ctx.log.warn({ workspaceId: ctx.workspace.id, targetId: target.id, error: error instanceof Error ? error.message : 'unknown' }, 'a lease could not be renewed');
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void renew(), (times.leaseSeconds * 1000) / renewalsPerLease).unref();
  return {
    signal: controller.signal,
    stop: () => clearInterval(timer),
  };
}
