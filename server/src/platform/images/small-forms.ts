import { AppError } from '../errors.ts';
import { inTurn, openImage } from './decoder.ts';

const placeholderLengthMax = 300;
const previewQuality = 78;

/** Another form of an image. */
export interface ImageForm {
  readonly data: Buffer;
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif';
  readonly width: number;
  readonly height: number;
}

/** The image as WebP with its longer edge at most `edge` pixels; of an animation the first picture. */
export function makePreview(image: Uint8Array, edge: number): Promise<ImageForm> {
  return inTurn(async () => {
    const { data, info } = await openImage(image)
      .resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: previewQuality })
      .toBuffer({ resolveWithObject: true });
    return { data, type: 'image/webp', width: info.width, height: info.height };
  });
}

/** The image in a few pixels as a `data:` address of at most 300 characters, to be shown while the preview is on its way. */
export function makePlaceholder(image: Uint8Array): Promise<string> {
  return inTurn(async () => {
    for (const edge of [20, 16, 12, 8, 4]) {
      const resized = openImage(image).resize({ width: edge, height: edge, fit: 'inside' }).flatten({ background: '#888' });
      const address = `data:image/webp;base64,${(await resized.webp({ quality: 30, effort: 6 }).toBuffer()).toString('base64')}`;
      if (address.length <= placeholderLengthMax) return address;
    }
    throw new AppError('internal', 'No placeholder is small enough.');
  });
}
