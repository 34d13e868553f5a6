import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syncAccount } from '../audience/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { readAudienceSummary } from '../audience/summary.ts';
import { createHarness } from '../testing/harness.ts';
import { readDashboard } from './service.ts';

const dayMs = 86_400_000;
const harness = await createHarness();
const { owner, stranger, worker, clock } = harness;
const { world } = harness.simulator('x');
const accountIds: string[] = [];

async function growFor(days: number, accountId: string): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    clock.advance(dayMs);
    await syncAccount(worker, { accountId, kind: 'full', signal: new AbortController().signal, isLastAttempt: true });
  }
}

/** Counts what is sent to the database. */
function counting(ctx: WorkspaceContext): { ctx: WorkspaceContext; sent: () => number } {
  let sent = 0;
  const transaction: WorkspaceContext['transaction'] = (work) => ctx.transaction((db) => work({
    ...db,
    many: (...call) => { sent += 1; return db.many(...call); },
    one: (...call) => { sent += 1; return db.one(...call); },
    maybe: (...call) => { sent += 1; return db.maybe(...call); },
  }));
  return { ctx: { ...ctx, transaction }, sent: () => sent };
}

test('each account has on the dashboard the figures that its own summary gives', async () => {
  for (const { handle } of world.accounts.slice(0, 2)) accountIds.push(await harness.connectX(handle));
  for (const accountId of accountIds) await growFor(3, accountId);
  const { accounts } = await readDashboard(owner, { range: '7d' });
  assert.deepEqual(accounts.map(({ id }) => id).sort(), [...accountIds].sort());
  for (const account of accounts) {
    const own = await readAudienceSummary(owner, { account: account.id, range: '7d' });
    assert.deepEqual(account, { id: account.id, followers: own.followers, net: own.net, sparkline: own.series.map((day) => day.followers) });
    assert.notEqual(account.followers, null);
  }
});

test('the dashboard asks the database as often for two accounts as for none', async () => {
  const two = counting(owner);
  await readDashboard(two.ctx, {});
  const none = counting(stranger);
  assert.deepEqual((await readDashboard(none.ctx, {})).accounts, []);
  assert.equal(two.sent(), none.sent());
});
