import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkShapes, describeRatio, ratioWords } from './image-shape.ts';

const rule = { ratioMin: 0.8, ratioMax: 1.91 };

test('an image of a shape that the network refuses is named with what it takes, and a pixel more or less is none', () => {
  for (const [width, height] of [[1080, 1350], [1080, 566], [1081, 1352], [1000, 1000]] as const) assert.equal(describeRatio({ width, height }, rule), null);
  assert.equal(describeRatio({ width: 500, height: 1500 }, rule), 'This image is 1:3, and the network takes 4:5 to 1.91:1. Crop it, or fit it with a background.');
  assert.match(describeRatio({ width: 2000, height: 1000 }, rule) ?? '', /is 2:1, and/);
  assert.match(describeRatio({ width: 1, height: 3 }, { ratioMin: 0.5, ratioMax: null }) ?? '', /takes 1:2 at least/);
  assert.match(describeRatio({ width: 3, height: 1 }, { ratioMin: null, ratioMax: 2 }) ?? '', /takes 2:1 at most/);
  assert.match(describeRatio({ width: 3, height: 1 }, { ratioMin: 1, ratioMax: 1 }) ?? '', /takes 1:1\./);
  assert.equal(describeRatio({ width: 1, height: 9000 }, { ratioMin: null, ratioMax: null }), null);
});

test('ratios are said as people say them, and never far from what they are', () => {
  const expected: [number, string][] = [[0.8, '4:5'], [1.91, '1.91:1'], [16 / 9, '16:9'], [1, '1:1'], [4096 / 364, '11.25:1'], [1 / 40, '1:40'], [1280 / 853, '3:2']];
  for (const [ratio, words] of expected) assert.equal(ratioWords(ratio), words);
  fc.assert(fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), (ratio) => {
    const [width = 0, height = 0] = ratioWords(ratio).replaceAll(',', '').split(':').map(Number);
    assert.ok(Math.abs(width / height / ratio - 1) < 0.01, `${ratio}`);
  }));
});

test('every image of every part is judged, by its place; one of unknown shape is left alone', () => {
  const media = (...ids: string[]) => ids.map((mediaId) => ({ mediaId, altText: '' }));
  const content = { parts: [{ text: '', media: media('tall') }, { text: '', media: media('square', 'wide', 'unknown') }], firstComment: null };
  const shapes = new Map([['tall', { width: 100, height: 300 }], ['square', { width: 50, height: 50 }], ['wide', { width: 300, height: 100 }]]);
  const problems = checkShapes(content, rule, shapes);
  assert.deepEqual(problems.map(({ part, image, mediaId, code, ratio }) => [part, image, mediaId, code, ratio]), [
    [0, 0, 'tall', 'image-shape', 0.8], [1, 1, 'wide', 'image-shape', 1.91],
  ]);
  assert.deepEqual(problems.map(({ message }) => message.split(' is ')[0]), ['This image', 'Image 2']);
});
