import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import type { Content, Post, Target, When } from '@rookery/contract/posts.ts';
import { AppError } from '../../../platform/errors.ts';
import { ProviderError, type PublishManifest, type SendBudget } from '../../../providers/provider.ts';
import { changeBudget, readAccount } from '../../accounts/service.ts';
import type { WorkspaceContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { removePost, retry } from '../decide.ts';
import { scriptNetwork, withProvider, type ScriptedNetwork } from '../scripted-publishing.ts';
import { changePost, readPost, writePost } from '../service.ts';
import { readSpending } from '../spending/service.ts';
import { standardTimes, type PublishTimes } from './times.ts';
import { workOnTarget } from './work.ts';

const harness = await createHarness();
const { database } = harness;
const first = await harness.connectX('tidewatercoop');
const second = await harness.connectX('mirelavance');
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const times: PublishTimes = { ...standardTimes, sendSeconds: 5, retrySeconds: 0, lookSeconds: 0, visibilityShare: 0, waitSeconds: 0 };
const signal = new AbortController().signal;

interface Stage {
  readonly network: ScriptedNetwork;
  readonly owner: WorkspaceContext;
  readonly worker: WorkspaceContext;
}

function stage(change: Partial<PublishManifest>): Stage {
  assert.ok(real !== null);
  const network = scriptNetwork(real, change);
  const providers = withProvider(harness.services.providers, network.provider);
  return { network, owner: { ...harness.owner, providers }, worker: { ...harness.worker, providers } };
}

const hourly = (max: number, scope: SendBudget['scope'] = 'account'): SendBudget =>
  ({ name: 'posts', scope, windowSeconds: 3600, max, noun: 'posts', points: { post: 1, comment: 1, image: 0 } });
const priced = { price: { post: 15_000, postWithLink: 200_000 } };

const laterOn: When = { kind: 'at', wallTime: '2026-12-20T09:00', zone: 'UTC' };

async function write({ owner }: Stage, options: { accountId?: string; when?: When; texts?: string[] } = {}): Promise<Post> {
  const { accountId = first, when = laterOn, texts = [`A heron, ${randomUUID()}`] } = options;
  const content: Content = { parts: texts.map((text) => ({ text, media: [] })), firstComment: null };
  const { post } = await writePost(owner, { requestKey: randomUUID(), content, targets: [{ accountId, content: null }], when });
  // Due now, as a planned post is when its time has come.
  await database.admin('update post_target set work_at = now() where post_id = $1', [post.id]);
  await database.admin('update post set due_at = now() where id = $1', [post.id]);
  return post;
}

function only({ targets: [target] }: Post): Target {
  assert.ok(target !== undefined);
  return target;
}

const work = async ({ worker }: Stage, post: Post): Promise<void> => workOnTarget(worker, only(post).id, { times, signal });
const look = async ({ owner }: Stage, post: Post): Promise<Target> => only((await readPost(owner, post.id)).post);

beforeEach(async () => {
  for (const table of ['send_use', 'send_pause', 'account_cost']) await database.admin(`delete from ${table}`);
  await database.admin('update account set budget_micros = null, publish_limits = null, publish_limits_at = null');
});

test('however many workers send at once, a network gets no more than it takes, and the rest waits with reason and time', async () => {
  const on = stage({ budgets: [hourly(5)] });
  const posts = await Promise.all(Array.from({ length: 16 }, () => write(on)));
  await Promise.all(posts.map((post) => work(on, post)));
  assert.equal(on.network.posts.length, 4, 'a tenth, and at least one, is kept for what a person sends at once');
  const waiting = (await Promise.all(posts.map((post) => look(on, post)))).filter(({ state }) => state === 'scheduled');
  assert.equal(waiting.length, 12);
  for (const { reason, dueAt } of waiting) {
    assert.match(reason ?? '', /^X takes 5 posts within an hour from this account; this goes out at \d\d:\d\d/);
    assert.ok(Date.parse(dueAt ?? '') - Date.now() > 3_000_000);
  }
  const urgent = await write(on, { when: { kind: 'now' } });
  const late = await write(on, { when: { kind: 'now' } });
  await work(on, urgent);
  await work(on, late);
  assert.deepEqual([(await look(on, urgent)).state, (await look(on, late)).state, on.network.posts.length], ['published', 'scheduled', 5]);
  // The window has passed.
  await database.admin(`update send_use set at = at - interval '3700 seconds'`);
  const [next] = waiting;
  await database.admin('update post_target set work_at = now() where id = $1', [next?.id]);
  await workOnTarget(on.worker, next?.id ?? '', { times, signal });
  assert.equal(on.network.posts.length, 6);
});

test('a thread stops where the room ends, and goes on there', async () => {
  const on = stage({ budgets: [hourly(3)] });
  const post = await write(on, { texts: ['one', 'two', 'three', 'four'].map((word) => `${word} ${randomUUID()}`) });
  await work(on, post);
  const target = await look(on, post);
  assert.deepEqual([target.state, target.partsPublished, on.network.posts.length], ['scheduled', 2, 2]);
  await database.admin('delete from send_use');
  await database.admin('update post_target set work_at = now() where id = $1', [target.id]);
  await work(on, post);
  assert.deepEqual([(await look(on, post)).state, on.network.posts.length], ['published', 4]);
});

test('a budget of an account leaves the others alone; one of the app is shared by all', async () => {
  const own = stage({ budgets: [hourly(2)] });
  for (const accountId of [first, second]) await work(own, await write(own, { accountId }));
  assert.equal(own.network.posts.length, 2);
  await database.admin('delete from send_use');
  const shared = stage({ budgets: [hourly(2, 'app')] });
  for (const accountId of [first, second]) await work(shared, await write(shared, { accountId }));
  assert.equal(shared.network.posts.length, 1);
});

test('an account with a plan of its own is counted by it', async () => {
  const on = stage({ budgets: [{ ...hourly(2), perPlan: 'postsPerDay' }] });
  await database.admin(`update account set publish_limits = '{"postsPerDay": 10}', publish_limits_at = now() where id = $1`, [first]);
  for (let sent = 0; sent < 5; sent += 1) await work(on, await write(on));
  assert.equal(on.network.posts.length, 5);
});

test('what was never asked of the network takes no room; what it refused does', async () => {
  const on = stage({ budgets: [hourly(20)] });
  const uses = async (): Promise<unknown> => (await database.admin('select count(*)::int as n from send_use'))[0]?.['n'];
  const post = await write(on);
  on.network.beforeCheck = async () => {
    on.network.beforeCheck = null;
    throw new ProviderError('retryable', 'An image could not be read.');
  };
  await work(on, post);
  assert.equal(await uses(), 0);
  on.network.script(new ProviderError('rejected', 'No.'));
  await work(on, post);
  assert.equal(await uses(), 1);
});

test('when a network names a time, every post of that account waits for it, and with a word about the app those of all accounts', async () => {
  for (const [scope, others] of [['account', 'published'], ['app', 'scheduled']] as const) {
    const on = stage({});
    await database.admin('delete from send_pause');
    on.network.script(new ProviderError('rateLimited', 'X asks to wait.', { until: new Date(harness.clock.now().getTime() + 600_000), scope }));
    const [hit, next, other] = [await write(on), await write(on), await write(on, { accountId: second })];
    for (const post of [hit, next, other]) await work(on, post);
    const waiting = await look(on, next);
    assert.deepEqual([(await look(on, hit)).state, waiting.state, (await look(on, other)).state], ['scheduled', 'scheduled', others]);
    assert.match(waiting.reason ?? '', /X asks to wait\. It goes out at/);
    assert.ok(Date.parse(waiting.dueAt ?? '') - Date.now() > 300_000);
  }
});

test('a post is not late before the time that it was promised', async () => {
  const on = stage({ budgets: [hourly(2)] });
  await work(on, await write(on));
  const post = await write(on);
  await work(on, post);
  await database.admin(`update post set due_at = now() - interval '25 hours' where id = $1`, [post.id]);
  await database.admin('delete from send_use');
  await database.admin('update post_target set work_at = now() where post_id = $1', [post.id]);
  await work(on, post);
  assert.equal((await look(on, post)).state, 'published');
});

async function spent({ owner }: Stage): Promise<number | undefined> {
  return (await readSpending(owner)).spending.find(({ accountId }) => accountId === first)?.spentMicros;
}

test('what is out and what may be out has cost; what was refused or never arrived has not', async () => {
  const on = stage({ ...priced, policy: 'lookup' });
  assert.equal(await spent(on), 0);
  await work(on, await write(on));
  assert.equal(await spent(on), 15_000);
  on.network.script(new ProviderError('rejected', 'No.'));
  await work(on, await write(on));
  assert.equal(await spent(on), 15_000);
  on.network.script('drop');
  const lost = await write(on, { texts: [`https://example.org/${randomUUID()}`] });
  await work(on, lost);
  assert.equal(await spent(on), 215_000, 'in doubt');
  // A look waits until a request that is still on its way must have arrived.
  await database.admin(`update post_part set sent_at = now() - interval '1 minute' where target_id = $1`, [only(lost).id]);
  await database.admin('update post_target set work_at = now() where id = $1', [only(lost).id]);
  await work(on, lost);
  assert.equal(await spent(on), 15_000, 'it was not there');
  await work(on, lost);
  assert.equal(await spent(on), 215_000);
  const once = stage({ ...priced, policy: 'once' });
  once.network.script('lose');
  await work(once, await write(once));
  assert.equal(await spent(once), 230_000, 'a doubt that stays costs');
});

test('a worker that died before it sent, and a post that is then deleted, have cost nothing', async () => {
  const on = stage(priced);
  const post = await write(on);
  on.network.beforeCheck = () => new Promise(() => undefined);
  void work(on, post);
  while ((await spent(on)) !== 15_000) await new Promise((resolve) => setTimeout(resolve, 5));
  await removePost(on.owner, post.id, { alsoOnNetwork: false });
  assert.equal(await spent(on), 0);
});

test('many workers at once spend no more than the budget; the rest waits, says what to do, and goes out when it is raised', async () => {
  const on = stage(priced);
  await changeBudget(on.owner, first, { budgetMicros: 50_000 });
  const posts = await Promise.all(Array.from({ length: 8 }, () => write(on)));
  await Promise.all(posts.map((post) => work(on, post)));
  assert.deepEqual([on.network.posts.length, await spent(on)], [3, 45_000]);
  const waiting = (await Promise.all(posts.map((post) => look(on, post)))).filter(({ state }) => state === 'scheduled');
  assert.equal(waiting.length, 5);
  assert.match(waiting[0]?.reason ?? '', /This costs about \$0\.015, and \$0\.005 of the \$0\.05 for November is left on this account\. Raise the budget or wait for 1 December\./);
  await changeBudget(on.owner, first, { budgetMicros: 1_000_000 });
  for (const post of posts) await work(on, post);
  assert.equal(on.network.posts.length, 8);
});

async function planned({ owner }: Stage): Promise<number | undefined> {
  return (await readSpending(owner)).spending.find(({ accountId }) => accountId === first)?.plannedMicros;
}

/** As if it had been due so long ago. */
async function age(post: Post, hours: number): Promise<void> {
  await database.admin('update post set due_at = due_at - make_interval(hours => $2::int) where id = $1', [post.id, hours]);
}

test('a post waits for the next month as long as it takes, says until when, and goes out then', async () => {
  const on = stage(priced);
  const before = harness.clock.now();
  await changeBudget(on.owner, first, { budgetMicros: 20_000 });
  await work(on, await write(on));
  const forecast = await planned(on);
  const post = await write(on);
  await work(on, post);
  const monthEnd = Date.parse('2026-11-30T23:00:00Z') - before.getTime();
  assert.ok(Math.abs(Date.parse((await look(on, post)).dueAt ?? '') - Date.now() - monthEnd) < 60_000);
  assert.equal(await planned(on), forecast, 'it is paid for by the month that it goes out in');
  for (let day = 0; day < 5; day += 1) {
    await age(post, 24);
    await work(on, post);
  }
  const waiting = await look(on, post);
  assert.deepEqual([waiting.state, on.network.posts.length], ['scheduled', 1]);
  assert.match(waiting.reason ?? '', /wait for 1 December/);
  try {
    harness.clock.set(new Date('2026-11-30T23:00:01Z'));
    await work(on, post);
    assert.deepEqual([(await look(on, post)).state, on.network.posts.length], ['published', 2]);
  } finally {
    harness.clock.set(before);
  }
});

test('a post that waited days for money and then meets a busy network is not late; one that is moved waits for its new time alone', async () => {
  const on = stage(priced);
  await changeBudget(on.owner, first, { budgetMicros: 0 });
  const [post, moved, gone] = [await write(on), await write(on), await write(on)];
  for (const one of [post, moved, gone]) await work(on, one);
  await age(post, 72);
  await changeBudget(on.owner, first, { budgetMicros: 1_000_000 });
  on.network.script(new ProviderError('retryable', 'Busy.'));
  await work(on, post);
  assert.deepEqual([(await look(on, post)).state, (await look(on, post)).reason], ['scheduled', 'Busy.']);
  assert.ok(Date.parse((await look(on, post)).dueAt ?? '') < Date.now() + 1000, 'nothing keeps it until the first any more');
  await work(on, post);
  assert.equal((await look(on, post)).state, 'published');
  const { version } = (await readPost(on.owner, moved.id)).post;
  const { post: replanned } = await changePost(on.owner, moved.id, { version, when: { kind: 'at', wallTime: '2026-11-25T10:00', zone: 'UTC' } });
  assert.equal(only(replanned).dueAt, '2026-11-25T10:00:00.000Z');
  await removePost(on.owner, gone.id, { alsoOnNetwork: false });
  assert.deepEqual([(await look(on, gone)).state, (await look(on, gone)).dueAt], ['canceled', null]);
});

test('money that is not there is said before something is sent at once, and when it is tried again', async () => {
  const on = stage(priced);
  const failed = await write(on);
  on.network.script(new ProviderError('rejected', 'No.'));
  await work(on, failed);
  await changeBudget(on.owner, first, { budgetMicros: 0 });
  await assert.rejects(write(on, { when: { kind: 'now' } }), (error) => error instanceof AppError && error.fields[0]?.code === 'budget');
  await retry(on.owner, failed.id, only(failed).id);
  await work(on, failed);
  const target = await look(on, failed);
  assert.equal(target.state, 'failed');
  assert.match(target.reason ?? '', /Raise the budget or wait for 1 December/);
  assert.equal(on.network.posts.length, 0);
});

test('a new month has its whole budget again, and what is planned until its end is forecast', async () => {
  const on = stage(priced);
  await work(on, await write(on));
  await database.admin(`update account_cost set at = '2026-10-31T22:59:59Z'`);
  assert.equal(await spent(on), 0, 'in Berlin that was October');
  await database.admin(`update account_cost set at = '2026-10-31T23:00:00Z'`);
  assert.equal(await spent(on), 15_000);
  const texts = ['https://example.org/a', 'and more'];
  const before = (await readSpending(on.owner)).spending.find(({ accountId }) => accountId === second)?.plannedMicros ?? 0;
  for (const wallTime of ['2026-11-30T23:59', '2026-12-01T00:00']) {
    const content: Content = { parts: texts.map((text) => ({ text: `${text} ${wallTime}`, media: [] })), firstComment: null };
    await writePost(on.owner, { requestKey: randomUUID(), content, targets: [{ accountId: second, content: null }], when: { kind: 'at', wallTime, zone: 'Europe/Berlin' } });
  }
  const { month, spending } = await readSpending(on.owner);
  assert.deepEqual(month, { name: 'November', from: '2026-10-31T23:00:00.000Z', to: '2026-11-30T23:00:00.000Z' });
  assert.equal((spending.find(({ accountId }) => accountId === second)?.plannedMicros ?? 0) - before, 215_000);
});

test('a budget is set by who manages accounts, in this workspace alone, and leaves its audit event', async () => {
  const on = stage(priced);
  const { account } = await changeBudget(on.owner, first, { budgetMicros: 5_000_000 });
  assert.equal(account.budgetMicros, 5_000_000);
  const [event] = await database.admin(`select metadata from audit_event where action = 'account:budget' and entity_id = $1 order by xid desc limit 1`, [first]);
  assert.deepEqual(event?.['metadata'], { before: { budget: 'none' }, after: { budget: '$5.00' } });
  const refused = (code: string) => (error: unknown): boolean => error instanceof AppError && error.code === code;
  await assert.rejects(changeBudget({ ...on.owner, role: 'editor' }, first, { budgetMicros: 1 }), refused('not-allowed'));
  await assert.rejects(changeBudget({ ...harness.stranger, providers: on.owner.providers }, first, { budgetMicros: 1 }), refused('not-found'));
  await assert.rejects(changeBudget(stage({}).owner, first, { budgetMicros: 1 }), refused('not-supported'));
  assert.deepEqual((await readSpending({ ...harness.stranger, providers: on.owner.providers })).spending, []);
  assert.equal((await readAccount(on.owner, first)).account.budgetMicros, 5_000_000);
});
