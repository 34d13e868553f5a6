import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkContent } from './check-content.ts';
import type { Content } from './posts.ts';
import { publishingFor } from './publishing.ts';

const rules = {
  text: { unit: 'graphemes', lengthMax: 20, bytesMax: null, linkLength: null, hashtagsMax: 2, mentionsMax: 1 },
  images: { countMax: 2, isRequired: false, types: ['image/jpeg' as const], bytesMax: 1_000_000, ratioMin: null, ratioMax: null, altTextLengthMax: 10 },
  videos: null, threadPartsMax: 3, firstComment: true,
} as const;
const withImages = { ...rules, images: { ...rules.images, types: [...rules.images.types] } };
const image = (altText = ''): Content['parts'][number]['media'][number] => ({ mediaId: '01900000-0000-7000-8000-000000000001', altText });
const content = (text: string, media: Content['parts'][number]['media'] = [], firstComment: string | null = null): Content => ({ parts: [{ text, media }], firstComment });
const codes = (found: ReturnType<typeof checkContent>): string[] => found.map(({ part, code, over }) => `${part} ${code}${over === undefined ? '' : ` ${over}`}`);

test('a content that fits has no problems', () => {
  assert.deepEqual(checkContent(content('hello', [image('a bird')], 'more'), withImages), []);
  assert.deepEqual(checkContent(content('', [image()]), withImages), []);
});

test('each rule that is broken is named, with its part and by how much', () => {
  const cases: [Content, string[]][] = [
    [content('a'.repeat(23)), ['0 too-long 3']],
    [content(' \n'), ['0 empty']],
    [content('#a #b #c @a @b'), ['0 too-many-hashtags 1', '0 too-many-mentions 1']],
    [content('a', [image(), image(), image('a'.repeat(12))]), ['0 too-many-images 1', '0 alt-text-too-long 2']],
    [{ parts: [1, 2, 3, 4].map(() => ({ text: 'a', media: [] })), firstComment: null }, ['null too-many-parts 1']],
    [{ parts: [{ text: 'a', media: [] }, { text: 'a'.repeat(21), media: [] }], firstComment: null }, ['1 too-long 1']],
    [content('a', [], 'a'.repeat(21)), ['comment too-long 1']],
    [content('a', [], ' '), ['comment empty']],
  ];
  for (const [given, expected] of cases) assert.deepEqual(codes(checkContent(given, withImages)), expected);
});

test('a network that needs an image, takes no comment or no thread says so', () => {
  const strict = { ...withImages, images: { ...withImages.images, isRequired: true }, firstComment: false, threadPartsMax: 1 };
  assert.deepEqual(codes(checkContent(content('', [], 'more'), strict)), ['0 image-required', 'comment comment-not-supported']);
  const thread = { parts: [{ text: 'a', media: [image()] }, { text: 'b', media: [image()] }], firstComment: null };
  assert.match(checkContent(thread, strict)[0]?.message ?? '', /no threads/);
  assert.match(checkContent(content('a', [image()]), { ...withImages, images: { ...withImages.images, countMax: 0 } })[0]?.message ?? '', /takes no images/);
});

test('the limits of an account stand in for those of its network', () => {
  const own = { textLengthMax: null, linkLength: null, imagesMax: null };
  assert.deepEqual(checkContent(content('a'.repeat(23), [image(), image(), image()]), publishingFor(withImages, { ...own, textLengthMax: 30, imagesMax: 4 })), []);
  assert.deepEqual(codes(checkContent(content('a', [image(), image()]), publishingFor(withImages, { ...own, imagesMax: 1 }))), ['0 too-many-images 1']);
  assert.deepEqual(publishingFor(withImages, own), withImages);
  assert.equal(publishingFor(withImages, null), withImages);
  const shortening = { ...withImages, text: { ...withImages.text, linkLength: 23 } };
  assert.equal(publishingFor(shortening, { ...own, linkLength: 40 }).text.linkLength, 40);
  assert.equal(publishingFor(withImages, { ...own, linkLength: 40 }).text.linkLength, null, 'a network that counts whole links goes on doing so');
});

test('problems are said in sentences that a person can act on', () => {
  const [problem] = checkContent(content('a'.repeat(1021)), withImages);
  assert.equal(problem?.message, 'Shorten the text by 1,001 characters: 20 characters at most.');
  assert.equal(checkContent(content('a'.repeat(21)), withImages)[0]?.message, 'Shorten the text by 1 character: 20 characters at most.');
});
