import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRatio } from '@rookery/contract/image-shape.ts';
import sharp from 'sharp';
import { animation, drawing } from './hostile-fixture.ts';
import type { NormalImage } from './normal-image.ts';
import { reshapeImage } from './reshape-image.ts';

const rule = { ratioMin: 0.8, ratioMax: 1.91 };

async function asNormal(data: Buffer, type: NormalImage['type'], hasAlpha = false) {
  const { width, height } = await sharp(data).metadata();
  return { data, type, width, height, hasAlpha };
}

test('whatever its shape was, the image comes out in one that the rule takes, cropped or whole', async () => {
  for (const [width, height] of [[900, 200], [200, 900], [4096, 90], [90, 4096]] as const) {
    const image = await asNormal(await drawing(width, height).jpeg().toBuffer(), 'image/jpeg');
    for (const how of ['crop', 'fit'] as const) {
      const made = await reshapeImage(image, { how, ratio: width > height ? 1.91 : 0.8 });
      const found = await sharp(made.data).metadata();
      assert.deepEqual([found.width, found.height, `image/${found.format}`], [made.width, made.height, made.type]);
      assert.equal(describeRatio(made, rule), null, `${width} ${height} ${how}: ${made.width} ${made.height}`);
      assert.ok(how === 'crop' ? made.width <= width && made.height <= height : made.width >= width && made.height >= height);
    }
  }
});

test('a canvas larger than what is kept is made smaller, with the image whole on it', async () => {
  const made = await reshapeImage(await asNormal(await drawing(2200, 2200).jpeg().toBuffer(), 'image/jpeg'), { how: 'fit', ratio: 1.91 });
  assert.deepEqual([made.width, made.height], [4096, 2145]);
});

test('a crop keeps the middle and what is transparent; a fit shows the image on a blurred copy of itself', async () => {
  const stripes = await sharp({ create: { width: 300, height: 100, channels: 3, background: '#f00' } })
    .composite([{ input: await sharp({ create: { width: 100, height: 100, channels: 3, background: '#00f' } }).png().toBuffer(), left: 100, top: 0 }]).png().toBuffer();
  const middle = await reshapeImage(await asNormal(stripes, 'image/png'), { how: 'crop', ratio: 1 });
  const { dominant } = await sharp(middle.data).stats();
  assert.deepEqual([middle.width, middle.height, dominant.b > 240 && dominant.r < 15], [100, 100, true]);
  const glass = await sharp({ create: { width: 300, height: 100, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.3 } } }).png().toBuffer();
  const cut = await reshapeImage(await asNormal(glass, 'image/png', true), { how: 'crop', ratio: 1 });
  assert.deepEqual([cut.type, cut.hasAlpha, (await sharp(cut.data).stats()).isOpaque], ['image/png', true, false]);
  const fitted = await reshapeImage(await asNormal(stripes, 'image/png'), { how: 'fit', ratio: 1 });
  const blueAt = async (place: number): Promise<number> => (await sharp(fitted.data).extract({ left: place, top: place, width: 1, height: 1 }).raw().toBuffer())[2] ?? 0;
  const [behind, before] = [await blueAt(20), await blueAt(150)];
  assert.deepEqual([fitted.type, fitted.width, fitted.height], ['image/jpeg', 300, 300]);
  // What is behind is darker.
  assert.ok(before > 240 && behind > 100 && behind < before - 20, `${behind} ${before}`);
});

test('of an animation the first picture is taken', async () => {
  const made = await reshapeImage(await asNormal(await animation(60, 3), 'image/gif', true), { how: 'crop', ratio: 2 });
  assert.deepEqual([made.type, made.width, made.height, made.isAnimated], ['image/png', 60, 30, false]);
});
