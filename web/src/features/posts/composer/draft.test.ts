import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Post } from '@rookery/contract/posts.ts';

import { addPart, contentFor, customise, draftOf, emptyDraft, isBlank, removePart, shiftPart, toggleTarget, withContent, withOtherImage, withPartText, whenOf, withSnippet, writtenOf, type Draft, type EditContent } from './draft.ts';
import { parseCopy } from './local-copy.ts';

function thread(...texts: string[]): EditContent {
  return draftOf({ content: { parts: texts.map((text) => ({ text, media: [] })), firstComment: null }, targets: [], labels: [] }).content;
}

const textsOf = (content: EditContent): string[] => content.parts.map(({ text }) => text);
const keyOf = (content: EditContent, index: number): string => content.parts[index]?.key ?? '';

test('parts are added after another, moved by one, and the last one stays', () => {
  const three = thread('a', 'b', 'c');
  assert.deepEqual(textsOf(addPart(three, keyOf(three, 0))), ['a', '', 'b', 'c']);
  assert.deepEqual(textsOf(shiftPart(three, keyOf(three, 2), -1)), ['a', 'c', 'b']);
  assert.deepEqual(textsOf(shiftPart(three, keyOf(three, 0), -1)), ['a', 'b', 'c']);
  assert.deepEqual(textsOf(removePart(three, keyOf(three, 1))), ['a', 'c']);
  const one = thread('alone');
  assert.deepEqual(textsOf(removePart(one, keyOf(one, 0))), ['alone']);
});

test('a part keeps its key when it moves, so that the caret stays with its words', () => {
  const two = thread('a', 'b');
  assert.equal(keyOf(shiftPart(two, keyOf(two, 0), 1), 1), keyOf(two, 0));
});

test('an account with its own words is not touched by changes to those for all', () => {
  const start: Draft = { ...emptyDraft(['x', 'y']), content: thread('for all') };
  const own = customise(start, 'x', true);
  const changed = withContent(own, null, withPartText(own.content, keyOf(own.content, 0), 'for all, changed'));
  assert.deepEqual(textsOf(contentFor(changed, 'x')), ['for all']);
  assert.deepEqual(textsOf(contentFor(changed, 'y')), ['for all, changed']);
  assert.deepEqual(textsOf(contentFor(customise(changed, 'x', false), 'x')), ['for all, changed']);
});

test('an image is replaced in the words that it was found in, and keeps its place and description', () => {
  const start = draftOf({
    content: { parts: [{ text: '', media: [{ mediaId: 'a', altText: 'one' }, { mediaId: 'b', altText: 'two' }] }], firstComment: null },
    targets: [{ accountId: 'x', content: { parts: [{ text: '', media: [{ mediaId: 'a', altText: 'own' }] }], firstComment: null } }], labels: [],
  });
  const mediaOf = (draft: Draft, accountId: string | null) => contentFor(draft, accountId).parts[0]?.media;
  const forAll = withOtherImage(start, null, { from: 'a', to: 'c' });
  assert.deepEqual(mediaOf(forAll, null), [{ mediaId: 'c', altText: 'one' }, { mediaId: 'b', altText: 'two' }]);
  assert.deepEqual(mediaOf(forAll, 'x'), [{ mediaId: 'a', altText: 'own' }]);
  assert.deepEqual(mediaOf(withOtherImage(start, 'x', { from: 'a', to: 'c' }), 'x'), [{ mediaId: 'c', altText: 'own' }]);
});

test('what is sent holds no keys, no empty comment, and every account', () => {
  const draft = toggleTarget({ ...emptyDraft(['x']), content: { ...thread('words'), firstComment: '  ' } }, 'y');
  assert.deepEqual(writtenOf(draft), {
    content: { parts: [{ text: 'words', media: [] }], firstComment: null },
    targets: [{ accountId: 'x', content: null }, { accountId: 'y', content: null }], labels: [],
  });
  assert.deepEqual(toggleTarget(draft, 'y').targets.map(({ accountId }) => accountId), ['x']);
});

test('only a post without words and images is blank', () => {
  assert.equal(isBlank(emptyDraft(['x'])), true);
  assert.equal(isBlank({ ...emptyDraft(), content: thread(' \n') }), true);
  assert.equal(isBlank({ ...emptyDraft(), content: thread('', 'b') }), false);
});

test('a copy in this browser comes back as it was, and anything else is no copy', () => {
  const written = writtenOf(customise({ ...emptyDraft(['x']), content: thread('a', 'b') }, 'x', true));
  assert.deepEqual(parseCopy(JSON.stringify({ ...written, version: 3 })), { written, version: 3 });
  for (const text of [null, '', '{', '[]', '{"content":{"parts":[]},"targets":[],"labels":[]}', '{"content":{"parts":[{"text":1,"media":[]}]},"targets":[],"labels":[]}']) {
    assert.equal(parseCopy(text), null);
  }
});

test('a template begins an empty post and stands below words that are there; a signature is always below', () => {
  const template = { kind: 'template', text: 'Opening hours' } as const;
  const signature = { kind: 'signature', text: '#harbour' } as const;
  assert.deepEqual(textsOf(withSnippet(thread(''), template)), ['Opening hours']);
  assert.deepEqual(textsOf(withSnippet(thread('News \n'), template)), ['News\n\nOpening hours']);
  assert.deepEqual(textsOf(withSnippet(thread('a', 'b'), signature)), ['a', 'b\n\n#harbour']);
  assert.deepEqual(textsOf(withSnippet(thread(''), signature)), ['#harbour']);
});

test('the time that a draft is meant for stands ready to be scheduled, in the zone of the workspace, unless it has passed', () => {
  const suggested = { day: '2099-01-01', time: '10:00', occurrence: null };
  const post: Post = {
    id: 'p1', state: 'draft', content: { parts: [{ text: 'a', media: [] }], firstComment: null }, labels: [], wallTime: '2099-06-01T09:00', zone: 'Europe/Berlin', dueAt: null,
    targets: [], series: null, authorName: 'Mira', approval: null, createdAt: '2026-11-24T09:00:00.000Z', updatedAt: '2026-11-24T09:00:00.000Z', version: 1,
  };
  const at = (day: string, time: string) => ({ kind: 'at', choice: { day, time, occurrence: null } });
  assert.deepEqual(whenOf(post, suggested, 'Europe/Berlin'), at('2099-06-01', '09:00'));
  assert.deepEqual(whenOf(post, suggested, 'Asia/Tokyo'), at('2099-06-01', '16:00'));
  assert.deepEqual(whenOf({ ...post, wallTime: '2020-06-01T09:00' }, suggested, 'Europe/Berlin'), { kind: 'draft', choice: suggested });
  assert.deepEqual(whenOf({ ...post, wallTime: null, zone: null }, suggested, 'Europe/Berlin'), { kind: 'draft', choice: suggested });
  const planned: Post = { ...post, state: 'scheduled', dueAt: '2099-06-01T07:00:00.000Z' };
  assert.deepEqual([whenOf(planned, suggested, 'Europe/Berlin'), whenOf(planned, suggested, 'Asia/Tokyo')], [at('2099-06-01', '09:00'), at('2099-06-01', '16:00')]);
});
