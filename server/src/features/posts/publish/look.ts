import { doubtReason } from '@rookery/contract/posts.ts';
import { ProviderError, type Finding } from '../../../providers/provider.ts';
import { recordAudit } from '../../audit/index.ts';
import { callNetwork } from '../../accounts/index.ts';
import { deleteCostOfPart } from '../spending/queries.ts';
import { announce, openAttempt, recordSurely, requireHeld, type Held } from './hold.ts';
import { clearSent, endAttempt, markDeleted, release, type PartRow } from './queries.ts';
import { asPublication, buildRequest } from './send.ts';
import { endingOfDeletion, entityOf, letGo, settlePublished } from './settle.ts';

/** How long one look or deletion may take, in seconds. */
const callSeconds = 30;

/**
 * Looks at the network for a part in doubt and writes down what it found. Answers true when the thread goes on from the next part.
 * No permission: part of a job.
 */
export async function lookForPart(held: Held, part: PartRow): Promise<boolean> {
  const attemptId = await held.ctx.transaction(async (db) => {
    await requireHeld(db, held);
    return openAttempt(db, held, 'look', part.position);
  });
  const finding = await askNetwork(held, part);
  if (finding.state === 'published') {
    const { isLast } = await settlePublished(held, part, { publication: finding.publication, ended: { attemptId, outcome: 'found', detail: 'It is there.' } });
    return !isLast;
  }
  await recordSurely(held, async (db) => {
    const row = await requireHeld(db, held);
    const looks = row.looks + 1;
    if (finding.state === 'absent') {
      await db.run(clearSent, [held.ctx.workspace.id, held.target.id, part.position]);
      await db.run(deleteCostOfPart, [held.ctx.workspace.id, held.target.id, part.position]);
      const again = { state: 'scheduled', reason: null, inSeconds: 0, retries: row.retries, looks } as const;
      return letGo(db, held, row.is_deleting ? endingOfDeletion(held) : again, {
        attemptId, outcome: 'absent', detail: 'It is not there: it did not go out.',
      });
    }
    const detail = finding.state === 'unsure' ? finding.reason : 'The network is still at it.';
    const isOver = finding.state === 'unsure' || looks > held.times.looksMax;
    return letGo(db, held, isOver
      ? { state: 'review', reason: `${doubtReason} ${finding.state === 'unsure' ? finding.reason : ''}`.trim(), inSeconds: null, looks }
      : { state: 'unknown', reason: 'Finding out whether this went out.', inSeconds: Math.min(held.times.lookSeconds * looks, 60), retries: row.retries, looks },
    { attemptId, outcome: 'unknown', detail });
  });
  return false;
}

async function askNetwork(held: Held, part: PartRow): Promise<Finding> {
  const { ctx, account } = held;
  try {
    const request = await buildRequest(held, part);
    return await callNetwork(ctx, account.id, async (provider, call) => {
      if (provider.checkPublication === undefined) return { state: 'unsure', reason: `${account.network_name} cannot be asked.` };
      return provider.checkPublication(call, request);
    }, AbortSignal.any([held.signal, AbortSignal.timeout(callSeconds * 1000)]));
  } catch (error) {
    // No answer is no finding: look again later, and in the end ask a person.
    if (error instanceof ProviderError) return error.kind === 'notSupported' ? { state: 'unsure', reason: error.message } : { state: 'pending' };
    ctx.log.warn({ workspaceId: ctx.workspace.id, targetId: held.target.id, error: error instanceof Error ? error.message : 'unknown' }, 'a look for a post failed');
    return { state: 'pending' };
  }
}

/** Deletes on the network what is out, newest part first. No permission: part of a job. */
export async function deleteParts(held: Held): Promise<void> {
  const { ctx, target, account, parts, publishing } = held;
  const left = parts.filter((part) => part.published_at !== null && part.deleted_at === null && part.external_id !== null).toReversed();
  if (!publishing.deletes) return giveUpDeletion(held, `${account.network_name} offers no way to delete a post from here: delete it there.`);
  for (const part of left) {
    const attemptId = await ctx.transaction(async (db) => {
      await requireHeld(db, held);
      return openAttempt(db, held, 'delete', part.position);
    });
    try {
      await callNetwork(ctx, account.id, async (provider, call) => provider.deletePublication?.(call, asPublication(part)),
        AbortSignal.any([held.signal, AbortSignal.timeout(callSeconds * 1000)]));
    } catch (error) {
      return failDeletion(held, attemptId, error);
    }
    await recordSurely(held, async (db) => {
      await requireHeld(db, held);
      await db.run(markDeleted, [ctx.workspace.id, target.id, part.position]);
      await db.run(endAttempt, [ctx.workspace.id, attemptId, 'published', 'Deleted.', ctx.clock.now()]);
    });
  }
  await recordSurely(held, async (db) => {
    await requireHeld(db, held);
    await db.run(release, [ctx.workspace.id, target.id, 'deleted', null, null, 0, 0]);
    await recordAudit(db, ctx, { action: 'post:delete-on-network', entity: entityOf(held), metadata: { target: target.id, parts: left.length } });
    await announce(db, held);
  });
}

async function giveUpDeletion(held: Held, reason: string): Promise<void> {
  await held.ctx.transaction(async (db) => {
    await requireHeld(db, held);
    await db.run(release, [held.ctx.workspace.id, held.target.id, 'published', reason, null, 0, 0]);
    await announce(db, held);
  });
}

async function failDeletion(held: Held, attemptId: string, error: unknown): Promise<void> {
  const { ctx, target, times } = held;
  const kind = error instanceof ProviderError ? error.kind : 'retryable';
  const message = error instanceof ProviderError ? error.message : 'Something went wrong on our side.';
  await recordSurely(held, async (db) => {
    const row = await requireHeld(db, held);
    const retries = row.retries + 1;
    const isOver = kind === 'rejected' || kind === 'notSupported' || retries > times.looksMax;
    const until = error instanceof ProviderError ? error.until : null;
    const seconds = until === null ? times.retrySeconds : Math.max(1, (until.getTime() - ctx.clock.now().getTime()) / 1000);
    const reason = isOver ? `It could not be deleted on the network: ${message} Delete it there.` : `Deleting it on the network: ${message}`;
    await db.run(release, [ctx.workspace.id, target.id, 'published', reason, isOver ? null : seconds, retries, 0]);
    await db.run(endAttempt, [ctx.workspace.id, attemptId, isOver ? 'refused' : 'retry', message, ctx.clock.now()]);
    await announce(db, held);
  });
}
