import { createHash } from 'node:crypto';
import type { Content } from '@rookery/contract/posts.ts';
import { checkContent } from '@rookery/contract/check-content.ts';
import { checkShapes } from '@rookery/contract/image-shape.ts';
import { checkVideos } from '@rookery/contract/check-videos.ts';
import type { FieldError } from '@rookery/contract/errors.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { listAccountRows, type AccountRow } from '../accounts/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { requireMedia } from '../media/index.ts';
import { partsOf } from './publish/hold.ts';
import { findSameText } from './queries.ts';

const dayMs = 86_400_000;

/** One destination as it was asked for. */
export interface TargetInput {
  readonly accountId: string;
  readonly content: Content | null;
}

export interface Wanted {
  readonly content: Content;
  readonly targets: readonly TargetInput[];
}

/** Hash of the words that people will see: letter case, spaces and the order of compatible characters do not make them others. */
export function hashText(content: Content): Buffer {
  const text = partsOf(content).map((part) => part.text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()).join('\n');
  const media = content.parts.flatMap((part) => part.media.map(({ mediaId }) => mediaId)).join(' ');
  return createHash('sha256').update(`${text}\0${media}`).digest();
}

/** Checks that the accounts exist here, once each, and that the media are ours. Drafts may be incomplete in every other way. */
export async function requireKnown(db: Db, ctx: WorkspaceContext, wanted: Wanted): Promise<readonly AccountRow[]> {
  const known = new Map((await listAccountRows(db, ctx)).map((account) => [account.id, account]));
  const errors: FieldError[] = [];
  const accounts = wanted.targets.map(({ accountId }, index) => {
    const account = known.get(accountId);
    const isTwice = wanted.targets.findIndex((other) => other.accountId === accountId) !== index;
    if (account === undefined) errors.push({ pointer: `/targets/${index}/accountId`, code: 'unknown', message: 'There is no such account in this workspace.' });
    else if (isTwice) errors.push({ pointer: `/targets/${index}/accountId`, code: 'twice', message: 'This account is chosen twice.' });
    return account;
  });
  refuse(errors);
  const contents = [wanted.content, ...wanted.targets.flatMap(({ content }) => content ?? [])];
  await requireMedia(db, ctx, contents.flatMap((content) => content.parts.flatMap((part) => part.media.map(({ mediaId }) => mediaId))));
  return accounts.filter((account) => account !== undefined);
}

/** Everything that has to be right before a post may go out, all problems at once. */
export function requireSendable(wanted: Wanted, accounts: readonly AccountRow[]): void {
  if (accounts.length === 0) throw invalidField('/targets', 'empty', 'Choose at least one account.');
  const errors: FieldError[] = [];
  for (const [index, account] of accounts.entries()) {
    const content = wanted.targets[index]?.content ?? null;
    const base = content === null ? '/content' : `/targets/${index}/content`;
    const { publishing } = account;
    const at = `${account.handle} (${account.network_name})`;
    if (publishing === null) {
      errors.push({ pointer: `/targets/${index}`, code: 'not-supported', message: `${account.network_name} cannot be published to from here.` });
    } else if (account.state !== 'connected') {
      errors.push({ pointer: `/targets/${index}`, code: 'reconnect', message: `${at} has to be connected again first.` });
    } else {
      const problems = checkContent(content ?? wanted.content, publishing);
      errors.push(...problems.map(({ part, code, message }) => ({ pointer: part === null ? base : part === 'comment' ? `${base}/firstComment` : `${base}/parts/${part}`, code, message: `${at}: ${message}` })));
    }
  }
  refuse(errors);
}

/** Images have a shape, and videos all else, that every network of the post takes. */
export async function requireShapes(db: Db, ctx: WorkspaceContext, wanted: Wanted, accounts: readonly AccountRow[]): Promise<void> {
  const contents = [wanted.content, ...wanted.targets.flatMap(({ content }) => content ?? [])];
  const shapes = await requireMedia(db, ctx, contents.flatMap((content) => content.parts.flatMap((part) => part.media.map(({ mediaId }) => mediaId))));
  refuse(accounts.flatMap((account, index) => {
    const content = wanted.targets[index]?.content ?? null;
    const { publishing } = account;
    if (publishing === null) return [];
    const problems = [
      ...checkShapes(content ?? wanted.content, publishing.images, shapes).map((problem) => ({ ...problem, medium: problem.image })),
      ...checkVideos(content ?? wanted.content, publishing.videos, shapes),
    ];
    return problems.map(({ part, medium, code, message }) => ({
      pointer: `${content === null ? '/content' : `/targets/${index}/content`}/parts/${part}${medium === null ? '' : `/media/${medium}`}`, code,
      message: `${account.handle} (${account.network_name}): ${message}`,
    }));
  }));
}

function refuse(errors: readonly FieldError[]): void {
  const [first] = errors;
  if (first !== undefined) throw new AppError('invalid-input', first.message, { fields: errors });
}

/** Notices the same words on one account within a day, and on several accounts of a network that forbids it. */
export async function requireOriginal(
  db: Db, ctx: WorkspaceContext, wanted: Wanted & { readonly postId: string; readonly accounts: readonly AccountRow[]; readonly dueAt: Date },
): Promise<void> {
  const hashes = wanted.targets.map(({ content }) => hashText(content ?? wanted.content));
  const since = new Date(wanted.dueAt.getTime() - dayMs);
  const same = await db.maybe(findSameText, [ctx.workspace.id, wanted.targets.map(({ accountId }) => accountId), hashes, since, wanted.postId]);
  if (same !== null) {
    const account = wanted.accounts.find(({ id }) => id === same.account_id);
    throw new AppError('already-exists', `The same post is ${same.state === 'published' ? 'out' : 'planned'} on ${account?.handle ?? 'this account'} already. Change the words, or go on if you mean it.`, {
      fields: [{ pointer: '/allowDuplicate', code: 'duplicate', message: 'The same words on the same account within a day.' }],
    });
  }
  for (const [index, account] of wanted.accounts.entries()) {
    const manifest = ctx.providers.get(account.network)?.manifest;
    const twin = wanted.accounts.findIndex((other, at) => at < index && other.network === account.network && hashes[at]?.equals(hashes[index] ?? Buffer.alloc(0)) === true);
    if (manifest?.publishing?.refusesSameText !== true || twin < 0) continue;
    throw new AppError('already-exists', `${manifest.name} forbids the same text on several accounts. Give ${account.handle} words of its own, or go on if you mean it.`, {
      fields: [{ pointer: '/allowDuplicate', code: 'same-text', message: 'The same text on two accounts of one network.' }],
    });
  }
}
