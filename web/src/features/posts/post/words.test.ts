import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Target } from '@rookery/contract/posts.ts';

import { describeAttempt, describeProgress, outcomeOf } from './words.ts';

const target: Target = {
  id: 't', accountId: 'a', network: 'sky', networkName: 'Sky', handle: 'mira', simulated: true, state: 'failed', content: null, dueAt: null, reason: 'No.',
  partsPublished: 0, attempts: 1, publishedAt: null, url: null, isDeleting: false,
};

test('progress is told where there is some: parts of a thread, tries, a deletion that waits', () => {
  assert.equal(describeProgress(target, 1), null);
  assert.equal(describeProgress({ ...target, partsPublished: 2, attempts: 3 }, 4), '2 of 4 parts are out · 3 tries');
  assert.equal(describeProgress({ ...target, state: 'unknown', isDeleting: true }, 1), 'Will be deleted once we know what became of it');
  assert.equal(describeProgress({ ...target, state: 'deleted', isDeleting: true, partsPublished: 1 }, 1), null);
  assert.equal(describeProgress({ ...target, state: 'published', isDeleting: true, partsPublished: 1 }, 1), 'Being deleted on the network');
});

test('an attempt names its part only where there are several', () => {
  assert.equal(describeAttempt({ kind: 'send', part: 0 }, false), 'Sending');
  assert.equal(describeAttempt({ kind: 'look', part: 1 }, true), 'Looking for it, part 2');
});

test('a deletion that worked is not called out', () => {
  assert.equal(outcomeOf({ kind: 'delete', outcome: 'published' }).word, 'Deleted');
  assert.equal(outcomeOf({ kind: 'send', outcome: 'published' }).word, 'Out');
});
