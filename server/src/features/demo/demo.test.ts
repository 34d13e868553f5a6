// The demo workspace, made by the running product: what its history holds, and that it goes on as if it had been there all along.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { listAccounts, listScans, startSync } from '@rookery/contract/accounts.ts';
import { getBootstrap, signUp } from '@rookery/contract/auth.ts';
import { createDemo } from '@rookery/contract/demo.ts';
import { startWalkedApp } from '../../walker/app-fixture.ts';
import { openVisitor, type Visitor } from '../../walker/visitor-fixture.ts';
import { createHarness } from '../testing/harness.ts';
import { openDemo } from './service.ts';

const walked = await startWalkedApp();
const { admin } = walked;

async function join(name: string, extra: object): Promise<Visitor> {
  const visitor = await openVisitor(walked.origin);
  await visitor.browser.ok(signUp, { body: { email: `${name}@example.org`, name, password: 'copper lantern drifts north', ...extra } });
  await visitor.renewToken();
  return visitor;
}

const owner = await join('ada', { setupToken: /#setup=(.+)$/.exec(walked.app.setupLink ?? '')?.[1], timeZone: 'Europe/Berlin' });
const stranger = await join('eve', {});
const { workspaceId } = await owner.browser.ok(createDemo);
const params = { workspaceId };

async function until(what: string, isDone: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 1200; looks += 1) {
    if (await isDone()) return;
    await pause(250);
  }
  assert.fail(`${what} did not come`);
}

async function count(sql: string): Promise<number> {
  return Number((await admin(`select count(*)::int as n from ${sql}`, [workspaceId]))[0]?.['n']);
}

await until('the history', async () => (await count(`post where workspace_id = $1 and wall_time is null`)) === 2);
await until('the end of the job', async () => Number((await admin(`select count(*)::int as n from pgboss.job where name = 'demo.build' and state = 'completed'`, []))[0]?.['n']) === 1);

test('asking again opens the same demo, in the zone of the user, and nobody else sees it', async () => {
  assert.equal((await owner.browser.ok(createDemo)).workspaceId, workspaceId);
  const { workspaces } = await owner.browser.ok(getBootstrap);
  assert.deepEqual(workspaces.filter(({ demo }) => demo).map((one) => [one.workspaceId, one.role, one.timeZone]), [[workspaceId, 'owner', 'Europe/Berlin']]);
  const reply = await stranger.browser.send({ path: `/api/workspaces/${workspaceId}/accounts` });
  assert.equal(reply.status, 404);
});

test('the history is 90 days long, without a doubtful or failed scan, and most days bring changes', async () => {
  const [bad] = await admin(`select count(*)::int as n from scan where workspace_id = $1 and state <> 'complete'`, [workspaceId]);
  assert.equal(bad?.['n'], 0);
  const days = await admin(
    `select account_id, count(distinct at::date)::int as days, min(at) < now() - interval '88 days' as is_old from scan where workspace_id = $1 group by 1`, [workspaceId]);
  assert.equal(days.length, 3);
  for (const row of days) assert.deepEqual([Number(row['days']) >= 89, row['is_old']], [true, true]);
  const [changed] = await admin(`select count(distinct at::date)::int as n from follower_change where workspace_id = $1`, [workspaceId]);
  assert.ok(Number(changed?.['n']) >= 75, `${String(changed?.['n'])} days`);
});

test('posts are out with their attempts, at their time; some are planned and some are drafts', async () => {
  const states = await admin(`select state, count(*)::int as n from post_target where workspace_id = $1 group by 1 order by 1`, [workspaceId]);
  assert.deepEqual(states.map(({ state }) => state), ['draft', 'published', 'scheduled']);
  assert.equal(await count(`post p where workspace_id = $1 and due_at < now()`), 20);
  assert.equal(await count(`post_target t join post p on p.workspace_id = t.workspace_id and p.id = t.post_id where t.workspace_id = $1 and t.state = 'published'
    and (t.published_at <> p.due_at or not exists (select from publish_attempt a where a.target_id = t.id and a.outcome = 'published' and a.started_at = p.due_at))`), 0);
});

test('audit events lie in the past, in the order in which they were written', async () => {
  const rows = await admin(`select at from audit_event where workspace_id = $1 order by xid, id`, [workspaceId]);
  const times = rows.map(({ at }) => Number(at));
  assert.ok(times.length > 700);
  assert.equal(times.findIndex((at, index) => at < (times[index - 1] ?? 0)), -1);
  assert.ok((times.at(-1) ?? 0) <= Date.now());
});

test('a sync after the build works with the tokens of the past and finds nobody missing', async () => {
  const { accounts } = await owner.browser.ok(listAccounts, { params });
  assert.deepEqual(accounts.map(({ state }) => state), accounts.map(() => 'connected'));
  for (const { id, network } of accounts) {
    if (network === 'instagram') continue;
    const newest = async () => (await owner.browser.ok(listScans, { params: { ...params, accountId: id } })).scans[0];
    const before = (await newest())?.id;
    await owner.browser.ok(startSync, { params: { ...params, accountId: id }, body: { kind: 'full' } });
    const hasEnded = async () => {
      const scan = await newest();
      return scan !== undefined && scan.id !== before && scan.state !== 'running';
    };
    await until('the sync', hasEnded);
    const scan = await newest();
    assert.equal(scan?.state, 'complete');
    assert.ok(Number(scan.lost) < 5);
  }
  assert.deepEqual(walked.errors, []);
});

test('where nothing is simulated there is no demo', async () => {
  const { owner: ada } = await createHarness();
  const { session } = ada;
  assert.ok(session !== null);
  const ctx = { ...ada, session, simulatedNetworks: new Set<string>() };
  await assert.rejects(openDemo(ctx), { code: 'network-not-configured' });
});
