import { createHash } from 'node:crypto';
import { describeRatio } from '@rookery/contract/image-shape.ts';
import type { ImageRule } from '@rookery/contract/publishing.ts';
import { AppError } from '../../platform/errors.ts';
import { fitImage } from '../../platform/images/fit-image.ts';
import { ProviderError, type PublishImage } from '../../providers/provider.ts';
import type { WorkspaceContext } from '../context.ts';
import { findFormRow } from './files.ts';
import { addForm } from './keep.ts';
import { publicAddress } from './public-address.ts';
import { listMediaByIds, type FormRow, type MediaRow } from './queries.ts';
import { createKey, readBlob, storing } from './store.ts';

/** An image of a post as the post names it. */
export interface ChosenImage {
  readonly mediaId: string;
  readonly altText: string;
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
  readonly row: FormRow;
}

async function findOrMakeForm(ctx: WorkspaceContext, media: MediaRow, rule: ImageRule): Promise<FoundForm> {
  if (rule.types.includes(media.type) && media.bytes <= rule.bytesMax) return { form: 'file', row: media };
  const form = `fit-${createHash('sha256').update(JSON.stringify([rule.types.toSorted(), rule.bytesMax])).digest('hex').slice(0, 16)}`;
  const where = { workspaceId: ctx.workspace.id, mediaId: media.id, form };
  const known = await ctx.transaction((db) => findFormRow(db, where));
  if (known !== null) return { form, row: known };
  const blobs = ctx.blobs;
  const data = await readBlob(blobs, media.stored_as);
  const fitted = await fitImage({ data, type: media.type, width: media.width, height: media.height, hasAlpha: media.has_alpha, isAnimated: media.is_animated }, rule);
  const key = createKey(ctx.workspace.id, media.id);
  const isFirst = await storing(blobs, [{ key, data: fitted.data }], () =>
    ctx.transaction((db) => addForm(db, ctx, { mediaId: media.id, name: form, key, form: fitted })));
  // Another worker was quicker.
  if (!isFirst) await blobs.delete(key);
  const row = await ctx.transaction((db) => findFormRow(db, where));
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
