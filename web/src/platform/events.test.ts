import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readLiveEvent } from './events.ts';

test('an event of the stream is read, anything else is ignored', () => {
  const event = { workspaceId: 'w', topic: 'scans', id: 'a', progress: 1200 };
  assert.deepEqual(readLiveEvent(JSON.stringify(event)), event);
  assert.deepEqual(readLiveEvent('{"topic":"audit"}'), { workspaceId: '', topic: 'audit', id: '', progress: 0 });
  for (const noise of ['', 'null', '3', '{"topic":"weather"}', '{broken']) assert.equal(readLiveEvent(noise), null);
});
