import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { ImageRule } from '@rookery/contract/publishing.ts';
import type { VideoRule } from '@rookery/contract/video-rules.ts';
import { AppError } from '../../platform/errors.ts';
import { writeFilm } from '../../platform/videos/sample-film.ts';
import { ProviderError } from '../../providers/provider.ts';
import { openForm, openPublicForm } from './files.ts';
import { createMediaHarness } from './media-fixture.ts';
import { loadPublishMedia } from './publish-images.ts';
import { deleteImage, readImage, reshapeKept } from './service.ts';

const harness = await createMediaHarness();
const { owner, stranger, worker, services, database, dataDirectory, send, sendPhoto } = harness;
const refused = (code: string) => (error: unknown): boolean => error instanceof AppError && error.code === code;
const images: ImageRule = { countMax: 4, isRequired: false, types: ['image/jpeg'], bytesMax: 1_000_000, ratioMin: null, ratioMax: null, altTextLengthMax: 1000 };
const videos: VideoRule = {
  types: ['video/mp4'], codecs: ['h264'], audioCodecs: ['none', 'aac'], countMax: 1, mixesWithImages: false, bytesMax: 1_000_000, secondsMin: 1, secondsMax: 60,
  ratioMin: null, ratioMax: null, frameRateMin: null, frameRateMax: 60, widthMax: null,
};
const place = '+48.8583+002.2944/CANARY';

test('a video is kept as it was sent, without its notes, with its facts and tiles; whatever its name says', async () => {
  const film = writeFilm({ place, seconds: 12, width: 1280, height: 720, frames: 360 });
  const media = await send(owner, film, 'holiday.jpg');
  assert.deepEqual([media.name, media.type, media.bytes, media.width, media.height, media.isAnimated], ['holiday.jpg', 'video/mp4', film.length, 1280, 720, false]);
  assert.deepEqual(media.video, { durationMs: 12_000, frameRate: 30, codec: 'h264', audio: 'aac' });
  const kept = await buffer((await openForm(owner, { mediaId: media.id, form: 'file' })).stream);
  assert.deepEqual([kept.length, kept.includes('CANARY'), kept.includes('48.8583')], [film.length, false, false]);
  const tile = await openForm(owner, { mediaId: media.id, form: 'preview-320' });
  assert.equal(tile.type, 'image/webp');
  assert.ok((await buffer(tile.stream)).length < 10_000);
  const audit = await database.admin('select action from audit_event where entity_id = $1', [media.id]);
  assert.deepEqual(audit.map((row) => row['action']), ['media:upload']);
  await assert.rejects(readImage(stranger, media.id), refused('not-found'));
  await assert.rejects(reshapeKept(owner, media.id, { how: 'crop', ratio: 1 }), refused('invalid-input'));
});

test('a part of the file is answered where one is asked for, by members and by the public address', async () => {
  const film = writeFilm({ bytes: 100_000 });
  const media = await send(owner, film);
  const { video } = await loadPublishMedia(worker, [{ mediaId: media.id, altText: '' }], { images, videos });
  const token = (await video?.publicUrl())?.split('/').at(-1) ?? '';
  for (const open of [(range: string | null) => openForm(owner, { mediaId: media.id, form: 'file', range }), (range: string | null) => openPublicForm(services, token, range)]) {
    const part = await open('bytes=1000-1999');
    assert.deepEqual([part.bytes, part.part, part.type], [1000, { first: 1000, last: 1999, of: film.length }, 'video/mp4']);
    assert.deepEqual(await buffer(part.stream), film.subarray(1000, 2000));
    const whole = await open(null);
    assert.deepEqual([whole.bytes, whole.part, (await buffer(whole.stream)).length], [film.length, undefined, film.length]);
  }
});

test('damage, and what is no video, is refused in words, and nothing of it stays', async () => {
  const film = writeFilm();
  await assert.rejects(send(owner, film.subarray(0, film.length - 20), 'film.mp4'), (error) => refused('invalid-input')(error) && /damaged or cut off/.test(String(error)));
  await assert.rejects(send(owner, Buffer.from('not a film at all, only words'), 'film.mp4'), refused('unsupported-type'));
  assert.deepEqual(await readdir(join(dataDirectory, 'incoming')), []);
  const files = new Set<string>();
  for await (const { key } of owner.blobs.list(owner.workspace.id)) files.add(key);
  const named = await database.admin('select stored_as from media where workspace_id = $1 union all select stored_as from media_form where workspace_id = $1', [owner.workspace.id]);
  assert.equal(files.size, named.length);
});

test('a job gets a video as a stream, whole or in parts, and only one that its network takes', async () => {
  const film = writeFilm({ bytes: 200_000 });
  const media = await send(owner, film);
  const chosen = [{ mediaId: media.id, altText: 'A heron lands' }];
  const loaded = await loadPublishMedia(worker, chosen, { images, videos });
  assert.deepEqual([loaded.images, loaded.video?.altText, loaded.video?.bytes], [[], 'A heron lands', film.length]);
  assert.ok(loaded.video !== null);
  assert.deepEqual(Buffer.from(await new Response(await loaded.video.open()).arrayBuffer()), film);
  assert.deepEqual(Buffer.from(await new Response(await loaded.video.open({ first: 10, last: 19 })).arrayBuffer()), film.subarray(10, 20));
  const rejected = (error: unknown): boolean => error instanceof ProviderError && error.kind === 'rejected';
  await assert.rejects(loadPublishMedia(worker, chosen, { images, videos: null }), rejected);
  await assert.rejects(loadPublishMedia(worker, chosen, { images, videos: { ...videos, bytesMax: 1000 } }), rejected);
  const photo = await sendPhoto();
  await assert.rejects(loadPublishMedia(worker, [{ mediaId: photo.id, altText: '' }, ...chosen], { images, videos }), rejected);
  assert.equal((await loadPublishMedia(worker, [{ mediaId: photo.id, altText: '' }], { images, videos })).images.length, 1);
  await deleteImage(owner, media.id);
});
