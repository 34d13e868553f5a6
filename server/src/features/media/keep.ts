import { previewSizes, type Media } from '@rookery/contract/media.ts';
import type { AuditAction } from '@rookery/contract/audit.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import type { KeptVideo } from '../../platform/videos/read-video.ts';
import type { NormalImage } from '../../platform/images/normal-image.ts';
import { makeVideoTile } from '../../platform/images/video-tile.ts';
import { makePlaceholder, makePreview, type ImageForm } from '../../platform/images/small-forms.ts';
import { recordAudit } from '../audit/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { cleanFileName } from './clean-name.ts';
import { findMediaRow, insertForm, insertMedia, insertVideo, sumBytes, type MediaRow } from './queries.ts';
import { createKey, storing } from './store.ts';

const bytesPerWorkspaceMax = 20 * 1024 ** 3;

/** Throws `too-large` when the library of the workspace is full. */
export async function requireRoom(db: Db, ctx: WorkspaceContext): Promise<void> {
  const { bytes } = await db.one(sumBytes, [ctx.workspace.id]);
  if (bytes > bytesPerWorkspaceMax) throw new AppError('too-large', 'The library of this workspace is full. Delete what is no longer needed.');
}

export interface Keeping {
  readonly name: string;
  readonly altText: string;
  readonly action: AuditAction;
}

/**
 * Takes an image into the library, with its previews: files first, then the rows that make them known, else neither.
 * No permission: the verbs that call it ask for it before they read a byte.
 */
export async function keepImage(ctx: WorkspaceContext, { name: givenName, altText, action }: Keeping, image: NormalImage): Promise<Media> {
  const now = ctx.clock.now();
  const id = createId(now.getTime());
  const placeholder = await makePlaceholder(image.data);
  const previews: { name: string; key: string; form: ImageForm }[] = [];
  for (const size of previewSizes) {
    previews.push({ name: `preview-${size}`, key: createKey(ctx.workspace.id, id), form: await makePreview(image.data, Number(size)) });
  }
  const key = createKey(ctx.workspace.id, id);
  const files = [{ key, data: image.data }, ...previews.map((preview) => ({ key: preview.key, data: preview.form.data }))];
  const name = cleanFileName(givenName);
  return storing(ctx.blobs, files, () => ctx.transaction(async (db) => {
    await db.run(insertMedia, [
      ctx.workspace.id, id, name, image.type, image.data.length, image.width, image.height, image.hasAlpha, image.isAnimated, altText, placeholder, key, ctx.actor.id, now,
    ]);
    for (const preview of previews) await addForm(db, ctx, { mediaId: id, ...preview });
    await recordAudit(db, ctx, { action, entity: { type: 'media', id, name }, metadata: { type: image.type, bytes: image.data.length } });
    await announceMedia(db, ctx, id);
    return describeMedia(await requireMediaRow(db, ctx, id));
  }));
}

/**
 * Takes a video into the library, as the file at `path` is, with tiles to stand for it: files first, then the rows, else neither.
 * No permission: the verb that calls it asks for it before it reads a byte.
 */
export async function keepVideo(ctx: WorkspaceContext, { name: givenName, altText, action }: Keeping, file: { video: KeptVideo; path: string }): Promise<Media> {
  const { video, path } = file;
  const now = ctx.clock.now();
  const id = createId(now.getTime());
  const key = createKey(ctx.workspace.id, id);
  const tiles: { name: string; key: string; form: ImageForm }[] = [];
  for (const size of previewSizes) tiles.push({ name: `preview-${size}`, key: createKey(ctx.workspace.id, id), form: await makeVideoTile(video, Number(size)) });
  const name = cleanFileName(givenName);
  const files = [{ key, path }, ...tiles.map((tile) => ({ key: tile.key, data: tile.form.data }))];
  return storing(ctx.blobs, files, () => ctx.transaction(async (db) => {
    await db.run(insertVideo, [
      ctx.workspace.id, id, name, video.type, video.bytes, video.width, video.height, altText, key, ctx.actor.id, now,
      video.durationMs, video.frameRate, video.codec, video.audio,
    ]);
    for (const tile of tiles) await addForm(db, ctx, { mediaId: id, ...tile });
    await recordAudit(db, ctx, { action, entity: { type: 'media', id, name }, metadata: { type: video.type, bytes: video.bytes } });
    await announceMedia(db, ctx, id);
    return describeMedia(await requireMediaRow(db, ctx, id));
  }));
}

/** Makes a stored form known. Answers whether it is the first of its name. */
export async function addForm(db: Db, ctx: WorkspaceContext, added: { mediaId: string; name: string; key: string; form: ImageForm }): Promise<boolean> {
  const { mediaId, name, key, form } = added;
  const values = [ctx.workspace.id, mediaId, name, form.type, form.data.length, form.width, form.height, key, ctx.clock.now()];
  return (await db.run(insertForm, values)) === 1;
}

/** Tells open libraries that an image came, changed or went. */
export async function announceMedia(db: Db, ctx: WorkspaceContext, mediaId: string): Promise<void> {
  await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'media', id: mediaId, progress: 0 });
}

export async function requireMediaRow(db: Db, ctx: WorkspaceContext, mediaId: string): Promise<MediaRow> {
  const row = await db.maybe(findMediaRow, [ctx.workspace.id, mediaId]);
  if (row === null) throw new AppError('not-found');
  return row;
}

function videoOf({ duration_ms: durationMs, frame_rate: frameRate, video_codec: codec, audio_codec: audio }: MediaRow): Media['video'] {
  return durationMs === null || codec === null || audio === null ? null : { durationMs, frameRate, codec, audio };
}

/** The image or video as people get it. */
export function describeMedia(row: MediaRow): Media {
  return {
    id: row.id, name: row.name, type: row.type, bytes: row.bytes, width: row.width, height: row.height, isAnimated: row.is_animated,
    altText: row.alt_text, placeholder: row.placeholder, video: videoOf(row), isMissing: row.missing_at !== null, createdAt: row.created_at.toISOString(),
  };
}
