import { resolveWallTime, wallTimeOf } from '@rookery/contract/wall-time.ts';
import type { RuledOccurrence } from '@rookery/contract/series-rule.ts';
import type { Db } from '../../../platform/db/database.ts';
import type { WorkspaceContext } from '../../context.ts';
import { readApprovalRule, saveRequest, type ApprovalRow } from '../approval-queries.ts';
import { decide, hashRelease } from '../approval-rule.ts';
import { addToThread } from '../thread.ts';
import type { SeriesRow } from './queries.ts';

/** Whether posts of this workspace need approval now. Who lets a series go while they do lets its occurrences go with it. */
export async function readRuleOfApproval(db: Db, ctx: WorkspaceContext): Promise<boolean> {
  return (await db.one(readApprovalRule, [ctx.workspace.id])).requires_approval;
}

/** Whether what is planned of a series now goes out only when somebody has approved it. */
export async function waitsForApproval(db: Db, ctx: WorkspaceContext, series: Pick<SeriesRow, 'is_released'>): Promise<boolean> {
  return !series.is_released && (await readRuleOfApproval(db, ctx));
}

interface Asking {
  readonly postId: string;
  readonly series: Pick<SeriesRow, 'rule' | 'author_id' | 'author_name'>;
  readonly occurrence: RuledOccurrence;
}

/** The time at which an occurrence really goes out, as somebody would ask for it: never one that clocks jump over. */
function askedTime(at: Date, zone: string): { wallTime: string; occurrence: 'first' | 'second' | null } {
  const wallTime = wallTimeOf(at, zone);
  const resolved = resolveWallTime(wallTime, zone);
  return { wallTime, occurrence: resolved.kind !== 'ambiguous' ? null : resolved.second.getTime() === at.getTime() ? 'second' : 'first' };
}

/** Lets an occurrence wait for approval, in the name of whoever started the series. No audit: the caller writes one for all of them. */
export async function askForOccurrence(db: Db, ctx: WorkspaceContext, { postId, series, occurrence }: Asking): Promise<void> {
  const { wallTime, occurrence: which } = askedTime(occurrence.at, series.rule.zone);
  await db.run(saveRequest, [
    ctx.workspace.id, postId, wallTime, series.rule.zone, which, occurrence.at, series.author_id, series.author_name, ctx.clock.now(), null,
  ]);
  await addToThread(db, ctx, { postId, kind: 'asked', text: '' });
}

interface Rewriting extends Asking {
  readonly series: Pick<SeriesRow, 'rule' | 'author_id' | 'author_name' | 'content' | 'targets'>;
  readonly approval: ApprovalRow | null;
  readonly isRuleOn: boolean;
}

/**
 * Whether an occurrence waits once its series has changed it. An approval is of what was seen: where words, images, accounts or time
 * are others now it is dropped, and with the rule on the occurrence waits again. What waited already waits with what is new.
 */
export async function dropApproval(db: Db, ctx: WorkspaceContext, { postId, series, occurrence, approval, isRuleOn }: Rewriting): Promise<boolean> {
  if (approval === null || approval.state === 'withdrawn') return false;
  const { wallTime, occurrence: which } = askedTime(occurrence.at, series.rule.zone);
  if (approval.state === 'approved') {
    const hash = hashRelease({ content: series.content, targets: series.targets, wallTime, zone: series.rule.zone, occurrence: which });
    if (approval.release_hash?.equals(hash) === true) return false;
    await decide(db, ctx, { postId, state: 'withdrawn', note: null, hash: null });
    if (!isRuleOn) return false;
  }
  await askForOccurrence(db, ctx, { postId, series, occurrence });
  return true;
}
