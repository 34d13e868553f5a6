import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Post } from '@rookery/contract/posts.ts';

// The reader's English is read once, when the module loads.
Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en-GB'] }, configurable: true });
const { primaryOf } = await import('./primary.ts');
const { choiceOf } = await import('../when.ts');

const berlin = 'Europe/Berlin';
const now = Date.parse('2026-11-20T00:00:00Z');
const rules = { zone: berlin, nowMs: now, needsApproval: false };
const at = { kind: 'at', choice: choiceOf('2026-11-24T09:00') } as const;
const planned: Post = {
  id: 'p', state: 'scheduled', content: { parts: [{ text: 'x', media: [] }], firstComment: null }, labels: [], wallTime: '2026-11-24T09:00', zone: berlin,
  dueAt: '2026-11-24T08:00:00.000Z', targets: [], series: null, authorName: 'Mira', approval: null, createdAt: '2026-11-01T00:00:00.000Z', updatedAt: '2026-11-01T00:00:00.000Z', version: 1,
};

test('the button says exactly what will happen', () => {
  assert.match(primaryOf(at, null, rules).label, /^Schedule for Tue,? 24 Nov/);
  assert.equal(primaryOf({ ...at, kind: 'now' }, null, rules).label, 'Publish now');
  assert.equal(primaryOf({ ...at, kind: 'draft' }, null, rules).label, 'Save draft');
  assert.equal(primaryOf({ ...at, kind: 'draft' }, planned, rules).label, 'Move back to drafts');
  assert.equal(primaryOf(at, planned, rules).label, 'Save changes');
});

test('a failed post that keeps its time is scheduled anew, not merely saved', () => {
  assert.match(primaryOf(at, { ...planned, state: 'failed' }, rules).label, /^Schedule for/);
});

test('nothing is sent for a time that is missing, has passed, or is not decided', () => {
  for (const choice of [{ day: '', time: '', occurrence: null }, choiceOf('2026-11-01T09:00'), choiceOf('2027-10-31T02:30')]) {
    assert.equal(primaryOf({ kind: 'at', choice }, null, rules).when, null);
  }
  assert.deepEqual(primaryOf({ kind: 'at', choice: choiceOf('2027-10-31T02:30', 'second') }, null, rules).when, {
    kind: 'at', wallTime: '2027-10-31T02:30', zone: berlin, occurrence: 'second',
  });
});

test('where posts need approval the button asks, and never says that it schedules', () => {
  const asking = { ...rules, needsApproval: true };
  assert.deepEqual([primaryOf(at, null, asking).label, primaryOf(at, null, asking).isAsking], ['Send for approval', true]);
  assert.equal(primaryOf(at, planned, asking).label, 'Send for approval');
  assert.deepEqual([primaryOf({ ...at, kind: 'draft' }, null, asking).label, primaryOf({ ...at, kind: 'draft' }, null, asking).isAsking], ['Save draft', false]);
  assert.equal(primaryOf({ kind: 'at', choice: choiceOf('2026-11-01T09:00') }, null, asking).when, null);
});
