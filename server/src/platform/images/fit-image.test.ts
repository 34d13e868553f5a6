import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageRule } from '@rookery/contract/publishing.ts';
import sharp from 'sharp';
import { AppError } from '../errors.ts';
import { fitImage } from './fit-image.ts';
import { animation, drawing } from './hostile-fixture.ts';
import type { NormalImage } from './normal-image.ts';
import { makePlaceholder, makePreview } from './small-forms.ts';

type Types = ImageRule['types'];
const rule = (types: Types, bytesMax: number): { types: Types; bytesMax: number } => ({ types, bytesMax });

async function asNormal(data: Buffer, extra: Partial<NormalImage> = {}): Promise<NormalImage> {
  const { format, width, height, hasAlpha } = await sharp(data).metadata();
  const type = format === 'png' ? 'image/png' : format === 'gif' ? 'image/gif' : 'image/jpeg';
  return { data, type, width, height, hasAlpha, isAnimated: false, ...extra };
}

const photo = await asNormal(await drawing(1600, 1200).jpeg({ quality: 92 }).toBuffer());
const glass = await asNormal(await sharp({ create: { width: 300, height: 200, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.4 } } }).png().toBuffer());
const screenshot = await asNormal(await sharp({ create: { width: 300, height: 200, channels: 3, background: '#123' } }).png().toBuffer());

test('what fits is sent as it is kept', async () => {
  assert.equal((await fitImage(photo, rule(['image/jpeg', 'image/png'], photo.data.length))).data, photo.data);
  const moving = await asNormal(await animation(40, 3), { isAnimated: true });
  assert.equal((await fitImage(moving, rule(['image/gif', 'image/jpeg'], 100_000))).data, moving.data);
});

test('a photograph is made small enough, in the type that the network takes, and keeps its shape', async () => {
  for (const bytesMax of [400_000, 100_000, 30_000]) {
    const form = await fitImage(photo, rule(['image/jpeg'], bytesMax));
    assert.ok(form.data.length <= bytesMax, `${form.data.length} of ${bytesMax}`);
    const { format, width, height } = await sharp(form.data).metadata();
    assert.deepEqual([form.type, format, width, height], ['image/jpeg', 'jpeg', form.width, form.height]);
    assert.ok(Math.abs(form.width / form.height - 4 / 3) < 0.01);
  }
});

test('transparency is kept where the network has a type for it, and laid on white where not', async () => {
  assert.equal((await fitImage(glass, rule(['image/jpeg', 'image/webp'], 100_000))).type, 'image/webp');
  const flat = await fitImage(glass, rule(['image/jpeg'], 100_000));
  const { dominant } = await sharp(flat.data).stats();
  assert.equal(flat.type, 'image/jpeg');
  assert.ok(dominant.r > 240 && dominant.g > 120 && dominant.b > 120, JSON.stringify(dominant));
});

test('an animation becomes its first picture where the network takes none', async () => {
  const moving = await asNormal(await animation(40, 3), { isAnimated: true, hasAlpha: false });
  assert.deepEqual([(await fitImage(moving, rule(['image/jpeg'], 100_000))).type, (await fitImage(screenshot, rule(['image/jpeg'], 100_000))).type], ['image/jpeg', 'image/jpeg']);
});

test('what cannot be made small enough is refused in words', async () => {
  await assert.rejects(fitImage(photo, rule(['image/jpeg'], 500)), (error) => error instanceof AppError && error.code === 'too-large');
});

test('previews and placeholder are small, in shape, and never larger than the image', async () => {
  const preview = await makePreview(photo.data, 320);
  assert.deepEqual([preview.type, preview.width, preview.height], ['image/webp', 320, 240]);
  assert.deepEqual([(await makePreview(screenshot.data, 640)).width, (await sharp(preview.data).metadata()).format], [300, 'webp']);
  for (const image of [photo, glass, screenshot, await asNormal(await drawing(3000, 20).jpeg().toBuffer()), await asNormal(await animation(40, 3))]) {
    const placeholder = await makePlaceholder(image.data);
    assert.match(placeholder, /^data:image\/webp;base64,[A-Za-z0-9+/]+=*$/);
    assert.ok(placeholder.length <= 300);
    assert.equal((await sharp(Buffer.from(placeholder.split(',')[1] ?? '', 'base64')).metadata()).format, 'webp');
  }
});
