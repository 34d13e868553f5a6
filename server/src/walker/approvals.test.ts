// Calls every operation on posts as an editor of a workspace that asks for approval: none makes anything go out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allEndpoints } from '@rookery/contract/api.ts';
import { updateWorkspace } from '@rookery/contract/team.ts';
import { startWalkedApp } from './app-fixture.ts';
import { makeCall, placesOf, toRequest, withValue } from './request-fixture.ts';
import { firstMark } from './team-fixture.ts';
import { fillTenant } from './tenant-fixture.ts';
import { openVisitor } from './visitor-fixture.ts';

const walked = await startWalkedApp();
const tenant = await fillTenant(walked, firstMark, { x: 'mirelavance', instagram: 'mirela.vance', bluesky: 'harbourbakery.bsky.social' });
const stranger = await openVisitor(walked.origin);
await tenant.people.owner.browser.ok(updateWorkspace, { params: { workspaceId: tenant.workspaceId }, body: { requiresApproval: true } });

const writing = allEndpoints.filter(({ method, access }) => method !== 'GET' && (access === 'posts:write' || access === 'posts:publish'));
const wallTime = `${new Date().getFullYear() + 1}-06-05T09:00`;
/** What members of a body can be set to, so that something would go out. */
const choices: Readonly<Record<string, readonly unknown[]>> = {
  when: [{ kind: 'now' }, { kind: 'at', wallTime, zone: 'UTC' }], decision: ['send-again', 'is-published'],
};

/** Destinations that a worker is to send, and what workers have tried to send. */
async function listReleased(): Promise<string[]> {
  const rows = await walked.admin(
    `select id from post_target where workspace_id = $1 and state in ('scheduled', 'sending', 'unknown')
     union all select id from publish_attempt where workspace_id = $1 and kind = 'send'`, [tenant.workspaceId],
  );
  return rows.map((row) => String(row['id']));
}

test('no operation, called by an editor with whatever time it takes, lets anything go out that did not before', async () => {
  assert.ok(writing.length >= 8, writing.map(({ id }) => id).join());
  const before = new Set(await listReleased());
  const tried: string[] = [];
  for (const endpoint of writing) {
    const call = makeCall(endpoint, tenant, stranger);
    const inBody = placesOf(endpoint).filter(({ where, path }) => where === 'body' && path.length === 1);
    const calls = [call, ...inBody.flatMap((place) => (choices[place.name] ?? []).map((choice) => withValue(call, place, choice)))];
    for (const one of calls) {
      const { status } = await tenant.people.editor.send(toRequest(endpoint, one));
      tried.push(`${endpoint.id} ${status}`);
      assert.ok(status < 500, endpoint.id);
    }
    assert.deepEqual((await listReleased()).filter((id) => !before.has(id)), [], `${endpoint.id} let something go out: it has to call requireRelease`);
  }
  assert.ok(tried.includes('publishPost 403') && tried.includes('retryTarget 403'), tried.join());
});
