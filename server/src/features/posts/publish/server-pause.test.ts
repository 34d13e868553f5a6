import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Post, Target } from '@rookery/contract/posts.ts';
import { ProviderError } from '../../../providers/provider.ts';
import { storeGrant } from '../../accounts/grants.ts';
import type { WorkspaceContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { scriptNetwork, withProvider } from '../scripted-publishing.ts';
import { readPost, writePost } from '../service.ts';
import { standardTimes } from './times.ts';
import { workOnTarget } from './work.ts';

const harness = await createHarness();
const { database } = harness;
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const network = scriptNetwork(real, { policy: 'key' });
const providers = withProvider(harness.services.providers, { ...network.provider, serverOf: ({ extra }) => extra['host'] ?? '' });
const owner: WorkspaceContext = { ...harness.owner, providers };
const worker: WorkspaceContext = { ...harness.worker, providers };
const times = { ...standardTimes, retrySeconds: 0, retriesMax: 20 };

async function connectOn(handle: string, host: string): Promise<string> {
  const accountId = await harness.connectX(handle);
  const tokens = { accessToken: 'token', refreshToken: null, expiresAt: null, scopes: [], extra: { host } };
  await owner.transaction((db) => storeGrant(db, owner, accountId, tokens));
  return accountId;
}
const onDead = await connectOn('tidewatercoop', 'dead.example');
const onWell = await connectOn('mirelavance', 'well.example');

async function write(accountId: string): Promise<Post> {
  const content = { parts: [{ text: `A heron, ${randomUUID()}`, media: [] }], firstComment: null };
  return (await writePost(owner, { requestKey: randomUUID(), content, targets: [{ accountId, content: null }], when: { kind: 'now' } })).post;
}

function only({ targets: [target] }: Post): Target {
  assert.ok(target !== undefined);
  return target;
}

async function work(post: Post): Promise<Target> {
  await workOnTarget(worker, only(post).id, { times, signal: new AbortController().signal });
  return only((await readPost(owner, post.id)).post);
}

test('a server that is down holds back its own posts and says so; another server of the same network gets its posts at once', async () => {
  network.script(...Array.from({ length: 5 }, () => new ProviderError('retryable', 'No answer.')));
  const stuck = await write(onDead);
  for (let round = 0; round < 5; round += 1) await work(stuck);
  const waiting = await work(stuck);
  assert.deepEqual([waiting.state, waiting.reason], ['scheduled', 'dead.example has not been answering; the post waits.']);
  assert.deepEqual(await database.admin('select network, server, failures from server_pause'), [{ network: 'x', server: 'dead.example', failures: 5 }]);
  assert.equal((await work(await write(onWell))).state, 'published');
  assert.equal((await work(await write(onDead))).state, 'scheduled', 'what goes well elsewhere does not end the pause');
});

test('the first success on a server ends its count, and no other', async () => {
  await database.admin(`update server_pause set until = now() where server = 'dead.example'`);
  await database.admin(`insert into server_pause values ('x', 'well.example', 3, now())`);
  assert.equal((await work(await write(onDead))).state, 'published');
  assert.deepEqual(await database.admin('select server from server_pause'), [{ server: 'well.example' }]);
});
