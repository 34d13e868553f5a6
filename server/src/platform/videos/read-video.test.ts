import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../errors.ts';
import { isVideoHead, readAndCleanVideo, type KeptVideo } from './read-video.ts';
import { box, u32, writeFilm } from './sample-film.ts';

const folder = await mkdtemp(join(tmpdir(), 'rookery-video-'));
after(() => rm(folder, { recursive: true, force: true }));
const path = join(folder, 'film');

async function read(bytes: Uint8Array): Promise<KeptVideo> {
  await writeFile(path, bytes);
  return readAndCleanVideo(path);
}

async function refusalOf(bytes: Uint8Array): Promise<string> {
  const error = await read(bytes).then(() => null, (reason: unknown) => reason);
  assert.ok(error instanceof AppError, `not a refusal in words: ${String(error)}`);
  return error.code;
}

test('length, size, pictures a second and codecs are read, wherever moov stands and however large mdat says it is', async () => {
  for (const film of [{}, { isFast: true }, { isLarge: true }, { isFast: true, isLarge: true }]) {
    const bytes = writeFilm(film);
    assert.deepEqual(await read(bytes), {
      type: 'video/mp4', bytes: bytes.length, width: 640, height: 480, durationMs: 2000, frameRate: 30, codec: 'h264', audio: 'aac',
    });
  }
});

test('a film held upright is as high as it is shown; MOV, HEVC and other sounds are told apart', async () => {
  const turned = await read(writeFilm({ isTurned: true, brand: 'qt  ', format: 'hvc1', sound: 'lpcm', width: 1920, height: 1080, seconds: 61.5 }));
  assert.deepEqual([turned.width, turned.height, turned.type, turned.codec, turned.audio, turned.durationMs], [1080, 1920, 'video/quicktime', 'hevc', 'other', 61_500]);
  assert.deepEqual([(await read(writeFilm({ sound: null }))).audio, (await read(writeFilm({ format: 'mp4v' }))).codec], ['none', 'other']);
});

test('no note of the place is left anywhere in the file, and every other byte stays where it was', async () => {
  const place = '+48.8583+002.2944+035.000/CANARY';
  for (const isFast of [true, false]) {
    const bytes = writeFilm({ place, isFast });
    assert.ok(bytes.includes(place), 'the film has the notes');
    assert.equal(bytes.toString('latin1').split(place).length - 1, 11);
    await read(bytes);
    const kept = await readFile(path);
    assert.equal(kept.length, bytes.length);
    assert.equal(/CANARY|48\.8583|ISO6709|xmpmeta|loci|mebx/.test(kept.toString('latin1')), false);
    const pictures = bytes.indexOf(Buffer.alloc(240, 0x11));
    assert.deepEqual(kept.subarray(pictures, pictures + 360), bytes.subarray(pictures, pictures + 360));
    // What is kept is a film as before.
    assert.deepEqual(await read(kept), { type: 'video/mp4', bytes: bytes.length, width: 640, height: 480, durationMs: 2000, frameRate: 30, codec: 'h264', audio: 'aac' });
  }
});

test('a film that is cut off anywhere is refused', async () => {
  for (const isFast of [true, false]) {
    const bytes = writeFilm({ isFast });
    for (let length = 8; length < bytes.length; length += 7) await assert.rejects(read(bytes.subarray(0, length)), AppError, `${length} of ${bytes.length}`);
  }
});

test('sizes that lie are refused: larger than the file, smaller than their head, 64 bits, tables of four thousand million rows', async () => {
  const film = writeFilm({ isFast: true });
  const bend = (type: string, write: (bytes: Buffer, at: number) => void): Buffer => {
    const bytes = Buffer.from(film);
    write(bytes, bytes.indexOf(type, 0, 'latin1'));
    return bytes;
  };
  for (const type of ['moov', 'trak', 'mdia', 'stbl', 'stsd', 'mdat']) {
    for (const size of [0xffff_ffff, 4, 7]) assert.equal(await refusalOf(bend(type, (bytes, at) => bytes.writeUInt32BE(size, at - 4))), 'invalid-input', `${type} ${size}`);
  }
  assert.equal(await refusalOf(bend('moov', (bytes, at) => bytes.writeUInt32BE(0, at - 4))), 'invalid-input');
  assert.equal(await refusalOf(bend('stts', (bytes, at) => bytes.writeUInt32BE(0xffff_ffff, at + 8))), 'invalid-input');
  assert.equal(await refusalOf(Buffer.concat([film, u32(1), Buffer.from('free'), u32(0xffff_ffff, 0xffff_ffff)])), 'invalid-input');
  assert.equal(await refusalOf(bend('mdhd', (bytes, at) => bytes.writeUInt32BE(0, at + 16))), 'invalid-input');
});

test('notes that point at the tables of the film, or at nothing, do not destroy it: it is refused', async () => {
  const bytes = writeFilm({ place: 'x'.repeat(40), isFast: true });
  const last = bytes.lastIndexOf('stco', undefined, 'latin1');
  bytes.writeUInt32BE(60, last + 12);
  assert.equal(await refusalOf(bytes), 'invalid-input');
});

test('nesting has no depth: boxes in boxes that are none of ours are never opened', async () => {
  let deep = box('free', Buffer.alloc(4));
  for (let level = 0; level < 20_000; level += 1) deep = level % 100 === 0 ? box('udta', deep) : Buffer.concat([u32(deep.length + 8), Buffer.from('udta'), deep]);
  const film = writeFilm();
  const read1 = await read(Buffer.concat([film, deep]));
  assert.equal(read1.durationMs, 2000);
  assert.equal(await refusalOf(Buffer.concat([film, ...Array.from({ length: 5000 }, () => box('free'))])), 'invalid-input', 'too many boxes');
});

test('sound alone and pieces for streaming are refused in words', async () => {
  const pieces = Buffer.concat([writeFilm(), box('moof', Buffer.alloc(8))]);
  assert.equal(await refusalOf(pieces), 'unsupported-type');
  const sound = Buffer.from(writeFilm().toString('latin1').replaceAll('vide', 'soun'), 'latin1');
  assert.equal(await refusalOf(sound), 'unsupported-type');
});

test('a head is that of a film only with its brand', () => {
  assert.deepEqual([writeFilm(), writeFilm({ brand: 'qt  ' }), box('ftyp', Buffer.from('avif')), box('ftyp', Buffer.from('heic')), Buffer.from('%PDF-1.7 ftyp')].map(isVideoHead), [true, true, false, false, false]);
});

test('whatever bytes are changed, it is read or refused in words, and never anything else', async () => {
  const films = [writeFilm({ isFast: true, place: '+1+2/' }), writeFilm({ isLarge: true, place: '+1+2/' })];
  await fc.assert(fc.asyncProperty(fc.constantFrom(...films), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }), fc.nat(40), async (film, changes, cut) => {
    const bytes = Buffer.from(film.subarray(0, film.length - cut));
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    await read(bytes).catch((error: unknown) => assert.ok(error instanceof AppError, String(error)));
  }), { numRuns: 400 });
});
