import { setTimeout as sleep } from 'node:timers/promises';
import type { Content } from '@rookery/contract/posts.ts';
import type { Db } from '../../../platform/db/database.ts';
import { createId } from '../../../platform/id.ts';
import type { Provider, PublishManifest } from '../../../providers/provider.ts';
import type { AccountRow } from '../../accounts/index.ts';
import type { WorkspaceContext } from '../../context.ts';
import { tellBrowsers } from '../rows.ts';
import { insertAttempt, insertPart, listParts, lockHeld, type ClaimedTarget, type PartRow } from './queries.ts';
import type { PublishTimes } from './times.ts';

/** One target in this worker's hands. */
export interface Held {
  readonly ctx: WorkspaceContext;
  readonly target: ClaimedTarget;
  readonly account: AccountRow;
  readonly provider: Provider;
  readonly publishing: PublishManifest;
  /** The one that the account lives on; null where the network is one service. */
  readonly server: string | null;
  readonly parts: readonly PartRow[];
  readonly times: PublishTimes;
  readonly signal: AbortSignal;
}

/** Thrown when the target is not ours any more: deleted, moved, or taken over. Nothing may be sent or written. */
export class HandsOffError extends Error {
  constructor() {
    super('The post was changed, deleted or taken over.');
    this.name = 'HandsOffError';
  }
}

/** Locks the row for the rest of the transaction, or throws HandsOffError. */
export async function requireHeld(db: Db, { ctx, target }: Pick<Held, 'ctx' | 'target'>): Promise<{ is_deleting: boolean; retries: number; looks: number }> {
  const row = await db.maybe(lockHeld, [ctx.workspace.id, target.id, target.fence]);
  if (row === null) throw new HandsOffError();
  return row;
}

/** The parts of a target; made from its content at the first time, and the same ever after. */
export async function ensureParts(db: Db, ctx: WorkspaceContext, target: ClaimedTarget): Promise<readonly PartRow[]> {
  const parts = await db.many(listParts, [ctx.workspace.id, target.id]);
  const wanted = partsOf(target.content);
  // A thread that broke off keeps what is out; the rest is made anew from the content as it is now.
  const missing = wanted.slice(parts.length);
  if (missing.length === 0) return parts;
  const added: PartRow[] = [];
  for (const [index, { text, media, isComment }] of missing.entries()) {
    // Milliseconds apart, so that a network that sorts by this time keeps the order of the thread.
    const at = new Date(ctx.clock.now().getTime() + index);
    const part = { ...untouched, position: parts.length + index, is_comment: isComment, key: createId(at.getTime()), created_at: at, text, media };
    await db.run(insertPart, [ctx.workspace.id, target.id, part.position, isComment, part.key, at, text, JSON.stringify(media)]);
    added.push(part);
  }
  return [...parts, ...added];
}

const untouched = {
  steps: {}, sent_at: null, sent_ago: null, doubted_at: null, external_id: null, url: null, ref: null, published_at: null, deleted_at: null,
} as const;

interface PlannedPart {
  readonly text: string;
  readonly media: Content['parts'][number]['media'];
  readonly isComment: boolean;
}

/** What goes out one by one, in order. */
export function partsOf(content: Content): readonly PlannedPart[] {
  const parts = content.parts.map(({ text, media }) => ({ text, media, isComment: false }));
  return content.firstComment === null || content.firstComment === '' ? parts : [...parts, { text: content.firstComment, media: [], isComment: true }];
}

/** Opens a line in the ledger and answers its id. */
export async function openAttempt(db: Db, { ctx, target }: Pick<Held, 'ctx' | 'target'>, kind: 'send' | 'look' | 'delete', position: number): Promise<string> {
  const id = createId();
  await db.run(insertAttempt, [ctx.workspace.id, id, target.id, kind, position, target.fence, ctx.clock.now()]);
  return id;
}

const recordTries = 6;
const recordPauseMs = 250;

/**
 * Writes down what the network has answered; tries again while the database is away, as the answer is worth more than a moment.
 * HandsOffError ends it at once.
 */
export async function recordSurely<Result>({ ctx, signal }: Pick<Held, 'ctx' | 'signal'>, work: (db: Db) => Promise<Result>): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await ctx.transaction(work);
    } catch (error) {
      if (error instanceof HandsOffError || tried >= recordTries || signal.aborted) throw error;
      await sleep(recordPauseMs * 2 ** tried);
    }
  }
}

export async function announce(db: Db, { ctx, target }: Pick<Held, 'ctx' | 'target'>): Promise<void> {
  await tellBrowsers(db, ctx, target.post_id);
}
