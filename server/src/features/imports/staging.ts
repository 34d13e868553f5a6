import type { FollowerRow } from '../../providers/provider.ts';
import { createPersonKeys, stagePage, type ScanRow } from '../audience/index.ts';
import type { WorkspaceContext } from '../context.ts';
import type { ExportedFollower, ExportReading } from './dialects/read-export.ts';
import { followerId } from './read.ts';

const pageRows = 1_000;

export interface StagingRun {
  readonly signal: AbortSignal;
  readonly note: (share: number) => void;
}

/** Stores the whole list of an export in a scan, page by page, newest first where the export dates each follow. */
export async function stageExport(ctx: WorkspaceContext, staging: { scan: ScanRow; reading: ExportReading }, run: StagingRun): Promise<ScanRow> {
  const { reading } = staging;
  const target = { accountId: staging.scan.account_id, network: reading.network };
  const keyPerson = createPersonKeys(ctx.secretKey, reading.network);
  let { scan } = staging;
  let waiting: readonly FollowerRow[] = [];
  const store = async (rows: readonly FollowerRow[], isLast: boolean): Promise<void> => {
    run.signal.throwIfAborted();
    const page = { rows, nextCursor: isLast ? null : String(scan.pages + 1) };
    scan = await ctx.transaction((db) => stagePage(db, ctx, { scan, target, page, keyPerson }));
    run.note(scan.received / Math.max(1, reading.followers));
  };
  // One page behind: only with the last page is the list closed.
  await forEachPage(reading, run.signal, async (rows) => {
    if (waiting.length > 0) await store(waiting, false);
    waiting = rows.map(toRow);
  });
  await store(waiting, true);
  return scan;
}

function toRow(follower: ExportedFollower): FollowerRow {
  return { externalId: followerId(follower), handle: follower.handle, name: null, verified: null, followers: null, profileUrl: follower.href };
}

type UsePage = (rows: readonly ExportedFollower[]) => Promise<void>;

/** Exports are newest first as a rule, and then stream through; only one that is not is sorted in memory. */
async function forEachPage(reading: ExportReading, signal: AbortSignal, use: UsePage): Promise<void> {
  if (!(await needsSorting(reading, signal))) {
    await reading.forEachFollower(use, signal);
    return;
  }
  const all: ExportedFollower[] = [];
  await reading.forEachFollower((batch) => {
    for (const row of batch) all.push(row);
  }, signal);
  all.sort((one, other) => (other.followedAt?.getTime() ?? 0) - (one.followedAt?.getTime() ?? 0));
  for (let from = 0; from < all.length; from += pageRows) await use(all.slice(from, from + pageRows));
}

async function needsSorting(reading: ExportReading, signal: AbortSignal): Promise<boolean> {
  let isDated = true;
  let isSorted = true;
  let previousMs = Infinity;
  await reading.forEachFollower((batch) => {
    for (const { followedAt } of batch) {
      if (followedAt === null) isDated = false;
      else if (followedAt.getTime() > previousMs) isSorted = false;
      previousMs = followedAt?.getTime() ?? previousMs;
    }
  }, signal);
  return isDated && !isSorted;
}
