import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createManualClock } from '../../platform/clock.ts';
import type { RunningSimulator } from '../simulation/world.ts';
import { startXSimulator } from './simulator.ts';

async function start(context: TestContext, change: { control?: boolean }): Promise<RunningSimulator> {
  const clock = createManualClock(new Date('2026-11-24T09:00:00Z'));
  const x = await startXSimulator({ clock, seed: 3, port: 0, stateFile: null, followersAtOrigin: 250, ...change });
  context.after(() => x.close());
  return x;
}

test('the control surface is shut by default, and moves the world when opened', async (context) => {
  const closed = await start(context, {});
  const command = (origin: string, verb: string, body: unknown, type = 'application/json'): Promise<Response> =>
    fetch(`${origin}/_control/${verb}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': type } });
  assert.equal((await command(closed.origin, 'follow', {})).status, 404);
  const x = await start(context, { control: true });
  const id = x.world.accounts[0]?.id ?? '';
  const before = x.world.followersOf(id).length;
  assert.equal((await command(x.origin, 'follow', {}, 'text/plain')).status, 415, 'a web page could send this');
  await command(x.origin, 'freeze', { frozen: true });
  await command(x.origin, 'follow', { account: 'heronandpine' });
  assert.equal(x.world.followersOf(id).length, before + 1);
  const [newest] = x.world.followersOf(id);
  await command(x.origin, 'rename', { person: newest?.handle, handle: 'renamed_here' });
  await command(x.origin, 'setState', { person: 'renamed_here', state: 'suspended' });
  assert.equal(x.world.person(newest?.id ?? '')?.state, 'suspended');
  const refused = await command(x.origin, 'unfollow', { person: 'nobody' });
  assert.deepEqual([refused.status, await refused.json()], [400, { error: 'There is no person "nobody".' }]);
  await command(x.origin, 'faults', { fault: 'failNext', n: 1, status: 502 });
  assert.equal((await fetch(`${x.origin}/2/users/me`)).status, 502);
  assert.deepEqual(await (await fetch(`${x.origin}/_control/counts`)).json(), { 'users.me': 1 });
});
