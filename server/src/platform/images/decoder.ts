import type sharpLibrary from 'sharp';
import type { Sharp, SharpOptions } from 'sharp';
import { AppError } from '../errors.ts';

type Library = typeof sharpLibrary;

/** 8,660 by 5,773: what the cameras of telephones make. A header that says more is not believed and not tried. */
export const pixelsMax = 50_000_000;
const secondsMax = 30;

let loaded: Library | null = null;

/** Loaded with the first image: a server that shows none need not have it in memory. */
async function loadLibrary(): Promise<void> {
  if (loaded !== null) return;
  const { default: sharp } = await import('sharp');
  // One thread and no memory of earlier images: what an image takes is given back, whatever it was.
  sharp.concurrency(1);
  sharp.cache(false);
  // Of the many formats that the library reads, these and no others: no SVG, no PDF, no script of any kind is ever opened.
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: [
      'VipsForeignLoadJpegFile', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngFile', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpFile',
      'VipsForeignLoadWebpBuffer', 'VipsForeignLoadNsgifFile', 'VipsForeignLoadNsgifBuffer', 'VipsForeignLoadHeifFile',
    ],
  });
  loaded = sharp;
}

/** Opens an image, within `inTurn`. Damage that is more than a wrong note in it is an error; so are too many pixels. */
export function openImage(source: string | Uint8Array, options: Pick<SharpOptions, 'animated'> = {}): Sharp {
  if (loaded === null) throw new Error('images are opened in turn only');
  return loaded(source, { failOn: 'error', limitInputPixels: pixelsMax, ...options }).timeout({ seconds: secondsMax });
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Works on one image after the other in this process, so that many uploads at once need no more memory than one. What the
 * library says is put into words for people: `too-large` for too many pixels, `invalid-input` for damage.
 */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const turn = last.then(async () => {
    await loadLibrary();
    return work();
  });
  last = turn.catch(() => undefined);
  try {
    return await turn;
  } catch (error) {
    throw error instanceof AppError ? error : explain(error);
  }
}

function explain(error: unknown): AppError {
  const message = error instanceof Error ? error.message : '';
  if (/pixel limit|too large|dimensions/i.test(message)) return tooManyPixels(pixelsMax, error);
  if (/timeout/i.test(message)) return new AppError('too-large', 'This image takes too long to read. Save it again as JPEG and send that.', { cause: error });
  return new AppError('invalid-input', 'This image is damaged or cut off. Save it again and send that.', { cause: error });
}

export function tooManyPixels(max: number, cause?: unknown): AppError {
  return new AppError('too-large', `Images of this kind may have ${max / 1_000_000} megapixels. Make it smaller and send that.`, { cause });
}
