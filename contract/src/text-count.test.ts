import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TextRule } from './publishing.ts';
import { countText } from './text-count.ts';

const weighted: TextRule = { unit: 'weighted', lengthMax: 280, bytesMax: null, linkLength: 23, hashtagsMax: null, mentionsMax: null };
const graphemes: TextRule = { unit: 'graphemes', lengthMax: 300, bytesMax: 3000, linkLength: null, hashtagsMax: null, mentionsMax: null };
const codepoints: TextRule = { unit: 'codepoints', lengthMax: 2200, bytesMax: null, linkLength: null, hashtagsMax: 30, mentionsMax: 20 };

const family = '👨‍👩‍👧‍👦';

test('each unit counts emoji, flags, CJK and combining marks in its own way', () => {
  const expected: [text: string, weighted: number, graphemes: number, codepoints: number, bytes: number][] = [
    ['', 0, 0, 0, 0],
    ['hello', 5, 5, 5, 5],
    ['🙂', 2, 1, 1, 4],
    [family, 2, 1, 7, 25],
    ['👍🏽', 2, 1, 2, 8],
    ['🇩🇪🇯🇵', 4, 2, 4, 16],
    ['1️⃣', 2, 1, 3, 7],
    ['日本語', 6, 3, 3, 9],
    ['한글', 4, 2, 2, 6],
    ['\u1112\u1161\u11ab', 2, 1, 3, 9],
    ['e\u0301', 1, 1, 2, 3],
    ['\u00e9', 1, 1, 1, 2],
    ['e\u0323\u0301\u0302', 4, 1, 4, 7],
    ['\u0e01\u0e33', 2, 1, 2, 6],
    ['a\r\nb', 4, 3, 4, 4],
    ['—“”…', 5, 4, 4, 12],
  ];
  for (const [text, ...counts] of expected) {
    const found = [countText(text, weighted).length, countText(text, graphemes).length, countText(text, codepoints).length, countText(text, graphemes).bytes];
    assert.deepEqual(found, counts, JSON.stringify(text));
  }
});

test('links count as long as the network makes them, with a scheme everywhere and without one where the network links it', () => {
  const text = `see https://example.com/${'a'.repeat(100)} and example.org`;
  assert.deepEqual([countText(text, weighted).length, countText(text, weighted).links], [4 + 23 + 5 + 23, 2]);
  const shortening = { ...graphemes, linkLength: 23 };
  assert.deepEqual([countText(text, shortening).length, countText(text, shortening).links], [4 + 23 + 5 + 11, 1]);
  assert.deepEqual([countText(text, graphemes).length, countText(text, graphemes).links], [text.length, 1]);
  const asLongAsItIs = { ...weighted, linkLength: null };
  assert.deepEqual([countText(text, asLongAsItIs).length, countText(text, asLongAsItIs).links], [text.length, 2]);
});

test('mail addresses are neither links nor mentions, and what stands in a link is no hashtag', () => {
  const text = 'write to ann@example.com, @ann and @ann.b at https://example.com/@ann#top #news #2026 ＃日本 & #a#b x#c';
  const { hashtags, mentions, links } = countText(text, weighted);
  assert.deepEqual({ hashtags, mentions, links }, { hashtags: 4, mentions: 2, links: 1 });
  assert.equal(countText('# #- ## #\ufe0f\u20e3', codepoints).hashtags, 0);
  assert.equal(countText('@ann@social.example @ann', graphemes).mentions, 2);
});

test('too many hashtags and mentions are named with how many are too many', () => {
  const tags = Array.from({ length: 31 }, (_, index) => `#tag${index}`).join(' ');
  const people = Array.from({ length: 22 }, (_, index) => `@name${index}`).join(' ');
  assert.deepEqual(countText(`${tags} ${people}`, codepoints).problems, [
    { code: 'too-many-hashtags', max: 30, over: 1 }, { code: 'too-many-mentions', max: 20, over: 2 },
  ]);
});

test('both limits count where a network has two', () => {
  const many = countText('a'.repeat(301), graphemes);
  assert.deepEqual(many.problems, [{ code: 'too-long', max: 300, over: 1 }]);
  assert.deepEqual([many.over, many.overrunIndex], [1, 300]);
  // 121 families: 121 graphemes, and 3,025 bytes.
  const heavy = countText(family.repeat(121), graphemes);
  assert.deepEqual(heavy.problems, [{ code: 'too-many-bytes', max: 3000, over: 25 }]);
  assert.deepEqual([heavy.length, heavy.over, heavy.overrunIndex], [121, 0, 120 * family.length]);
});

test('the part beyond the limit begins with the first piece that does not fit, whole', () => {
  const rule = { ...weighted, lengthMax: 4 };
  const expected: [text: string, index: number | null][] = [
    ['abcd', null], ['abcde', 4], ['日本語', 2 * 1], ['abc🙂d', 3], [`ab${family}c`, 2 + family.length], ['a https://example.com', 2],
    // Typed as letter and accent, which the network composes: the index is in the text as typed.
    ['e\u0301e\u0301e\u0301e\u0301e\u0301', 8], ['ab\ud83d', null], ['abc\ud83d', 3],
  ];
  for (const [text, index] of expected) assert.equal(countText(text, rule).overrunIndex, index, JSON.stringify(text));
});

test('up to the overrun a text fits, and one piece more does not', () => {
  const pieces = fc.array(fc.constantFrom('a', 'é', 'e\u0301', '日', '🙂', family, '🇩🇪', ' ', '각'), { maxLength: 40 });
  for (const rule of [{ ...weighted, lengthMax: 12 }, { ...graphemes, lengthMax: 12, bytesMax: 40 }, { ...codepoints, lengthMax: 12 }]) {
    fc.assert(fc.property(pieces, (chosen) => {
      const text = chosen.join('');
      const { overrunIndex, problems } = countText(text, rule);
      assert.equal(overrunIndex === null, problems.length === 0);
      if (overrunIndex === null) return;
      assert.deepEqual(countText(text.slice(0, overrunIndex), rule).problems, []);
      const next = [...new Intl.Segmenter().segment(text)].find(({ index, segment }) => index + segment.length > overrunIndex);
      assert.ok(next !== undefined);
      assert.notDeepEqual(countText(text.slice(0, next.index + next.segment.length), rule).problems, []);
    }), { numRuns: 500 });
  }
});

test('characters that the network refuses are named', () => {
  assert.deepEqual(countText('a\ufeffb', weighted).problems, [{ code: 'invalid-character', max: 0, over: 1 }]);
  assert.deepEqual(countText('a\ufeffb', graphemes).problems, []);
});

test('bytes are those of UTF-8', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
    assert.equal(countText(text, codepoints).bytes, Buffer.byteLength(text));
  }), { numRuns: 500 });
  // A lone half of a pair is sent as U+FFFD.
  assert.equal(countText('\ud83d', codepoints).bytes, 3);
});
