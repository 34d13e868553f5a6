import { callNetwork } from '../../accounts/index.ts';
import type { Publication, PublishProgress, PublishRequest } from '../../../providers/provider.ts';
import type { Db } from '../../../platform/db/database.ts';
import { loadPublishMedia } from '../../media/index.ts';
import { announce, HandsOffError, openAttempt, requireHeld, type Held } from './hold.ts';
import { beginSending, holdForSend, listParts, markSent, release, renewLease, saveStep, type PartRow } from './queries.ts';
import { findHold, takeRoom, type Hold } from './room.ts';
import { holdUntil, moveUse } from './room-queries.ts';
import { keepLeaseAlive, type KeptLease } from './keep-lease.ts';
import { letGo, settleFailure, settlePublished } from './settle.ts';

/**
 * Writes the intent for one part and takes its room in every budget. Answers null when there is none: the target then waits, with the
 * reason. Throws HandsOffError when it is not ours to send any more.
 */
export async function beginPart(db: Db, held: Held, part: PartRow): Promise<string | null> {
  const { ctx, target, times } = held;
  const hold = await findHold(db, held, part);
  if (hold !== null) return waitForRoom(db, held, part, hold);
  const begun = await db.run(beginSending, [ctx.workspace.id, target.id, target.fence, times.leaseSeconds]);
  if (begun === 0) throw new HandsOffError();
  await announce(db, held);
  const attemptId = await openAttempt(db, held, 'send', part.position);
  await takeRoom(db, held, part, attemptId);
  return attemptId;
}

async function waitForRoom(db: Db, held: Held, part: PartRow, hold: Hold): Promise<null> {
  const { ctx, target } = held;
  await requireHeld(db, held);
  const isDoubtful = part.sent_at !== null;
  if (hold.isRefusal && !isDoubtful) {
    await letGo(db, held, { state: 'failed', reason: hold.reason, inSeconds: null }, { attemptId: null, outcome: 'refused', detail: null });
    return null;
  }
  await db.run(release, [ctx.workspace.id, target.id, isDoubtful ? 'unknown' : 'scheduled', hold.reason, hold.inSeconds, target.retries, target.looks]);
  await db.run(holdUntil, [ctx.workspace.id, target.id, hold.promisedSeconds]);
  await announce(db, held);
  return null;
}

/** Slower than this is not waited for; half an hour is the most. */
const uploadBytesPerSecondLeast = 50_000;
const uploadSecondsMax = 1800;

interface Sending {
  /** With the parts as they are: each part answers the ones before. */
  readonly held: Held;
  readonly part: PartRow;
  readonly attemptId: string;
}

/** Sends from this part on to the end of the thread, each part once the one before is out and recorded. No permission: part of a job. */
export async function sendParts(first: Sending): Promise<void> {
  let current: Sending | null = first;
  while (current !== null) {
    const { held, part, attemptId }: Sending = current;
    const publication = await sendPart(held, part, attemptId);
    if (publication === null) return;
    const { isLast } = await settlePublished(held, part, { publication, ended: { attemptId, outcome: 'published', detail: null } });
    current = isLast || held.signal.aborted ? null : await beginNext(held, part.position + 1);
  }
}

async function beginNext(held: Held, position: number): Promise<Sending | null> {
  try {
    return await held.ctx.transaction(async (db) => {
      await requireHeld(db, held);
      const parts = await db.many(listParts, [held.ctx.workspace.id, held.target.id]);
      const part = parts[position];
      const attemptId = part === undefined ? null : await beginPart(db, held, part);
      return part === undefined || attemptId === null ? null : { held: { ...held, parts }, part, attemptId };
    });
  } catch (error) {
    // Deleted between two parts: the rest is not sent.
    if (error instanceof HandsOffError) return null;
    throw error;
  }
}

/** Sends one part. Answers null when it did not get out; what became of it is written down then. */
async function sendPart(held: Held, part: PartRow, attemptId: string): Promise<Publication | null> {
  const { ctx, account, publishing } = held;
  const sent = { isSent: false };
  const lease = keepLeaseAlive(held);
  try {
    const request = await buildRequest(held, part);
    const seconds = publishing.timeoutSeconds + uploadSecondsOf(request);
    const signal = AbortSignal.any([held.signal, lease.signal, AbortSignal.timeout(Math.ceil(seconds * 1000))]);
    // Work that does not end when it is told to is not kept for it.
    signal.addEventListener('abort', () => lease.stop(), { once: true });
    return await callNetwork(ctx, account.id, (provider, call) => {
      if (provider.publish === undefined) throw new Error(`${account.network} publishes nothing`);
      return provider.publish(call, request, createProgress(held, part, { signal, sent, attemptId, lease }));
    }, signal);
  } catch (failure) {
    // What stopped the upload says more than how it stopped. Once it may be public, only its own end counts.
    const error = lease.signal.aborted && !sent.isSent ? lease.signal.reason : failure;
    if (!(error instanceof HandsOffError)) {
      ctx.log.info({ workspaceId: ctx.workspace.id, targetId: held.target.id, part: part.position, error: error instanceof Error ? error.message : 'unknown' }, 'a post did not get out');
    }
    await settleFailure(held, part, { error, attemptId, isSent: sent.isSent });
    return null;
  } finally {
    lease.stop();
  }
}

/** What the files of a part may take on a slow line; a line that stands still is noticed long before. */
function uploadSecondsOf({ images, video }: PublishRequest): number {
  const bytes = images.reduce((sum, image) => sum + image.bytes, video?.bytes ?? 0);
  return Math.min(bytes / uploadBytesPerSecondLeast, uploadSecondsMax);
}

/** What the network is asked to publish: the same at every attempt. */
export async function buildRequest(held: Held, part: PartRow): Promise<PublishRequest> {
  const { ctx, publishing, parts } = held;
  const before = parts.filter(({ position }) => position < part.position).map(asPublication);
  const [root] = before;
  const parent = before.at(-1);
  return {
    key: part.key, createdAt: part.created_at, text: part.text, isComment: part.is_comment, steps: part.steps,
    ...(await loadPublishMedia(ctx, part.media, publishing)),
    replyTo: root === undefined || parent === undefined ? null : { root, parent },
  };
}

export function asPublication(part: PartRow): Publication {
  return { externalId: part.external_id ?? '', url: part.url, ref: part.ref ?? {} };
}

interface SendParts {
  readonly signal: AbortSignal;
  readonly sent: { isSent: boolean };
  readonly attemptId: string;
  readonly lease: KeptLease;
}

function createProgress(held: Held, part: PartRow, parts: SendParts): PublishProgress {
  const { ctx, target, times, publishing } = held;
  return {
    saveStep: (name, value) => ctx.transaction(async (db) => {
      const saved = await db.run(saveStep, [ctx.workspace.id, target.id, part.position, name, value, target.fence]);
      if (saved === 0) throw new HandsOffError();
      await db.run(renewLease, [ctx.workspace.id, target.id, target.fence, times.leaseSeconds]);
    }),
    beforeSend: async () => {
      // The time runs from before the check: a worker that is frozen after it finds it over.
      const deadline = AbortSignal.timeout(times.sendSeconds * 1000);
      await ctx.transaction(async (db) => {
        const held = await db.run(holdForSend, [ctx.workspace.id, target.id, target.fence, times.leaseSeconds]);
        if (held === 0) throw new HandsOffError();
        await db.run(markSent, [ctx.workspace.id, target.id, part.position]);
        if (publishing.budgets.length > 0) await db.run(moveUse, [parts.attemptId]);
      });
      parts.sent.isSent = true;
      // From here on the lease ends by itself: whoever comes after it finds out what became of the send.
      parts.lease.stop();
      if (deadline.aborted) throw new Error('The time to send was over before it began.');
      return AbortSignal.any([deadline, parts.signal]);
    },
  };
}
