import type { ImageRule } from '@rookery/contract/publishing.ts';
import type { Sharp } from 'sharp';
import { AppError } from '../errors.ts';
import { inTurn, openImage } from './decoder.ts';
import type { NormalImage } from './normal-image.ts';
import type { ImageForm } from './small-forms.ts';

type Rule = Pick<ImageRule, 'types' | 'bytesMax'>;
type Type = ImageForm['type'];

/** Longer edges that are tried, in pixels; networks show no more than 2,048, so that far quality goes first. */
const edges = [4096, 3072, 2048, 1440, 1080, 720, 480];
const qualities = [90, 82, 74];

/** The image in a type and size that the rule allows: unchanged where it fits, else as large and as good as can be. */
export async function fitImage(image: NormalImage, rule: Rule): Promise<ImageForm> {
  if (rule.types.includes(image.type) && image.data.length <= rule.bytesMax) return image;
  return inTurn(async () => {
    for (const edge of edges.filter((candidate, index) => index === 0 || candidate < Math.max(image.width, image.height))) {
      for (const type of typesFor(image, rule)) {
        const form = await writeWithin(image, { type, edge, bytesMax: rule.bytesMax });
        if (form !== null) return form;
      }
    }
    throw new AppError('too-large', 'This image cannot be made small enough for the network.');
  });
}

/** What keeps most of the image first: transparency, then sharp edges, then what is smallest. */
function typesFor(image: NormalImage, rule: Rule): Type[] {
  const order: Type[] = image.hasAlpha ? ['image/png', 'image/webp', 'image/jpeg'] : ['image/jpeg', 'image/webp', 'image/png'];
  const types = order.filter((type) => rule.types.includes(type));
  if (image.type === 'image/png' && !image.hasAlpha && rule.types.includes('image/png')) return ['image/png', ...types.filter((type) => type !== 'image/png')];
  return types;
}

async function writeWithin(image: NormalImage, { type, edge, bytesMax }: { type: Type; edge: number; bytesMax: number }): Promise<ImageForm | null> {
  for (const quality of type === 'image/png' ? [100] : qualities) {
    const resized = openImage(image.data).resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true });
    const { data, info } = await encode(resized, type, quality).toBuffer({ resolveWithObject: true });
    if (data.length <= bytesMax) return { data, type, width: info.width, height: info.height };
    // Twice too large stays too large at any quality that is worth looking at.
    if (data.length > bytesMax * 2) return null;
  }
  return null;
}

function encode(image: Sharp, type: Type, quality: number): Sharp {
  if (type === 'image/png') return image.png({ compressionLevel: 9 });
  if (type === 'image/webp') return image.webp({ quality });
  return image.flatten({ background: '#fff' }).jpeg({ quality, progressive: true });
}
