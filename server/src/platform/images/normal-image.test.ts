import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { AppError } from '../errors.ts';
import {
  animation, compressedProfileChunk, compressedTextChunk, drawing, floodGif, floodJpeg, impostors, writePng,
} from './hostile-fixture.ts';
import { normalizeImage, type NormalImage } from './normal-image.ts';

const folder = await mkdtemp(join(tmpdir(), 'rookery-images-'));
after(() => rm(folder, { recursive: true, force: true }));

async function normalize(content: Buffer): Promise<NormalImage> {
  const path = join(folder, 'sent');
  await writeFile(path, content);
  return normalizeImage(path);
}
const refused = (code: string) => (error: unknown): boolean => error instanceof AppError && error.code === code && error.message.length > 20;

test('each type that is taken comes out as what we keep, by its content', async () => {
  const source = drawing(40, 30);
  const expected: [Buffer, string][] = [
    [await source.clone().jpeg().toBuffer(), 'image/jpeg'], [await source.clone().png().toBuffer(), 'image/png'],
    [await source.clone().webp().toBuffer(), 'image/jpeg'], [await source.clone().avif().toBuffer(), 'image/jpeg'],
    [await source.clone().gif().toBuffer(), 'image/png'],
    [await sharp({ create: { width: 40, height: 30, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } } }).webp().toBuffer(), 'image/png'],
  ];
  for (const [content, type] of expected) {
    const image = await normalize(content);
    assert.deepEqual([image.type, image.width, image.height], [type, 40, 30]);
  }
});

test('place, camera, names and every other note are gone, and the picture stands upright', async () => {
  const content = await drawing(40, 30).jpeg()
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Make: 'canary-camera', Artist: 'canary-name' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">canary-xmp</rdf:RDF></x:xmpmeta>')
    .toBuffer();
  const before = await sharp(content).metadata();
  assert.ok(before.exif !== undefined && before.orientation === 6 && content.includes('canary-camera') && content.includes('canary-xmp'));
  const image = await normalize(content);
  assert.deepEqual([image.width, image.height], [30, 40]);
  const { exif, xmp, iptc, icc, orientation, comments } = await sharp(image.data).metadata();
  assert.deepEqual([exif, xmp, iptc, icc, orientation, comments], [undefined, undefined, undefined, undefined, undefined, undefined]);
  assert.equal(image.data.includes('canary'), false);
});

test('colours of other spaces come out as sRGB', async () => {
  const cmyk = await drawing(20, 20).toColourspace('cmyk').jpeg().toBuffer();
  assert.equal((await sharp(cmyk).metadata()).space, 'cmyk');
  const deep = await drawing(20, 20).toColourspace('rgb16').png().toBuffer();
  for (const content of [cmyk, deep]) {
    const { space, depth } = await sharp((await normalize(content)).data).metadata();
    assert.deepEqual([space, depth], ['srgb', 'uchar']);
  }
});

test('what is larger than any network takes is made smaller', async () => {
  const image = await normalize(await drawing(4500, 400).jpeg().toBuffer());
  assert.deepEqual([image.width, image.height], [4096, 364]);
});

test('a file that is two things at once leaves as the picture alone', async () => {
  const script = '<script>alert("canary")</script><?php system("canary"); ?>';
  const gif = await drawing(8, 8).gif().toBuffer();
  // A comment block right after the header of a GIF, as polyglots have it; and text after the end of the others.
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe, script.length]), Buffer.from(script), Buffer.from([0])]);
  const tableBytes = (gif[10] ?? 0) & 0x80 ? 3 * 2 ** (((gif[10] ?? 0) & 7) + 1) : 0;
  const polyglot = Buffer.concat([gif.subarray(0, 13 + tableBytes), comment, gif.subarray(13 + tableBytes)]);
  for (const content of [polyglot, Buffer.concat([await drawing(8, 8).jpeg().toBuffer(), Buffer.from(script)]), Buffer.concat([await drawing(8, 8).png().toBuffer(), Buffer.from(script)])]) {
    assert.ok(content.includes('canary'));
    const image = await normalize(content);
    assert.equal(image.data.includes('canary'), false);
    assert.equal(image.width, 8);
  }
});

test('what is no image that we take is refused, whatever its name says', async () => {
  for (const [name, content] of impostors) await assert.rejects(normalize(content), refused('unsupported-type'), name);
});

test('headers that claim more pixels than allowed are refused before a pixel is read', async () => {
  await assert.rejects(normalize(await floodJpeg()), refused('too-large'));
  // Of a GIF the frames count, whatever screen it claims to be made for.
  assert.equal((await normalize(await floodGif())).width, 8);
  await assert.rejects(normalize(writePng({ width: 60_000, height: 60_000, data: Buffer.alloc(10) })), refused('too-large'));
  await assert.rejects(normalize(writePng({ width: 7072, height: 7072, data: Buffer.alloc(10) })), refused('too-large'));
});

test('what has to be unpacked as a whole may have fewer pixels', async () => {
  const plain = sharp({ create: { width: 5100, height: 5000, channels: 3, background: '#135' } });
  await assert.rejects(normalize(await plain.clone().jpeg({ progressive: true }).toBuffer()), refused('too-large'));
  assert.equal((await normalize(await plain.clone().jpeg().toBuffer())).width, 4096);
  const square = sharp({ create: { width: 4001, height: 4000, channels: 3, background: '#135' } });
  await assert.rejects(normalize(await square.avif({ effort: 0 }).toBuffer()), refused('too-large'));
});

test('files that are cut off or say more than they hold are refused', async () => {
  const jpeg = await drawing(400, 300).jpeg().toBuffer();
  const png = await drawing(400, 300).png().toBuffer();
  const webp = await drawing(400, 300).webp().toBuffer();
  for (const content of [jpeg, png, webp]) {
    for (const share of [0.1, 0.5, 0.9]) await assert.rejects(normalize(content.subarray(0, Math.floor(content.length * share))), refused('invalid-input'));
  }
  await assert.rejects(normalize(writePng({ width: 2000, height: 2000, data: Buffer.from('not compressed data') })), refused('invalid-input'));
});

test('an animation is kept when it is small, and its first picture otherwise', async () => {
  const small = await normalize(await animation(50, 5));
  assert.deepEqual([small.type, small.width, small.height, small.isAnimated], ['image/gif', 50, 50, true]);
  assert.equal((await sharp(small.data, { animated: true }).metadata()).pages, 5);
  const large = await normalize(await animation(1200, 22));
  assert.deepEqual([large.type, large.width, large.height, large.isAnimated], ['image/png', 1200, 1200, false]);
});

test('compressed notes that unpack to a hundred megabytes do no harm', async () => {
  for (const before of [compressedTextChunk(100_000_000), compressedProfileChunk(200_000_000)]) {
    const content = writePng({ width: 10, height: 10, before });
    assert.ok(content.length < 1_000_000);
    // Whether the reader skips the note or refuses the file is its business.
    const image = await normalize(content).catch((error: unknown) => error);
    if (image instanceof Error) assert.ok(refused('invalid-input')(image), image.message);
    else assert.ok(typeof image === 'object' && image !== null && 'data' in image && image.data instanceof Buffer && image.data.length < 1000);
  }
});
