import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CalendarPost } from '../calendar-post.ts';
import { fitInto, groupByDay, layOutDay, placePosts, type PlacedPost } from './grid-layout.ts';

function postAt(dueAt: string | null, changes: Partial<CalendarPost> = {}): CalendarPost {
  return {
    id: `id-${dueAt}`, version: 1, state: 'scheduled', line: 'words', hasMedia: false, labels: [], wallTime: null, zone: null, dueAt,
    approval: null, isRepeated: false, isMovable: dueAt !== null, accounts: [], ...changes,
  };
}

function at(time: string): PlacedPost {
  const minute = Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return { post: postAt(`2026-11-24T${time}:00.000Z`), wallTime: `2026-11-24T${time}`, day: '2026-11-24', minute };
}

const room = { boxMinutes: 50, lanesMax: 2 };

test('a post is on the day that it has in the zone of the workspace', () => {
  const [late] = placePosts([postAt('2026-11-24T23:30:00.000Z')], 'Europe/Berlin');
  assert.deepEqual([late?.day, late?.minute], ['2026-11-25', 30]);
  const [planned] = placePosts([postAt('2026-11-24T08:00:00.000Z', { wallTime: '2026-11-24T09:00', zone: 'Europe/Berlin' })], 'Europe/Berlin');
  assert.equal(planned?.wallTime, '2026-11-24T09:00');
  const [elsewhere] = placePosts([postAt('2026-11-24T08:00:00.000Z', { wallTime: '2026-11-24T09:00', zone: 'Europe/Berlin' })], 'America/New_York');
  assert.equal(elsewhere?.wallTime, '2026-11-24T03:00');
});

test('drafts without a time are not on the calendar, and the rest is in order of its instants', () => {
  const first = postAt('2026-10-25T00:30:00.000Z');
  const second = postAt('2026-10-25T01:10:00.000Z');
  const placed = placePosts([second, postAt(null), first], 'Europe/Berlin');
  // 02:30 of the first time, then 02:10 of the second.
  assert.deepEqual(placed.map((entry) => entry.wallTime), ['2026-10-25T02:30', '2026-10-25T02:10']);
});

test('posts that do not touch have the whole width', () => {
  const { chips, stacks } = layOutDay([at('09:00'), at('10:00')], room);
  assert.deepEqual(chips.map(({ lane, lanes }) => [lane, lanes]), [[0, 1], [0, 1]]);
  assert.deepEqual(stacks, []);
});

test('close posts stand side by side, and the lane is free again afterwards', () => {
  const { chips } = layOutDay([at('09:00'), at('09:30'), at('09:50'), at('12:00')], room);
  assert.deepEqual(chips.map(({ lane, lanes }) => [lane, lanes]), [[0, 2], [1, 2], [0, 2], [0, 1]]);
});

test('every post is either drawn or in a stack, however many share a time', () => {
  const entries = Array.from({ length: 40 }, (_, index) => at(`09:${String(index).padStart(2, '0')}`)).concat([at('15:00')]);
  const { chips, stacks } = layOutDay(entries, room);
  assert.equal(chips.length + stacks.reduce((sum, stack) => sum + stack.entries.length, 0), entries.length);
  assert.deepEqual(stacks.map(({ lane, lanes, entries: { length } }) => [lane, lanes, length]), [[1, 2, 39]]);
});

test('a stack does not run on through the day: it ends where its box ends', () => {
  const entries = ['09:00', '09:05', '09:10', '09:45', '09:50', '10:20'].map(at);
  const { chips, stacks } = layOutDay(entries, room);
  assert.equal(chips.length + stacks.reduce((sum, stack) => sum + stack.entries.length, 0), 6);
  for (const [index, stack] of stacks.entries()) {
    const next = stacks[index + 1];
    assert.ok(next === undefined || next.topMinute >= stack.topMinute + room.boxMinutes);
  }
});

test('the last minute of a day stays within the day', () => {
  assert.equal(layOutDay([at('23:59')], room).chips[0]?.topMinute, 24 * 60 - 50);
});

test('a month cell shows what fits and counts the rest', () => {
  const entries = ['09:00', '10:00', '11:00', '12:00'].map(at);
  assert.deepEqual([fitInto(entries, 3).shown.length, fitInto(entries, 3).more], [3, 1]);
  assert.deepEqual([fitInto(entries.slice(0, 3), 3).more, fitInto([], 3).more], [0, 0]);
  assert.deepEqual([...groupByDay(entries).keys()], ['2026-11-24']);
});
