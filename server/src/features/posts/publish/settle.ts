import type { AuditAction } from '@rookery/contract/audit.ts';
import { doubtReason, type Attempt } from '@rookery/contract/posts.ts';
import type { Db } from '../../../platform/db/database.ts';
import { ProviderError, type Publication } from '../../../providers/provider.ts';
import { recordAudit } from '../../audit/index.ts';
import { firstReadingMs } from '../metrics/cadence.ts';
import { announce, recordSurely, requireHeld, HandsOffError, type Held } from './hold.ts';
import {
  clearSent, endAttempt, finishTarget, markDoubted, noteFailure, noteSuccess, release, resetTries, savePublished, type PartRow,
} from './queries.ts';
import { giveRoomBack, pauseUntil } from './room.ts';
import { holdUntil } from './room-queries.ts';
import { decideDoubt } from './times.ts';

/** Where a target goes when the worker lets go of it. */
interface Ending {
  readonly state: 'scheduled' | 'unknown' | 'review' | 'failed' | 'canceled' | 'published';
  readonly reason: string | null;
  /** Seconds until there is work again; null: none until a person acts. */
  readonly inSeconds: number | null;
  readonly retries?: number;
  readonly looks?: number;
}

interface Ended {
  readonly attemptId: string | null;
  readonly outcome: Attempt['outcome'];
  readonly detail: string | null;
}

const auditOf: Partial<Record<Ending['state'], AuditAction>> = { failed: 'post:fail', review: 'post:review' };

/** Writes an ending: the row, the line in the ledger, and for what a person must know an audit event. The row must be locked. */
export async function letGo(db: Db, held: Held, ending: Ending, ended: Ended): Promise<void> {
  const { ctx, target, account } = held;
  await db.run(release, [ctx.workspace.id, target.id, ending.state, ending.reason, ending.inSeconds, ending.retries ?? 0, ending.looks ?? 0]);
  if (ended.attemptId !== null) await db.run(endAttempt, [ctx.workspace.id, ended.attemptId, ended.outcome, ended.detail, ctx.clock.now()]);
  const action = auditOf[ending.state];
  if (action !== undefined) {
    await recordAudit(db, ctx, { action, entity: entityOf(held), metadata: { target: target.id, network: account.network, reason: ending.reason ?? '' } });
  }
  await announce(db, held);
}

/** The post as the audit trail names it. */
export function entityOf({ target, account }: Held): { type: string; id: string; name: string } {
  return { type: 'post', id: target.post_id, name: `a post on ${account.handle} (${account.network_name})` };
}

/** A part is out. Answers whether more is to be sent. No permission: part of a job. */
export async function settlePublished(held: Held, part: PartRow, found: { publication: Publication; ended: Ended }): Promise<{ isLast: boolean }> {
  const { ctx, target, account, parts } = held;
  const { publication, ended } = found;
  return recordSurely(held, async (db) => {
    const row = await requireHeld(db, held);
    const at = ctx.clock.now();
    const saved = await db.run(savePublished, [ctx.workspace.id, target.id, part.position, publication.externalId, publication.url, publication.ref, at]);
    // Asked to be deleted on its way: the rest of a thread is not sent.
    const isLast = part.position === parts.length - 1 || row.is_deleting;
    // A commit whose answer was lost is tried again: it has all been written then.
    if (saved === 0) return { isLast };
    if (ended.attemptId !== null) await db.run(endAttempt, [ctx.workspace.id, ended.attemptId, ended.outcome, ended.detail, ctx.clock.now()]);
    await db.run(noteSuccess, [account.network, held.server ?? '']);
    if (isLast) await db.run(finishTarget, [ctx.workspace.id, target.id, at, new Date(at.getTime() + firstReadingMs)]);
    else await db.run(resetTries, [ctx.workspace.id, target.id]);
    await recordAudit(db, ctx, {
      action: 'post:publish', entity: entityOf(held),
      metadata: { target: target.id, network: account.network, part: part.position + 1, of: parts.length, externalId: publication.externalId },
    });
    await announce(db, held);
    return { isLast };
  });
}

/** A send failed: by what kind it did is decided what comes next. No permission: part of a job. No audit: letGo writes it. */
export async function settleFailure(held: Held, part: PartRow, failure: { error: unknown; attemptId: string; isSent: boolean }): Promise<void> {
  const { error, attemptId, isSent } = failure;
  if (error instanceof HandsOffError) {
    // The row is another's by now; the line in the ledger is still ours to end.
    await held.ctx.transaction(async (db) => {
      await db.run(endAttempt, [held.ctx.workspace.id, attemptId, 'canceled', error.message, held.ctx.clock.now()]);
      await giveRoomBack(db, held, { attemptId, isSent });
    });
    return;
  }
  const { kind, message, until, scope } = describe(error, isSent);
  await recordSurely(held, async (db) => {
    const row = await requireHeld(db, held);
    if (kind === 'unknownOutcome') return settleDoubt(db, held, part, { message, attemptId, looks: row.looks });
    if (kind === 'retryable' || kind === 'garbled') await db.run(noteFailure, [held.account.network, held.server ?? '']);
    const ending = endingOf(held, part, { kind, message, until, scope, retries: row.retries, looks: row.looks });
    // What may be our own first try, seen at last, is looked for again and not sent: it keeps the mark of a part that may be out.
    if (ending.state !== 'unknown') {
      await db.run(clearSent, [held.ctx.workspace.id, held.target.id, part.position]);
      await giveRoomBack(db, held, { attemptId, isSent });
    }
    if (kind === 'rateLimited') await pauseFor(db, held, { message, scope, seconds: ending.inSeconds ?? 0 });
    await letGo(db, held, row.is_deleting && ending.state !== 'unknown' ? endingOfDeletion(held) : ending, {
      attemptId, outcome: ending.state === 'failed' ? 'refused' : 'retry', detail: message,
    });
  });
}

/** All posts that the network's word is about wait, not this one alone; none of them is late for it. */
async function pauseFor(db: Db, held: Held, { message, scope, seconds }: { message: string; scope: ProviderError['scope']; seconds: number }): Promise<void> {
  await pauseUntil(db, held, { scope, seconds, reason: message });
  await db.run(holdUntil, [held.ctx.workspace.id, held.target.id, seconds]);
}

/** Nothing more goes out; what is out already is deleted next. */
export function endingOfDeletion({ parts }: Pick<Held, 'parts'>): Ending {
  const isOut = parts.some(({ published_at }) => published_at !== null);
  return isOut ? { state: 'published', reason: null, inSeconds: 0 } : { state: 'canceled', reason: null, inSeconds: null };
}

interface Failure {
  readonly kind: ProviderError['kind'];
  readonly message: string;
  readonly until: Date | null;
  readonly scope: ProviderError['scope'];
}

/** An error that is no answer of the network leaves doubt once the request may have left. */
function describe(error: unknown, isSent: boolean): Failure {
  if (error instanceof ProviderError) return { kind: error.kind, message: error.message, until: error.until, scope: error.scope };
  const message = 'Something went wrong on our side while this was sent.';
  return { kind: isSent ? 'unknownOutcome' : 'retryable', message, until: null, scope: 'account' };
}

function endingOf(held: Held, part: PartRow, failure: Failure & { retries: number; looks: number }): Ending {
  const { times, publishing, ctx } = held;
  const { kind, message, until, looks } = failure;
  const retries = failure.retries + 1;
  if (kind === 'rateLimited') {
    const seconds = until === null ? times.retrySeconds : Math.max(1, (until.getTime() - ctx.clock.now().getTime()) / 1000);
    return { state: 'scheduled', reason: `${message} It goes out as soon as the network takes it.`, inSeconds: Math.min(seconds, 86_400), retries: failure.retries };
  }
  if (kind === 'processing') {
    const isOverdue = ctx.clock.now().getTime() - part.created_at.getTime() > processingHoursMax * 3_600_000;
    if (isOverdue) return { state: 'failed', reason: `${message} It did not get ready within ${processingHoursMax} hours.`, inSeconds: null, retries };
    return { state: 'scheduled', reason: `${message} It goes out as soon as it is ready.`, inSeconds: times.lookSeconds * 3, retries: failure.retries };
  }
  if (kind === 'revoked' || kind === 'expired') {
    return { state: 'scheduled', reason: 'The account has to be connected again; the post waits.', inSeconds: times.waitSeconds, retries: failure.retries };
  }
  if (kind === 'retryable' || kind === 'garbled') {
    if (retries > times.retriesMax) return { state: 'failed', reason: `${message} Tried ${retries} times.`, inSeconds: null, retries };
    return { state: 'scheduled', reason: message, inSeconds: times.retrySeconds, retries };
  }
  // A network that refuses the same text twice may be speaking of our own first try.
  if (kind === 'rejected' && part.doubted_at !== null && publishing.policy === 'lookup' && looks < times.looksMax) {
    return { state: 'unknown', reason: message, inSeconds: times.lookSeconds, looks: looks + 1 };
  }
  return { state: 'failed', reason: message, inSeconds: null };
}

/** Sent, and no clear answer: resend by key, look, or ask a person. The row must be locked. */
export async function settleDoubt(
  db: Db, held: Held, part: PartRow, doubt: { message: string; attemptId: string | null; looks: number },
): Promise<void> {
  const { ctx, target, times, publishing } = held;
  await db.run(markDoubted, [ctx.workspace.id, target.id, part.position]);
  await db.run(noteFailure, [held.account.network, held.server ?? '']);
  const ended: Ended = { attemptId: doubt.attemptId, outcome: 'unknown', detail: doubt.message };
  const looks = doubt.looks + 1;
  const next = looks > times.looksMax ? { step: 'review' as const }
    : decideDoubt(publishing, { ...part, sent_ago: part.sent_ago ?? 0 }, { now: ctx.clock.now(), times, isDeleting: target.is_deleting });
  if (next.step === 'review') return letGo(db, held, { state: 'review', reason: doubtReason, inSeconds: null, looks }, ended);
  const inSeconds = next.step === 'resend' ? Math.min(times.lookSeconds * (looks - 1), times.retrySeconds) : next.inSeconds;
  return letGo(db, held, { state: 'unknown', reason: 'The answer of the network was lost; finding out whether this went out.', inSeconds, looks }, ended);
}

/** Long enough for the largest video on a busy network; uploads are forgotten after a day. */
const processingHoursMax = 6;
