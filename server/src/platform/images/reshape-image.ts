import type { Reshaping } from '@rookery/contract/media.ts';
import type { Sharp } from 'sharp';
import { inTurn, openImage } from './decoder.ts';
import { edgeMax, jpegOptions, type NormalImage } from './normal-image.ts';

export interface Reshape {
  readonly how: Reshaping;
  /** Width divided by height. */
  readonly ratio: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Longer edge of the small copy that becomes the background: nothing on it can be told any more. */
const backgroundEdge = 24;
/** So that what is in front stands out. */
const backgroundBrightness = 0.8;

/** The image in another shape; the sides never pass the ratio by a pixel. Of an animation it is the first picture. */
export async function reshapeImage(image: Pick<NormalImage, 'data' | 'type' | 'width' | 'height' | 'hasAlpha'>, { how, ratio }: Reshape): Promise<NormalImage> {
  return inTurn(() => (how === 'crop' ? crop(image, ratio) : fit(image, ratio)));
}

async function crop(image: Parameters<typeof reshapeImage>[0], ratio: number): Promise<NormalImage> {
  const { width, height } = image;
  const size = width / height > ratio
    ? { width: Math.max(1, Math.floor(height * ratio)), height }
    : { width, height: Math.max(1, Math.floor(width / ratio)) };
  const cut = openImage(image.data).extract({ left: Math.floor((width - size.width) / 2), top: Math.floor((height - size.height) / 2), ...size });
  return image.type === 'image/jpeg' ? write(cut.jpeg(jpegOptions), 'image/jpeg', false) : write(cut.png({ compressionLevel: 6 }), 'image/png', image.hasAlpha);
}

async function fit(image: Parameters<typeof reshapeImage>[0], ratio: number): Promise<NormalImage> {
  const canvas = canvasFor(image, ratio);
  const small = canvas.width > canvas.height ? { width: backgroundEdge, height: Math.max(1, Math.round(backgroundEdge / ratio)) } : { width: Math.max(1, Math.round(backgroundEdge * ratio)), height: backgroundEdge };
  const front = await flat(image).resize({ ...canvas, fit: 'inside', withoutEnlargement: true }).raw().toBuffer({ resolveWithObject: true });
  const blurred = await flat(image).resize({ ...small, fit: 'cover' }).blur(1.5).modulate({ brightness: backgroundBrightness }).png().toBuffer();
  const { width, height, channels } = front.info;
  const whole = openImage(blurred).resize({ ...canvas, fit: 'fill', kernel: 'cubic' }).composite([{ input: front.data, raw: { width, height, channels }, gravity: 'centre' }]);
  return write(whole.jpeg(jpegOptions), 'image/jpeg', false);
}

/** The smallest canvas of the ratio that the whole image fits on, made smaller where it is larger than what we keep. */
function canvasFor({ width, height }: Size, ratio: number): Size {
  const whole = width / height > ratio ? { width, height: Math.ceil(width / ratio) } : { width: Math.ceil(height * ratio), height };
  const scale = Math.min(1, edgeMax / Math.max(whole.width, whole.height));
  return { width: Math.max(1, Math.round(whole.width * scale)), height: Math.max(1, Math.round(whole.height * scale)) };
}

function flat(image: Pick<NormalImage, 'data'>): Sharp {
  return openImage(image.data).flatten({ background: '#fff' });
}

async function write(image: Sharp, type: NormalImage['type'], hasAlpha: boolean): Promise<NormalImage> {
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { data, type, width: info.width, height: info.height, hasAlpha, isAnimated: false };
}
