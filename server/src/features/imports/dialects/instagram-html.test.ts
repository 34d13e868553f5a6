import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folder, readFiles, refusal, handles, page, box } from './export-fixture.ts';

test('HTML: links to profiles in the main part only; a day without a zone stays a day', async () => {
  const main = `${box('Mira.Vale', 'Aug 24, 2025, 1:46 am')}${box('_u/zed', '9 August 2025 01:46')}${box('osei.k', '24.08.2025')}
    <a href="https://www.instagram.com/legal/terms">t</a><a href="https://www.instagram.com/explore/">e</a>
    <a href="https://www.instagram.com@evil.test/evil">e</a>`;
  const { reading, rows } = await readFiles({ [`${folder}/followers_1.html`]: page(main), 'following.html': page('') });
  assert.deepEqual(
    rows.map(({ handle, followedAt, followedOn }) => [handle, followedAt, followedOn]),
    [
      ['mira.vale', null, '2025-08-24'],
      ['zed', null, '2025-08-09'],
      ['osei.k', null, null],
    ],
  );
  assert.deepEqual([reading.dialect, reading.followers, reading.following, reading.complete], ['instagram-html', 3, 0, true]);
});

test('HTML: the name in an h2, with and without a link, under any class but the box', async () => {
  const main = `<div class="z uiBoxWhite"><h2 class="q">mira.vale</h2><a href="https://www.instagram.com/_u/mira.vale">https://…</a>
    <div>Aug 24, 2025, 1:46 am</div></div>
    <div class="uiBoxWhite"><h2>wren.fox</h2><div>Aug 23, 2025, 1:46 am</div></div><div class="uiBoxWhite"><p>nobody</p></div>`;
  const { reading, rows } = await readFiles({ 'followers_1.html': page(main) });
  assert.deepEqual(handles(rows), ['mira.vale', 'wren.fox']);
  assert.deepEqual([reading.unreadable, reading.complete], [1, false]);
});

test('HTML: scripts and their content do nothing', async () => {
  const main = `<script>globalThis.hacked=1;document.write('<a href="https://www.instagram.com/evil">')</script>
    <template><a href="https://www.instagram.com/evil2">x</a></template>
    <a href="javascript:alert(1)" onclick="x()">x</a><img src=x onerror=alert(1)>${box('zed', '')}`;
  assert.deepEqual(handles((await readFiles({ 'followers_1.html': page(main) })).rows), ['zed']);
});

test('HTML: no main part, a page cut short, and a page of other links are refused', async () => {
  await assert.rejects(
    readFiles({ 'followers_1.html': '<html><body><a href="https://www.instagram.com/a">a</a></body></html>' }),
    refusal(/no main part.*JSON/),
  );
  await assert.rejects(readFiles({ 'followers_1.html': page(box('zed', '')).slice(0, -40) }), refusal(/breaks off/));
  await assert.rejects(
    readFiles({ 'followers_1.html': page('<a href="https://example.test/a">a</a>') }),
    refusal(/No row of followers_1\.html/),
  );
});
