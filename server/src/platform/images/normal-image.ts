import type { imageTypes } from '@rookery/contract/media.ts';
import { AppError } from '../errors.ts';
import { inTurn, openImage, pixelsMax, tooManyPixels } from './decoder.ts';
import { readImageType, type UploadType } from './image-type.ts';

/** An image as we keep it: upright, sRGB, free of notes, written by our own encoder. */
export interface NormalImage {
  readonly data: Buffer;
  readonly type: (typeof imageTypes)[number];
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  readonly isAnimated: boolean;
}

/** The largest that any network takes. */
export const edgeMax = 4096;
/** Formats that come out of their decoder only as a whole: ten and more bytes of memory a pixel. No camera writes larger ones. */
const progressivePixelsMax = 25_000_000;
const avifPixelsMax = 16_000_000;
const animationBytesMax = 8_000_000;
const animationPixelsMax = 30_000_000;
/** Above this a photograph was saved as PNG. */
const pngBytesMax = 10_000_000;
/** Of photographs that we keep. */
export const jpegOptions = { quality: 92, chromaSubsampling: '4:4:4' } as const;

/**
 * Reads a file that somebody sent and writes it anew: nothing of it but the picture is left, so notes in it (place, camera, names) and
 * whatever else the file may have been at the same time are gone. Throws `unsupported-type`, `too-large` or `invalid-input`, with words.
 */
export async function normalizeImage(path: string): Promise<NormalImage> {
  const type = await readImageType(path);
  if (type === null) throw new AppError('unsupported-type', 'This is no image that can be used here. Send JPEG, PNG, GIF, WebP or AVIF.');
  return inTurn(() => normalize(path, type));
}

async function normalize(path: string, type: UploadType): Promise<NormalImage> {
  const { width, height, pages = 1, hasAlpha, compression, isProgressive, size = 0 } = await openImage(path).metadata();
  if (width * height > pixelsMaxOf(type, isProgressive)) throw tooManyPixels(pixelsMaxOf(type, isProgressive));
  if (type === 'image/avif' && compression !== 'av1') throw new AppError('unsupported-type', 'HEIC images cannot be used here. Save it as JPEG and send that.');
  const isSmall = width * height * pages <= animationPixelsMax && size <= animationBytesMax && Math.max(width, height) <= edgeMax;
  if (type === 'image/gif' && pages > 1 && isSmall) return writeAnimation(path);
  return hasAlpha || type === 'image/png' || type === 'image/gif' ? writePng(path) : writeJpeg(path);
}

function pixelsMaxOf(type: UploadType, isProgressive: boolean): number {
  if (type === 'image/avif') return avifPixelsMax;
  return isProgressive ? progressivePixelsMax : pixelsMax;
}

async function writeAnimation(path: string): Promise<NormalImage> {
  const { data, info } = await openImage(path, { animated: true }).gif().toBuffer({ resolveWithObject: true });
  const height = info.pageHeight ?? info.height;
  return { data, type: 'image/gif', width: info.width, height, hasAlpha: true, isAnimated: true };
}

async function writePng(path: string): Promise<NormalImage> {
  const { data, info } = await upright(path).png({ compressionLevel: 6 }).toBuffer({ resolveWithObject: true });
  // Screenshots mostly have a channel for transparency and use none of it.
  const hasAlpha = info.channels === 4 || info.channels === 2 ? !(await openImage(data).stats()).isOpaque : false;
  if (!hasAlpha && data.length > pngBytesMax) return writeJpeg(path);
  return { data, type: 'image/png', width: info.width, height: info.height, hasAlpha, isAnimated: false };
}

async function writeJpeg(path: string): Promise<NormalImage> {
  const { data, info } = await upright(path).flatten({ background: '#fff' }).jpeg(jpegOptions).toBuffer({ resolveWithObject: true });
  return { data, type: 'image/jpeg', width: info.width, height: info.height, hasAlpha: false, isAnimated: false };
}

function upright(path: string) {
  return openImage(path).autoOrient().resize({ width: edgeMax, height: edgeMax, fit: 'inside', withoutEnlargement: true }).toColourspace('srgb');
}
