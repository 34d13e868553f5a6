import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TextRule } from '../publishing.ts';
import { countText } from '../text-count.ts';
import { findLinks } from './links.ts';
import { punycodeLength } from './punycode-length.ts';

interface Found {
  readonly url: string;
  readonly indices: readonly [number, number];
}

/** X's own counter, which is written for another age of browsers: it serves as the measure here and is not shipped. */
interface Counter {
  extractUrlsWithIndices(text: string, options?: { extractUrlsWithoutProtocol: boolean }): Found[];
  parseTweet(text: string): { weightedLength: number; valid: boolean };
}
const require = createRequire(import.meta.url);
const counter = require('twitter-text') as Counter;
const punycode = createRequire(require.resolve('twitter-text'))('punycode') as { toASCII(label: string): string };

const rule: TextRule = { unit: 'weighted', lengthMax: 280, bytesMax: null, linkLength: 23, hashtagsMax: null, mentionsMax: null };

/** Pieces that make trouble where they meet. */
const pieces = [
  'a', 'b', 'example', 'foo', 'www', 'rt', '0', '9', 'a_b', 'é', 'ǆ', 'ι', '\u0345', 'e\u0301', '日本', '\u1112\u1161\u11ab', '각', '１', '。',
  'co', 'com', 'COM', 'org', 'de', 'museum', 'co.uk', 'google.com', 'xn--', 'xn--p1ai', '삼성', 'みんな', 'भारत', 'भारतम्', 'ком', 'КОМ',
  '.', '.', '.', '.', '-', '_', '/', '/', '?', '=', '&', '#', '@', '＃', '＠', '$', ':', ' ', ' ', '\n', '\u3000', '(', ')', '!', '\'', '"', '`', '[', ']',
  '{', '}', '<', '>', '+', ',', ';', '~', '|', '%20', '—', '…', '“', ':80', '/path', '?q=1', 'user@mail.example.com',
  'http://', 'https://', 'HTTPS://', 't.co/', 'https://t.co/', 'https://t.co/abc123', 'a'.repeat(64), '長い日本語の文章がここにずっと続いていくのでとても長いです',
  '🙂', '👨‍👩‍👧‍👦', '👍🏽', '🇩🇪', '1️⃣', '©', '™️', '🧑‍🚀', '\u200d', '\u200e', '\ufeff', '\ud83d', '\ufe0f',
];
const texts = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 14 }).map((chosen) => chosen.join(''));

const spans = (found: readonly Found[]): [number, number][] => found.map(({ url, indices }) => [indices[0], url.length]);

test('links and weights are those of the network\'s own counter, over texts made of what makes trouble', () => {
  let withLinks = 0;
  fc.assert(fc.property(texts, (text) => {
    const composed = text.normalize('NFC');
    const links = findLinks(composed, { needsScheme: false }).map(({ start, length }) => [start, length]);
    assert.deepEqual(links, spans(counter.extractUrlsWithIndices(composed)));
    if (links.length > 0) withLinks += 1;
    const withScheme = findLinks(composed, { needsScheme: true }).map(({ start, length }) => [start, length]);
    assert.deepEqual(withScheme, spans(counter.extractUrlsWithIndices(composed, { extractUrlsWithoutProtocol: false })));
    assert.equal(countText(text, rule).length, counter.parseTweet(text).weightedLength);
  }), { numRuns: 8000 });
  assert.ok(withLinks > 500, String(withLinks));
});

test('of arbitrary text, too, the count is that of the network\'s own counter', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
    assert.equal(countText(text, rule).length, counter.parseTweet(text).weightedLength);
  }), { numRuns: 3000 });
});

test('a text fits exactly when the network\'s own counter calls it valid', () => {
  const words = fc.array(fc.constantFrom('word ', '日本語', 'https://example.com/path ', '👨‍👩‍👧‍👦', 'é', '\ufeff'), { minLength: 20, maxLength: 80 });
  fc.assert(fc.property(words, (chosen) => {
    const text = chosen.join('');
    assert.equal(countText(text, rule).problems.length === 0, counter.parseTweet(text).valid);
  }), { numRuns: 1000 });
});

test('every ending of a domain makes a link, alone, after Japanese text and before it', () => {
  const endings = ['com', 'dev', 'museum', 'de', 'uk', 'xn--p1ai', '삼성', 'онлайн', 'भारत', '中国'];
  for (const ending of endings) {
    for (const text of [`example.${ending}`, `詳細はexample.${ending}`, `example.${ending}です`, `(example.${ending}/a_(b))`]) {
      const links = findLinks(text, { needsScheme: false }).map(({ start, length }) => [start, length]);
      assert.deepEqual(links, spans(counter.extractUrlsWithIndices(text)), text);
      assert.equal(links.length, 1, text);
    }
  }
  assert.deepEqual(findLinks('example.notadomain file.txt 3.5 a..com', { needsScheme: false }), []);
});

test('the length of a label in punycode is the length that the reference encoder gives', () => {
  const labels = fc.string({ unit: fc.constantFrom('a', 'z', '-', '9', 'é', 'ß', '日', '本', '語', '한', '🙂', 'ι', '。', '．'), maxLength: 20 });
  fc.assert(fc.property(labels, (label) => {
    const expected = punycode.toASCII(label).length;
    assert.equal(Math.min(punycodeLength(label, 63), 64), Math.min(expected, 64));
  }), { numRuns: 3000 });
  assert.ok(punycodeLength('日'.repeat(500), 63) > 63);
});

test('work grows with the length of a text made to hurt, not with its square', () => {
  // Counted in links and not in time: each of these took a quadratic scanner minutes at this size.
  const size = 400_000;
  const hostile: [string, number][] = [
    ['日.'.repeat(size / 2), 0], ['a.'.repeat(size / 2), 0], ['-a_.'.repeat(size / 4), 0], ['a.co '.repeat(size / 5), size / 5], [`${'日'.repeat(size)}.`, 0],
    ['xn--'.repeat(size / 4), 0],
  ];
  for (const [text, count] of hostile) assert.equal(findLinks(text, { needsScheme: false }).length, count, text.slice(0, 8));
});
