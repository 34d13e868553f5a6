import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkVideos, describeVideo, type CheckedMedium } from './check-videos.ts';
import type { VideoRule } from './video-rules.ts';

const rule: VideoRule = {
  types: ['video/mp4'], codecs: ['h264'], audioCodecs: ['none', 'aac'], countMax: 1, mixesWithImages: false, bytesMax: 100_000_000, secondsMin: 3, secondsMax: 140,
  ratioMin: 0.5, ratioMax: 2, frameRateMin: 23, frameRateMax: 60, widthMax: 1920,
};
const facts = { durationMs: 12_000, frameRate: 29.97, codec: 'h264', audio: 'aac' } as const;
const film: CheckedMedium = { type: 'video/mp4', bytes: 5_000_000, width: 1280, height: 720, video: facts };
const photo: CheckedMedium = { type: 'image/jpeg', bytes: 5, width: 10, height: 10, video: null };
const known = new Map([['film', film], ['photo', photo]]);
const codes = (...mediaIds: string[]): string[] =>
  checkVideos({ parts: [{ text: 'a', media: mediaIds.map((mediaId) => ({ mediaId, altText: '' })) }], firstComment: null }, rule, known).map(({ code }) => code);

test('a video that fits is taken, and images are none of its business', () => {
  assert.deepEqual([describeVideo(film, rule), describeVideo(photo, rule), codes('film'), codes('photo', 'photo'), codes('unknown')], [[], [], [], [], []]);
  assert.deepEqual(describeVideo({ ...film, video: { ...facts, frameRate: 60.2 } }, rule), []);
});

test('each rule that a video breaks is said in words, with both sides of it', () => {
  const cases: [Partial<CheckedMedium>, RegExp][] = [
    [{ type: 'video/quicktime' }, /is MOV, and the network takes MP4\./], [{ video: { ...facts, codec: 'hevc' } }, /HEVC \(H\.265\), and the network takes H\.264\./],
    [{ video: { ...facts, audio: 'other' } }, /sound .* takes AAC/], [{ bytes: 250_000_000 }, /250 MB, and the network takes 100 MB/],
    [{ video: { ...facts, durationMs: 2500 } }, /lasts 2\.5 s, and the network takes 3 s at least/], [{ video: { ...facts, durationMs: 140_001 } }, /lasts 2:21, and the network takes 2:20 at most/],
    [{ width: 100, height: 720 }, /1:7\.2, and the network takes 1:2 to 2:1/], [{ video: { ...facts, frameRate: 15 } }, /15 pictures a second, .* 23 at least/],
    [{ video: { ...facts, frameRate: 120 } }, /120 pictures a second, .* 60 at most/], [{ width: 2560, height: 1440 }, /2560 pixels wide/],
  ];
  for (const [change, words] of cases) {
    const found = describeVideo({ ...film, ...change }, rule);
    assert.equal(found.length, 1, JSON.stringify([change, found]));
    assert.match(found[0] ?? '', words);
  }
});

test('a video stands alone, once, and only where videos are taken at all', () => {
  assert.deepEqual([codes('film', 'photo'), codes('film', 'film')], [['mixed-media'], ['too-many-videos']]);
  const content = { parts: [{ text: 'a', media: [{ mediaId: 'film', altText: '' }] }], firstComment: null };
  assert.deepEqual(checkVideos(content, null, known).map(({ code }) => code), ['video-not-supported']);
});
