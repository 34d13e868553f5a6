import type { Readable } from 'node:stream';
import { mediaBytesMax, videoBytesMax, type changeMedia, type deleteMedia, type getMedia, type listMedia, type listMediaUses, type Media, type reshapeMedia, type uploadMedia } from '@rookery/contract/media.ts';
import type { BodyOf, QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import { ratioWords } from '@rookery/contract/image-shape.ts';
import { receiveIncoming } from '../../platform/blobs/incoming.ts';
import { badCursor } from '../../platform/cursor.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { normalizeImage } from '../../platform/images/normal-image.ts';
import { reshapeImage } from '../../platform/images/reshape-image.ts';
import { isVideoHead, readAndCleanVideo } from '../../platform/videos/read-video.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { announceMedia, describeMedia, keepImage, keepVideo, requireMediaRow, requireRoom } from './keep.ts';
import { imageTypeOf } from './image-types.ts';
import { countWaitingPosts, deleteMediaRow, holdMediaByIds, listFormKeys, listMediaByIds, listMediaRows, listUsingPosts, listUsingSeries, lockMedia, updateAltText } from './queries.ts';
import { incomingFolder, readBlob } from './store.ts';

const pageDefault = 60;
const usesMax = 50;

export interface ReceivedImage {
  readonly query: QueryOf<typeof uploadMedia>;
  readonly stream: Readable;
  readonly signal: AbortSignal;
}

/** Takes one image or video into the library: an image written anew, so that nothing is kept but the picture; a video with its notes overwritten. */
export async function uploadImage(ctx: WorkspaceContext, { query, stream, signal }: ReceivedImage): Promise<ReplyOf<typeof uploadMedia>> {
  requirePermission(ctx, 'posts:write');
  await ctx.transaction((db) => requireRoom(db, ctx));
  const file = await receiveIncoming(incomingFolder(ctx.config), { stream, bytesMaxOf: (head) => (isVideoHead(head) ? videoBytesMax : mediaBytesMax), signal });
  try {
    const keeping = { name: query.name, altText: query.altText ?? '', action: 'media:upload' } as const;
    if (file.isOf(isVideoHead)) return { media: await keepVideo(ctx, keeping, { video: await readAndCleanVideo(file.path), path: file.path }) };
    return { media: await keepImage(ctx, keeping, await normalizeImage(file.path)) };
  } finally {
    await file.remove();
  }
}

/** Adds the image in another shape, beside the one that it is made of, with the same description. */
export async function reshapeKept(ctx: WorkspaceContext, mediaId: string, body: BodyOf<typeof reshapeMedia>): Promise<ReplyOf<typeof reshapeMedia>> {
  requirePermission(ctx, 'posts:write');
  const row = await ctx.transaction(async (db) => {
    await requireRoom(db, ctx);
    return requireMediaRow(db, ctx, mediaId);
  });
  const type = imageTypeOf(row.type);
  if (type === null) throw new AppError('invalid-input', 'Videos are kept as they are: only images can take another shape here.');
  const data = await readBlob(ctx.blobs, row.stored_as);
  const image = await reshapeImage({ data, type, width: row.width, height: row.height, hasAlpha: row.has_alpha }, body);
  const name = row.name.replace(/(\.[A-Za-z0-9]{1,5})?$/, ` (${ratioWords(body.ratio)})$1`);
  return { media: await keepImage(ctx, { name, altText: row.alt_text, action: 'media:reshape' }, image) };
}

export async function listImages(ctx: WorkspaceContext, query: QueryOf<typeof listMedia>): Promise<ReplyOf<typeof listMedia>> {
  requirePermission(ctx, 'posts:read');
  const limit = query.limit ?? pageDefault;
  const before = query.cursor === undefined ? null : readCursor(query.cursor);
  const rows = await ctx.transaction((db) => db.many(listMediaRows, [ctx.workspace.id, before, query.search ?? null, limit + 1]));
  const page = rows.slice(0, limit);
  return { media: page.map(describeMedia), nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

function readCursor(cursor: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) throw badCursor();
  return cursor;
}

export async function readImage(ctx: WorkspaceContext, mediaId: string): Promise<ReplyOf<typeof getMedia>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => ({ media: describeMedia(await requireMediaRow(db, ctx, mediaId)) }));
}

/** Those of these images that are in the library, by id. */
export async function findMedia(db: Db, ctx: WorkspaceContext, mediaIds: readonly string[]): Promise<ReadonlyMap<string, Media>> {
  const rows = await db.many(listMediaByIds, [ctx.workspace.id, [...new Set(mediaIds)]]);
  return new Map(rows.map((row) => [row.id, describeMedia(row)]));
}

/** The posts and the series that show an image. */
export async function listUses(ctx: WorkspaceContext, mediaId: string): Promise<ReplyOf<typeof listMediaUses>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => {
    await requireMediaRow(db, ctx, mediaId);
    const rows = await db.many(listUsingPosts, [ctx.workspace.id, mediaId, usesMax]);
    const series = await db.many(listUsingSeries, [ctx.workspace.id, mediaId, usesMax]);
    return {
      series: series.map((row) => ({ seriesId: row.id, words: row.words, isPaused: row.is_paused })),
      uses: rows.map((row) => ({ postId: row.id, words: row.words, dueAt: row.due_at?.toISOString() ?? null, isWaiting: row.is_waiting })),
    };
  });
}

/** Changes the description. */
export async function describeImage(ctx: WorkspaceContext, mediaId: string, body: BodyOf<typeof changeMedia>): Promise<ReplyOf<typeof changeMedia>> {
  requirePermission(ctx, 'posts:write');
  return ctx.transaction(async (db) => {
    const row = await requireMediaRow(db, ctx, mediaId);
    await db.run(updateAltText, [ctx.workspace.id, mediaId, body.altText]);
    await recordAudit(db, ctx, { action: 'media:change', entity: { type: 'media', id: mediaId, name: row.name } });
    await announceMedia(db, ctx, mediaId);
    return { media: describeMedia({ ...row, alt_text: body.altText }) };
  });
}

/** Deletes an image with all its forms, unless a post that has not gone out or a series that has not ended shows it. */
export async function deleteImage(ctx: WorkspaceContext, mediaId: string): Promise<ReplyOf<typeof deleteMedia>> {
  requirePermission(ctx, 'posts:write');
  const keys = await ctx.transaction(async (db) => {
    const row = await db.maybe(lockMedia, [ctx.workspace.id, mediaId]);
    if (row === null) throw new AppError('not-found');
    await requireUnused(db, ctx, mediaId);
    const forms = await db.many(listFormKeys, [ctx.workspace.id, mediaId]);
    await db.run(deleteMediaRow, [ctx.workspace.id, mediaId]);
    await recordAudit(db, ctx, { action: 'media:delete', entity: { type: 'media', id: mediaId, name: row.name } });
    await announceMedia(db, ctx, mediaId);
    return [row.stored_as, ...forms.map(({ stored_as: storedAs }) => storedAs)];
  });
  for (const key of keys) await ctx.blobs.delete(key);
  return { ok: true };
}

/** Throws `conflict` with words that say where the image is used, as long as something that is still to go out shows it. */
async function requireUnused(db: Db, ctx: WorkspaceContext, mediaId: string): Promise<void> {
  const posts = await db.one(countWaitingPosts, [ctx.workspace.id, mediaId]);
  const series = await db.many(listUsingSeries, [ctx.workspace.id, mediaId, usesMax]);
  const places = [
    ...(posts.n === 0 ? [] : [posts.n === 1 ? `in a post not gone out yet${quote(posts.words)}` : `in ${posts.n} posts not gone out yet`]),
    ...(series.length === 0 ? [] : [series.length === 1 ? `in a series that repeats${quote(series[0]?.words ?? null)}` : `in ${series.length} series that repeat`]),
  ];
  if (places.length > 0) throw new AppError('conflict', `This image is ${places.join(' and ')}. Take it out there first${series.length > 0 ? ', or end the series' : ''}.`);
}

function quote(words: string | null): string {
  const line = [...(words ?? '').replaceAll(/\s+/g, ' ').trim()];
  return line.length === 0 ? '' : ` (“${line.length > 60 ? `${line.slice(0, 59).join('')}…` : line.join('')}”)`;
}

/** The images with these ids, by id, held until the end of the transaction. Throws `invalid-input` when one of them is not of this workspace. */
export async function requireMedia(db: Db, ctx: WorkspaceContext, mediaIds: readonly string[]): Promise<ReadonlyMap<string, Media>> {
  if (mediaIds.length === 0) return new Map();
  const rows = await db.many(holdMediaByIds, [ctx.workspace.id, [...new Set(mediaIds)]]);
  const found = new Map(rows.map((row) => [row.id, describeMedia(row)]));
  if (mediaIds.some((id) => !found.has(id))) throw invalidField('/content', 'media', 'An image of this post is not in the library any more. Choose another.');
  return found;
}
