import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHarness } from '../../testing/harness.ts';
import { openSystemContext } from '../../workspaces/index.ts';
import { scriptNetwork, withProvider } from '../scripted-publishing.ts';
import { writePost } from '../service.ts';
import { roomForOrdinary, startPublisher } from './publisher.ts';

const concurrency = 8;
const planned = 12;

test('room is kept for what a person waits for, and while it is under way few others are begun', async (t) => {
  const harness = await createHarness({ isRealTime: true });
  const accountId = await harness.connectX();
  const real = harness.services.providers.get('x');
  assert.ok(real !== null);
  const network = scriptNetwork(real, { policy: 'key' });
  // Every send stays under way until the test lets it go.
  const underWay: { readonly text: string; readonly finish: () => void }[] = [];
  const begun: string[] = [];
  let isOver = false;
  const provider = {
    ...network.provider,
    publish: async (...[, request, progress]: Parameters<NonNullable<typeof real.publish>>) => {
      await progress.beforeSend();
      begun.push(request.text);
      if (!isOver) await new Promise<void>((resolve) => underWay.push({ text: request.text, finish: resolve }));
      return { externalId: request.key, url: null, ref: {} };
    },
  };
  const providers = withProvider(harness.services.providers, provider);
  const owner = { ...harness.owner, providers };
  const services = { ...harness.services, providers, database: harness.database.worker };
  const write = (text: string): Promise<unknown> => writePost(owner, {
    requestKey: randomUUID(), content: { parts: [{ text, media: [] }], firstComment: null }, targets: [{ accountId, content: null }], when: { kind: 'now' },
  });
  const isBegun = async (count: number): Promise<void> => {
    while (begun.length < count) await sleep(20, undefined, { signal: t.signal });
  };
  for (let index = 0; index < planned; index += 1) await write(`planned ${index}`);
  await harness.database.admin('update post_target set priority = 7');
  const publisher = await startPublisher({ services, concurrency, openWorkspace: (id) => openSystemContext(services, id, 'publish') });
  try {
    const full = roomForOrdinary(concurrency, 0);
    await isBegun(full);
    // Longer than the publisher sleeps between two looks: what it could begin is begun by then.
    await sleep(500);
    assert.equal(begun.length, full);
    await write('now');
    await isBegun(full + 1);
    assert.equal(begun.at(-1), 'now');
    underWay.splice(0, 1).forEach(({ finish }) => finish());
    await sleep(500);
    assert.equal(begun.length, full + 1, 'nothing else was begun beside it');
    underWay.splice(underWay.findIndex(({ text }) => text === 'now'), 1).forEach(({ finish }) => finish());
    await isBegun(full + 2);
  } finally {
    isOver = true;
    underWay.forEach(({ finish }) => finish());
    await isBegun(planned + 1);
    await publisher.stop();
  }
  assert.deepEqual(begun.toSorted(), [...Array.from({ length: planned }, (_, index) => `planned ${index}`), 'now'].toSorted());
});
