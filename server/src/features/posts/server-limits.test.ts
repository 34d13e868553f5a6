import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { createPost } from '@rookery/contract/posts.ts';
import { AppError } from '../../platform/errors.ts';
import { driveConsent } from '../../providers/simulation/drive-consent.ts';
import { beginConnect, completeConnect } from '../accounts/connect.ts';
import { readAccount } from '../accounts/service.ts';
import { syncAccount } from '../audience/index.ts';
import { createHarness } from '../testing/harness.ts';
import { readPost, writePost } from './service.ts';
import { standardTimes } from './publish/times.ts';
import { workOnTarget } from './publish/work.ts';

const harness = await createHarness({ networks: ['mastodon'] });
const { owner, worker, clock } = harness;
const simulator = harness.simulator('mastodon');
const network = 'mastodon';
const signal = new AbortController().signal;

async function connect(): Promise<string> {
  const { authorizeUrl } = await beginConnect(owner, { network, address: simulator.origin });
  const back = await driveConsent(authorizeUrl, { account: 'harbourbakery' });
  const { redirectTo } = await completeConnect(owner, { params: { network }, query: Object.fromEntries(back.searchParams) });
  return /accounts\/([0-9a-f-]{36})\?/.exec(redirectTo)?.[1] ?? assert.fail(redirectTo);
}

const limitsOf = async (accountId: string) => (await readAccount(owner, accountId)).account.limits;
const sync = (accountId: string): Promise<void> => syncAccount(worker, { accountId, kind: 'new', signal, isLastAttempt: true });

function body(accountId: string, length: number, when: BodyOf<typeof createPost>['when'] = { kind: 'now' }): BodyOf<typeof createPost> {
  const text = `${randomUUID()} `.padEnd(length, 'é');
  return { requestKey: randomUUID(), content: { parts: [{ text, media: [] }], firstComment: null }, targets: [{ accountId, content: null }], when };
}

async function send(given: BodyOf<typeof createPost>) {
  const { post } = await writePost(owner, given);
  const targetId = post.targets[0]?.id ?? '';
  await workOnTarget(worker, targetId, { times: standardTimes, signal });
  return (await readPost(owner, post.id)).post.targets[0];
}

simulator.faults.limitText(11_000);
const accountId = await connect();

test('an account is connected with the limits of its own server, and says when they were read', async () => {
  const limits = await limitsOf(accountId);
  assert.deepEqual(limits, { textLengthMax: 11_000, linkLength: 23, imagesMax: 4, postsPerDay: null, videoBytesMax: 103_809_024, videoFrameRateMax: 120, readAt: clock.now().toISOString() });
});

test('a server that takes 11,000 characters gets them, and not one more', async () => {
  assert.equal((await send(body(accountId, 11_000)))?.state, 'published');
  assert.equal([...simulator.posts().at(-1)?.text ?? ''].length, 11_000);
  await assert.rejects(writePost(owner, body(accountId, 11_001)), (error) => error instanceof AppError && error.fields[0]?.code === 'too-long');
});

test('the sync takes over what the server has changed, and keeps the last answer, with its age, when there is none', async () => {
  simulator.faults.limitText(5000);
  clock.advance(3_600_000);
  await sync(accountId);
  const read = await limitsOf(accountId);
  assert.deepEqual([read?.textLengthMax, read?.readAt], [5000, clock.now().toISOString()]);
  await assert.rejects(writePost(owner, body(accountId, 5001)), (error) => error instanceof AppError && error.fields[0]?.code === 'too-long');
  simulator.faults.limitText(9000);
  simulator.faults.failNext(3, 503, '/api/v2/instance');
  clock.advance(3_600_000);
  await sync(accountId);
  simulator.faults.reset();
  assert.deepEqual(await limitsOf(accountId), read);
});

test('limits that are no limits are held within what can be carried', async () => {
  simulator.faults.limitText(2_000_000_000);
  await sync(accountId);
  assert.equal((await limitsOf(accountId))?.textLengthMax, 50_000);
});

test('a server that has become stricter since a post was planned refuses it, and the post says so in its words', async () => {
  simulator.faults.limitText(5000);
  await sync(accountId);
  simulator.faults.limitText(1000);
  const target = await send(body(accountId, 3000));
  assert.equal(target?.state, 'failed');
  assert.match(target.reason ?? '', /character limit of 1000/);
});
