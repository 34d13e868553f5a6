import type { Readable } from 'node:stream';
import { mediaBytesMax, previewSizes, type changeMedia, type deleteMedia, type getMedia, type listMedia, type Media, type uploadMedia } from '@rookery/contract/media.ts';
import type { BodyOf, QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import { receiveIncoming } from '../../platform/blobs/incoming.ts';
import { badCursor } from '../../platform/cursor.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { normalizeImage, type NormalImage } from '../../platform/images/normal-image.ts';
import { makePlaceholder, makePreview, type ImageForm } from '../../platform/images/small-forms.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { cleanFileName } from './clean-name.ts';
import {
  countWaitingPosts, deleteMediaRow, findMediaRow, insertForm, insertMedia, listFormKeys, listMediaByIds, listMediaRows, lockMedia, sumBytes, updateAltText,
  type MediaRow,
} from './queries.ts';
import { blobsOf, createKey, incomingFolder, storing } from './store.ts';

const bytesPerWorkspaceMax = 20 * 1024 ** 3;
const pageDefault = 60;

export interface ReceivedImage {
  readonly query: QueryOf<typeof uploadMedia>;
  readonly stream: Readable;
  readonly signal: AbortSignal;
}

/** Takes one image into the library: written anew, so that nothing of the sent file is kept but the picture. */
export async function uploadImage(ctx: WorkspaceContext, { query, stream, signal }: ReceivedImage): Promise<ReplyOf<typeof uploadMedia>> {
  requirePermission(ctx, 'posts:write');
  await ctx.transaction((db) => requireRoom(db, ctx));
  const file = await receiveIncoming(incomingFolder(ctx.config), { stream, bytesMax: mediaBytesMax, signal });
  try {
    return await keepImage(ctx, query, await normalizeImage(file.path));
  } finally {
    await file.remove();
  }
}

async function requireRoom(db: Db, ctx: WorkspaceContext): Promise<void> {
  const { bytes } = await db.one(sumBytes, [ctx.workspace.id]);
  if (bytes > bytesPerWorkspaceMax) throw new AppError('too-large', 'The library of this workspace is full. Delete images that are no longer needed.');
}

async function keepImage(ctx: WorkspaceContext, query: QueryOf<typeof uploadMedia>, image: NormalImage): Promise<ReplyOf<typeof uploadMedia>> {
  const now = ctx.clock.now();
  const id = createId(now.getTime());
  const placeholder = await makePlaceholder(image.data);
  const previews: { name: string; key: string; form: ImageForm }[] = [];
  for (const size of previewSizes) {
    previews.push({ name: `preview-${size}`, key: createKey(ctx.workspace.id, id), form: await makePreview(image.data, Number(size)) });
  }
  const key = createKey(ctx.workspace.id, id);
  const files = [{ key, data: image.data }, ...previews.map((preview) => ({ key: preview.key, data: preview.form.data }))];
  const name = cleanFileName(query.name);
  return storing(blobsOf(ctx), files, () => ctx.transaction(async (db) => {
    await db.run(insertMedia, [
      ctx.workspace.id, id, name, image.type, image.data.length, image.width, image.height, image.hasAlpha, image.isAnimated, query.altText ?? '', placeholder,
      key, ctx.actor.id, now,
    ]);
    for (const preview of previews) await addForm(db, ctx, { mediaId: id, ...preview });
    await recordAudit(db, ctx, { action: 'media:upload', entity: { type: 'media', id, name }, metadata: { type: image.type, bytes: image.data.length } });
    return { media: describeMedia(await requireMediaRow(db, ctx, id)) };
  }));
}

/** Makes a stored form known. Answers whether it is the first of its name. */
export async function addForm(db: Db, ctx: WorkspaceContext, added: { mediaId: string; name: string; key: string; form: ImageForm }): Promise<boolean> {
  const { mediaId, name, key, form } = added;
  const values = [ctx.workspace.id, mediaId, name, form.type, form.data.length, form.width, form.height, key, ctx.clock.now()];
  return (await db.run(insertForm, values)) === 1;
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

export async function requireMediaRow(db: Db, ctx: WorkspaceContext, mediaId: string): Promise<MediaRow> {
  const row = await db.maybe(findMediaRow, [ctx.workspace.id, mediaId]);
  if (row === null) throw new AppError('not-found');
  return row;
}

/** Changes the description. */
export async function describeImage(ctx: WorkspaceContext, mediaId: string, body: BodyOf<typeof changeMedia>): Promise<ReplyOf<typeof changeMedia>> {
  requirePermission(ctx, 'posts:write');
  return ctx.transaction(async (db) => {
    const row = await requireMediaRow(db, ctx, mediaId);
    await db.run(updateAltText, [ctx.workspace.id, mediaId, body.altText]);
    await recordAudit(db, ctx, { action: 'media:change', entity: { type: 'media', id: mediaId, name: row.name } });
    return { media: describeMedia({ ...row, alt_text: body.altText }) };
  });
}

/** Deletes an image with all its forms, unless a post that has not gone out shows it. */
export async function deleteImage(ctx: WorkspaceContext, mediaId: string): Promise<ReplyOf<typeof deleteMedia>> {
  requirePermission(ctx, 'posts:write');
  const keys = await ctx.transaction(async (db) => {
    const row = await db.maybe(lockMedia, [ctx.workspace.id, mediaId]);
    if (row === null) throw new AppError('not-found');
    const { n } = await db.one(countWaitingPosts, [ctx.workspace.id, mediaId]);
    if (n > 0) throw new AppError('conflict', `This image is in ${n === 1 ? 'a post' : `${n} posts`} not gone out yet. Take it out there first.`);
    const forms = await db.many(listFormKeys, [ctx.workspace.id, mediaId]);
    await db.run(deleteMediaRow, [ctx.workspace.id, mediaId]);
    await recordAudit(db, ctx, { action: 'media:delete', entity: { type: 'media', id: mediaId, name: row.name } });
    return [row.stored_as, ...forms.map(({ stored_as: storedAs }) => storedAs)];
  });
  for (const key of keys) await blobsOf(ctx).delete(key);
  return { ok: true };
}

/** The images with these ids, by id. Throws `invalid-input` when one of them is not of this workspace. */
export async function requireMedia(db: Db, ctx: WorkspaceContext, mediaIds: readonly string[]): Promise<ReadonlyMap<string, Media>> {
  if (mediaIds.length === 0) return new Map();
  const rows = await db.many(listMediaByIds, [ctx.workspace.id, [...new Set(mediaIds)]]);
  const found = new Map(rows.map((row) => [row.id, describeMedia(row)]));
  if (mediaIds.some((id) => !found.has(id))) throw invalidField('/content', 'media', 'An image of this post is not in the library any more. Choose another.');
  return found;
}

function describeMedia(row: MediaRow): Media {
  return {
    id: row.id, name: row.name, type: row.type, bytes: row.bytes, width: row.width, height: row.height, isAnimated: row.is_animated,
    altText: row.alt_text, placeholder: row.placeholder, createdAt: row.created_at.toISOString(),
  };
}
