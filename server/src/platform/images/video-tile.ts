import sharp from 'sharp';
import { inTurn } from './decoder.ts';
import type { ImageForm } from './small-forms.ts';

const ground = [38, 43, 51] as const;
const sign = [226, 230, 236] as const;
/** Half the height of the triangle, as a share of the shorter side. */
const signShare = 0.16;

/**
 * What stands for a video in small: a plain tile of its shape with the sign for playing. A picture out of the video would need a
 * decoder of films on this server. Its longer edge has `edge` pixels.
 */
export function makeVideoTile(shape: { readonly width: number; readonly height: number }, edge: number): Promise<ImageForm> {
  const scale = edge / Math.max(shape.width, shape.height);
  const [width, height] = [Math.max(1, Math.round(shape.width * scale)), Math.max(1, Math.round(shape.height * scale))];
  const half = Math.max(1, Math.min(width, height) * signShare);
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [right, down] = [(x - width / 2) / half + 0.8, Math.abs((y - height / 2) / half)];
      const color = right >= 0 && down <= 1 - right * 0.55 && down <= 1 ? sign : ground;
      pixels.set(color, (y * width + x) * 3);
    }
  }
  return inTurn(async () => {
    const data = await sharp(pixels, { raw: { width, height, channels: 3 } }).webp({ quality: 80 }).toBuffer();
    return { data, type: 'image/webp', width, height };
  });
}
