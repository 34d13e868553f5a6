import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describeRatio } from '@rookery/contract/image-shape.ts';
import type { ImageRule, Publishing } from '@rookery/contract/publishing.ts';
import { describeVideo } from '@rookery/contract/check-videos.ts';
import { videoTypes } from '@rookery/contract/video-rules.ts';
import { AppError } from '../../platform/errors.ts';
import { fitImage } from '../../platform/images/fit-image.ts';
import { ProviderError, type PublishImage, type PublishVideo } from '../../providers/provider.ts';
import type { WorkspaceContext } from '../context.ts';
import { imageTypeOf } from './image-types.ts';
import { addForm, describeMedia } from './keep.ts';
import { publicAddress } from './public-address.ts';
import { findForm, findMediaRow, listMediaByIds, type FormRow, type MediaRow } from './queries.ts';
import { createKey, readBlob, storing } from './store.ts';

/** An image of a post as the post names it. */
export interface ChosenImage {
  readonly mediaId: string;
  readonly altText: string;
}

/** What a part shows, ready to be sent: images, or one video. */
export interface PublishMedia {
  readonly images: readonly PublishImage[];
  readonly video: PublishVideo | null;
}

/** As `loadPublishImages`, and a video that stands alone as it is kept. No permission: part of a job. No audit: nothing is changed but by that. */
export async function loadPublishMedia(ctx: WorkspaceContext, chosen: readonly ChosenImage[], rules: Pick<Publishing, 'images' | 'videos'>): Promise<PublishMedia> {
  const [only, ...more] = chosen;
  const row = only === undefined || more.length > 0 ? null : await ctx.transaction((db) => db.maybe(findMediaRow, [ctx.workspace.id, only.mediaId]));
  if (only === undefined || row === null || imageTypeOf(row.type) !== null) return { images: await loadPublishImages(ctx, chosen, rules.images), video: null };
  const refusals = rules.videos === null ? ['This network takes no videos from here.'] : describeVideo(describeMedia(row), rules.videos);
  if (refusals[0] !== undefined) throw new ProviderError('rejected', refusals[0]);
  return { images: [], video: describeKept(ctx, row, only.altText) };
}

function describeKept(ctx: WorkspaceContext, row: MediaRow, altText: string): PublishVideo {
  const type = videoTypes.find((each) => each === row.type) ?? 'video/mp4';
  return {
    mediaId: row.id, type, bytes: row.bytes, width: row.width, height: row.height, altText,
    open: async (range) => {
      const stream = await ctx.blobs.get(row.stored_as, range);
      if (stream === null) throw new ProviderError('rejected', 'The file of this video is missing on the server. Delete the video and send it again.');
      return asByteStream(Readable.toWeb(stream, { strategy: { highWaterMark: 0 } }));
    },
    publicUrl: async () => publicAddress(ctx, { workspaceId: ctx.workspace.id, mediaId: row.id, form: 'file' }),
  };
}

// Guarantee: every store of blobs answers byte streams, whose pieces are buffers of their own.
function asByteStream(stream: unknown): ReadableStream<Uint8Array<ArrayBuffer>> {
  return stream as ReadableStream<Uint8Array<ArrayBuffer>>;
}

/**
 * The images in a form that a network's rule allows, made where it is not there yet. Throws a ProviderError of kind `rejected`, with
 * words, when one was deleted or cannot be made to fit: trying again would not help.
 * No permission: part of a job. No audit: the forms are copies of what the library has.
 */
export async function loadPublishImages(ctx: WorkspaceContext, chosen: readonly ChosenImage[], rule: ImageRule): Promise<PublishImage[]> {
  if (chosen.length === 0) return [];
  try {
    return await loadImages(ctx, chosen, rule);
  } catch (error) {
    if (error instanceof AppError && error.status < 500) throw new ProviderError('rejected', error.message, { cause: error });
    throw error;
  }
}

async function loadImages(ctx: WorkspaceContext, chosen: readonly ChosenImage[], rule: ImageRule): Promise<PublishImage[]> {
  const rows = await ctx.transaction((db) => db.many(listMediaByIds, [ctx.workspace.id, chosen.map(({ mediaId }) => mediaId)]));
  const images: PublishImage[] = [];
  for (const { mediaId, altText } of chosen) {
    const row = rows.find(({ id }) => id === mediaId);
    if (row === undefined) throw new AppError('not-found', 'An image of this post was deleted from the library.');
    const refusal = describeRatio(row, rule);
    if (refusal !== null) throw new AppError('invalid-input', refusal);
    images.push(describe(ctx, { mediaId, altText, ...(await findOrMakeForm(ctx, row, rule)) }));
  }
  return images;
}

interface FoundForm {
  readonly form: string;
  readonly row: FormRow & { readonly type: PublishImage['type'] };
}

async function findOrMakeForm(ctx: WorkspaceContext, media: MediaRow, rule: ImageRule): Promise<FoundForm> {
  const kept = imageTypeOf(media.type);
  if (kept === null) throw new AppError('invalid-input', 'A video stands alone in a post: no image can be published beside it.');
  if (rule.types.includes(kept) && media.bytes <= rule.bytesMax) return { form: 'file', row: { ...media, type: kept } };
  const form = `fit-${createHash('sha256').update(JSON.stringify([rule.types.toSorted(), rule.bytesMax])).digest('hex').slice(0, 16)}`;
  const where = [ctx.workspace.id, media.id, form];
  const known = await ctx.transaction((db) => db.maybe(findForm, where));
  if (known !== null) return { form, row: known };
  const blobs = ctx.blobs;
  const data = await readBlob(blobs, media.stored_as);
  const fitted = await fitImage({ data, type: kept, width: media.width, height: media.height, hasAlpha: media.has_alpha, isAnimated: media.is_animated }, rule);
  const key = createKey(ctx.workspace.id, media.id);
  const isFirst = await storing(blobs, [{ key, data: fitted.data }], () =>
    ctx.transaction((db) => addForm(db, ctx, { mediaId: media.id, name: form, key, form: fitted })));
  // Another worker was quicker.
  if (!isFirst) await blobs.delete(key);
  const row = await ctx.transaction((db) => db.maybe(findForm, where));
  if (row === null) throw new AppError('not-found', 'An image of this post was deleted from the library.');
  return { form, row };
}

function describe(ctx: WorkspaceContext, { mediaId, altText, form, row }: ChosenImage & FoundForm): PublishImage {
  return {
    mediaId, altText, type: row.type, bytes: row.bytes, width: row.width, height: row.height,
    read: async () => new Uint8Array(await readBlob(ctx.blobs, row.stored_as)),
    publicUrl: async () => publicAddress(ctx, { workspaceId: ctx.workspace.id, mediaId, form }),
  };
}
