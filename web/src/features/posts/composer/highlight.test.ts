import assert from 'node:assert/strict';
import { test } from 'node:test';

import { highlight } from './highlight.ts';

const options = { overrunIndex: null, needsScheme: true };

test('links, hashtags and mentions stand out, and a # within a link does not', () => {
  const segments = highlight('See https://example.org/a#b with @mira.example.org and #wood_work, ok?', options);
  assert.deepEqual(segments.filter(({ kind }) => kind !== 'plain').map(({ text, kind }) => [text, kind]), [
    ['https://example.org/a#b', 'link'], ['@mira.example.org', 'tag'], ['#wood_work', 'tag'],
  ]);
});

test('an address of an e-mail is no mention', () => {
  assert.deepEqual(highlight('mira@example.org', options).map(({ kind }) => kind), ['plain']);
});

test('the overrun is marked from its first character, within a link too', () => {
  const segments = highlight('go to https://example.org now', { overrunIndex: 10, needsScheme: true });
  assert.deepEqual(segments.map(({ text, isOver }) => [text, isOver]), [['go to ', false], ['http', false], ['s://example.org', true], [' now', true]]);
});

test('the stretches together are the text, whatever it is', () => {
  for (const text of ['', '\n\n', '# @ https:// ', '👩‍👩‍👧 #日本 https://例え.jp/パス', 'a'.repeat(300)]) {
    assert.equal(highlight(text, { overrunIndex: 5, needsScheme: false }).map((segment) => segment.text).join(''), text);
  }
});
