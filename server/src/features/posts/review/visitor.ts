import { createHmac } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { BodyOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type { Media } from '@rookery/contract/media.ts';
import type { Content, Post } from '@rookery/contract/posts.ts';
import { answerKinds, type answerReview, type readReview, type readReviewImage, type Review, type ReviewPart } from '@rookery/contract/reviews.ts';
import { hashToken } from '../../../platform/crypto/hash-token.ts';
import type { Db } from '../../../platform/db/database.ts';
import { AppError, invalidField } from '../../../platform/errors.ts';
import { createId } from '../../../platform/id.ts';
import { recordAudit } from '../../audit/index.ts';
import type { PublicContext, WorkspaceContext } from '../../context.ts';
import { findMedia, openForm } from '../../media/index.ts';
import { openSystemContext } from '../../workspaces/index.ts';
import { insertComment, listLinkComments, type CommentRow } from '../comment-queries.ts';
import { findPost, type PostRow } from '../queries.ts';
import { describePosts, tellBrowsers } from '../rows.ts';
import { requirePost, titleOf } from '../service.ts';
import { findLinkByToken, holdLink, type ReviewLinkRow } from './link-queries.ts';
import { hashShown, shownTime } from './shown.ts';

const answersPerLinkMax = 200;

/** One answer for a link that is over, was taken back, or never was. */
function ended(): AppError {
  return new AppError('not-found', 'This review link has ended or was taken back. Ask whoever sent it for a new one.');
}

interface Opened {
  readonly link: ReviewLinkRow;
  /** The workspace as the link's holder acts in it; only the functions below are given it. */
  readonly ctx: WorkspaceContext;
}

/** Finds the link by the hash of its token, before any workspace is known. */
async function openLink(visitor: PublicContext, token: string): Promise<Opened> {
  const hash = hashToken(token);
  const link = await visitor.database.withScope({ reviewHash: hash.toString('hex') }, (db) => db.maybe(findLinkByToken, [hash, visitor.clock.now()]));
  const ctx = link === null ? null : await openSystemContext(visitor, link.workspace_id, 'review');
  if (link === null || ctx === null) throw ended();
  return { link, ctx: { ...ctx, facts: visitor.facts } };
}

/** The post behind a link, as it is now. */
export async function showReview(visitor: PublicContext, body: BodyOf<typeof readReview>): Promise<ReplyOf<typeof readReview>> {
  const opened = await openLink(visitor, body.token);
  return opened.ctx.transaction(async (db) => ({ review: await describeReview(db, opened) }));
}

async function requireShownRow(db: Db, { link, ctx }: Opened): Promise<PostRow> {
  const row = await db.maybe(findPost, [ctx.workspace.id, link.post_id]);
  if (row === null) throw ended();
  return row;
}

async function describeReview(db: Db, opened: Opened): Promise<Review> {
  const { link, ctx } = opened;
  const row = await requireShownRow(db, opened);
  const [post] = await describePosts(db, ctx, [row]);
  if (post === undefined || post.state === 'canceled' || post.state === 'deleted') throw ended();
  const shown = await hashShown(db, ctx, row);
  const media = await findMedia(db, ctx, mediaOf(post));
  const show = (content: Content): ReviewPart[] => showParts(opened, content, media);
  const { wallTime, zone } = await shownTime(db, ctx, row);
  const answers = await db.many(listLinkComments, [ctx.workspace.id, link.id]);
  return {
    workspaceName: ctx.workspace.name, parts: show(post.content), firstComment: post.content.firstComment,
    targets: post.targets.map(({ network, networkName, handle, content }) => ({ network, networkName, handle, parts: content === null ? null : show(content) })),
    wallTime, zone, isPublished: isOut(post), mayDecide: link.may_decide, expiresAt: link.expires_at.toISOString(), fingerprint: shown.toString('hex'),
    answers: answers.flatMap((answer) => toAnswer(answer, shown)),
  };
}

function isOut(post: Post): boolean {
  return post.targets.some(({ state, partsPublished }) => state === 'published' || state === 'deleted' || partsPublished > 0);
}

function mediaOf({ content, targets }: Post): string[] {
  const contents = [content, ...targets.flatMap((target) => target.content ?? [])];
  return contents.flatMap(({ parts }) => parts.flatMap((part) => part.media.map(({ mediaId }) => mediaId)));
}

function showParts({ link, ctx }: Opened, content: Content, media: ReadonlyMap<string, Media>): ReviewPart[] {
  return content.parts.map((part) => ({
    text: part.text,
    images: part.media.flatMap(({ mediaId, altText }) => {
      const found = media.get(mediaId);
      return found === undefined ? [] : [{ key: imageKey(ctx, link, mediaId), altText, width: found.width, height: found.height, placeholder: found.placeholder }];
    }),
  }));
}

/** Names an image to the holder of one link, and tells nothing of our ids. */
function imageKey(ctx: WorkspaceContext, link: ReviewLinkRow, mediaId: string): string {
  const key = createHmac('sha256', ctx.secretKey).update('rookery review image').digest();
  return createHmac('sha256', key).update(`${link.id} ${mediaId}`).digest('hex').slice(0, 32);
}

function toAnswer(row: CommentRow, shown: Buffer): Review['answers'] {
  const kind = answerKinds.find((known) => known === row.kind);
  if (kind === undefined) return [];
  const isOutdated = kind !== 'comment' && row.shown_hash?.equals(shown) !== true;
  return [{ kind, name: row.author_name, text: row.text, at: row.created_at.toISOString(), isOutdated }];
}

/** An image that the post shows now, in its preview. */
export async function showReviewImage(visitor: PublicContext, body: BodyOf<typeof readReviewImage>): Promise<ReplyOf<typeof readReviewImage>> {
  const opened = await openLink(visitor, body.token);
  const { link, ctx } = opened;
  const mediaId = await ctx.transaction(async (db) => {
    const [post] = await describePosts(db, ctx, [await requireShownRow(db, opened)]);
    return post === undefined ? undefined : mediaOf(post).find((id) => imageKey(ctx, link, id) === body.key);
  });
  if (mediaId === undefined) throw new AppError('not-found', 'This image is not in the post any more. Load the page again.');
  const file = await openForm(ctx, { mediaId, form: 'preview-640' });
  return { dataUrl: `data:${file.type};base64,${(await buffer(file.stream)).toString('base64')}` };
}

const actions = { comment: 'review:comment', approved: 'review:approve', changes: 'review:ask-changes' } as const;

/**
 * What the holder of a link says. An approval is of exactly what they have seen; it is shown to the team and lets nothing go out:
 * where the workspace asks for approval, that is still an owner's or admin's.
 */
export async function answerByLink(visitor: PublicContext, body: BodyOf<typeof answerReview>): Promise<ReplyOf<typeof answerReview>> {
  const opened = await openLink(visitor, body.token);
  const name = body.name.trim();
  const text = body.text.trim();
  if (name === '') throw invalidField('/name', 'empty', 'Enter your name, so that the team knows who wrote.');
  if (text === '' && body.kind !== 'approved') throw invalidField('/text', 'empty', 'Write what you would like to say.');
  if (body.kind !== 'comment' && !opened.link.may_decide) throw new AppError('not-allowed', 'This link is for reading and commenting only.');
  const ctx: WorkspaceContext = { ...opened.ctx, actor: { kind: 'system', id: null, name: `${name} (by link)` } };
  return ctx.transaction(async (db) => {
    const { row } = await requirePost(db, ctx, opened.link.post_id);
    // Read again under the lock: the link may have ended since, and the post have changed.
    const link = await db.maybe(holdLink, [ctx.workspace.id, opened.link.id, ctx.clock.now()]);
    if (link === null) throw ended();
    const before = await describeReview(db, opened);
    if (before.isPublished && body.kind !== 'comment') throw new AppError('conflict', 'This post is out already: there is nothing to decide any more.');
    if (body.kind === 'approved' && body.seen !== before.fingerprint) {
      throw new AppError('conflict', 'The post was changed since you opened it. Look at it again before you approve.');
    }
    if (before.answers.length >= answersPerLinkMax) throw new AppError('conflict', 'This link has taken all the answers that it can. Write to the team directly.');
    const id = createId(ctx.clock.now().getTime());
    await db.run(insertComment, [
      ctx.workspace.id, id, row.id, body.kind, null, name, link.id, text, Buffer.from(before.fingerprint, 'hex'), ctx.clock.now(),
    ]);
    await recordAudit(db, ctx, { action: actions[body.kind], entity: { type: 'post', id: row.id, name: titleOf(row) }, metadata: { link: link.id } });
    await tellBrowsers(db, ctx, row.id);
    return { review: await describeReview(db, opened) };
  });
}
