import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { object, string } from '@rookery/contract/schema.ts';
import { createManualClock } from '../../platform/clock.ts';
import { openKeptMap } from './kept-map.ts';
import { openPostBook } from './post-book.ts';
import { createRateWindows } from './rate-window.ts';

const startedAt = new Date('2026-11-24T09:00:00Z');
const post = (id: string, text: string) => ({ id, accountId: 'a', text, images: [], replyTo: null, isComment: false });

test('a replaced post keeps its time and place, a deleted one is published anew at the end', () => {
  const clock = createManualClock(startedAt);
  const book = openPostBook({ clock, stateFile: null, faults: { visibilityDelayMs: 0 } });
  book.add(post('1', 'one'));
  book.add(post('2', 'two'));
  assert.throws(() => book.add(post('1', 'again')));
  clock.advance(1000);
  assert.equal(book.put(post('1', 'one, edited')).createdAt.getTime(), startedAt.getTime());
  assert.deepEqual(book.all().map(({ text }) => text), ['one, edited', 'two']);
  assert.deepEqual([book.remove('1'), book.remove('1'), book.find('1')], [true, false, null]);
  assert.equal(book.put(post('1', 'one')).createdAt.getTime(), startedAt.getTime() + 1000);
  assert.deepEqual(book.all().map(({ text, isDeleted }) => [text, isDeleted]), [['two', false], ['one', false]]);
});

test('a delay hides new posts from the list and from nothing else', () => {
  const clock = createManualClock(startedAt);
  const book = openPostBook({ clock, stateFile: null, faults: { visibilityDelayMs: 5000 } });
  book.add(post('1', 'one'));
  clock.advance(4999);
  assert.deepEqual([book.listOf('a').length, book.find('1')?.text, book.all().length], [0, 'one', 1]);
  clock.advance(1);
  assert.equal(book.listOf('a').length, 1);
});

test('kept things outlive a restart in their order, and changes to one leave the others alone', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'kept-map-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const stateFile = join(directory, 'state.json');
  const schema = object({ name: string() });
  const first = openKeptMap(stateFile, 'things', schema);
  for (const id of ['1800000000000000002', '1800000000000000001', 'x']) first.set(id, { name: id });
  first.set('1800000000000000002', { name: 'changed' });
  first.delete('x');
  openKeptMap(stateFile, 'others', schema).set('y', { name: 'y' });
  const again = openKeptMap(stateFile, 'things', schema);
  assert.deepEqual(again.entries().map(([, { name }]) => name), ['changed', '1800000000000000001']);
  assert.equal(again.get('y'), null);
});

test('a call worth more than what is left is refused and costs nothing', () => {
  const windows = createRateWindows(createManualClock(startedAt), 60);
  assert.equal(windows.count('a', 5, 3).remaining, 2);
  assert.deepEqual([windows.count('a', 5, 3).isExceeded, windows.count('a', 5, 2).remaining], [true, 0]);
});
