import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { recordAudit } from '../audit/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { lockImport, saveProgress, setState, type ImportRow } from './queries.ts';
import { removeUploads } from './uploads.ts';

/** One run of a job over one import. */
export interface ImportRun {
  readonly importId: string;
  readonly signal: AbortSignal;
  readonly isLastAttempt: boolean;
}

export async function publishImport(db: Db, ctx: WorkspaceContext, importId: string): Promise<void> {
  await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'imports', id: importId, progress: 0 });
}

/** An import as the audit trail names it. */
export function importEntity(row: Pick<ImportRow, 'id' | 'handle' | 'network'>): { type: string; id: string; name: string } {
  return { type: 'import', id: row.id, name: row.handle ?? row.network ?? 'a new account' };
}

/**
 * Ends a run that failed: an error with words for people, or the last try, ends the import; any other is thrown on to the job
 * engine, which tries again. No permission: part of a job.
 */
export async function settleFailure(ctx: WorkspaceContext, run: ImportRun, error: unknown): Promise<void> {
  const isForPeople = error instanceof AppError;
  if (!isForPeople && !run.isLastAttempt) throw error;
  const words = isForPeople ? error.message : 'Something went wrong on our side, several times. Nothing was recorded. Start the import again.';
  await failImport(ctx, run.importId, words);
  if (!isForPeople) throw error;
}

async function failImport(ctx: WorkspaceContext, importId: string, words: string): Promise<void> {
  const hasFailed = await ctx.transaction(async (db) => {
    const row = await db.maybe(lockImport, [ctx.workspace.id, importId]);
    if (row === null || (row.state !== 'reading' && row.state !== 'committing')) return false;
    await db.run(setState, [ctx.workspace.id, importId, 'failed', words, 0]);
    await recordAudit(db, ctx, { action: 'import:failed', entity: importEntity(row), metadata: { while: row.state } });
    await publishImport(db, ctx, importId);
    return true;
  });
  if (hasFailed) await removeUploads(ctx, importId);
}

const progressEveryMs = 700;

export interface ProgressNotes {
  /** 0 to 1. Cheap: most calls do nothing. */
  note(share: number): void;
  /** Waits for the last note to be written. */
  done(): Promise<void>;
}

/** Writes down how far a run is, now and then, while it goes on. No permission: part of a job. No audit: progress is no change. */
export function createProgressNotes(ctx: WorkspaceContext, importId: string): ProgressNotes {
  let lastMs = performance.now();
  let writing: Promise<void> | null = null;
  const write = async (share: number): Promise<void> => {
    try {
      await ctx.transaction(async (db) => {
        await db.run(saveProgress, [ctx.workspace.id, importId, share]);
        await publishImport(db, ctx, importId);
      });
    } catch (error) {
      ctx.log.debug({ error: error instanceof Error ? error.message : 'unknown' }, 'progress of an import could not be written');
    } finally {
      writing = null;
    }
  };
  return {
    note: (share) => {
      if (writing !== null || performance.now() - lastMs < progressEveryMs) return;
      lastMs = performance.now();
      writing = write(Math.min(1, Math.max(0, share)));
    },
    done: async () => {
      await writing;
    },
  };
}
