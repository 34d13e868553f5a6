import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPrice } from './money.ts';
import { priceOfContent } from './price.ts';

const rules = {
  text: { unit: 'weighted', lengthMax: 280, bytesMax: null, linkLength: 23, hashtagsMax: null, mentionsMax: null },
  price: { post: 15_000, postWithLink: 200_000 },
} as const;
const part = (text: string) => ({ text, media: [] });

test('each part of a thread and the comment below it has its price, dearer with a link', () => {
  const content = { parts: [part('hello'), part('see https://example.org')], firstComment: 'and more' };
  assert.deepEqual(priceOfContent(content, rules), { micros: 230_000, posts: 3, dearer: 1 });
  assert.deepEqual(priceOfContent(content, rules, 2), { micros: 15_000, posts: 1, dearer: 0 });
  assert.deepEqual(priceOfContent(content, { ...rules, price: null }), { micros: 0, posts: 0, dearer: 0 });
});

test('amounts are dollars, with a third place where a cent is not exact', () => {
  assert.deepEqual([200_000, 15_000, 1_500_000, 0].map(formatPrice), ['$0.20', '$0.015', '$1.50', '$0.00']);
});
