import { AppError, invalidField } from '../../platform/errors.ts';
import type { PublishImage } from '../../providers/provider.ts';

/** No media library is there yet: nothing with an image is accepted. */
export async function requireMedia(_db: unknown, _ctx: unknown, mediaIds: readonly string[]): Promise<void> {
  if (mediaIds.length > 0) throw invalidField('/content/parts/0/media', 'unknown', 'There is no such image in this workspace.');
}

export async function loadPublishImages(_ctx: unknown, media: readonly unknown[], _rule: unknown): Promise<PublishImage[]> {
  if (media.length > 0) throw new AppError('not-supported', 'Images cannot be sent.');
  return [];
}
