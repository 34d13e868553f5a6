import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { AtpAgent, XRPCError } from '@atproto/api';
import { createManualClock } from '../../platform/clock.ts';
import { simulatorAppPassword } from './simulator.ts';
import { closeAll, mainHandle, readObject, start } from './simulator-visitor.ts';

afterEach(closeAll);

async function logIn(origin: string): Promise<AtpAgent> {
  const agent = new AtpAgent({ service: origin });
  await agent.login({ identifier: mainHandle, password: simulatorAppPassword });
  return agent;
}

async function sweep(agent: AtpAgent, limit: number): Promise<{ dids: string[]; pages: number[] }> {
  const dids: string[] = [];
  const pages: number[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await agent.getFollowers({ actor: mainHandle, limit, ...(cursor === undefined ? {} : { cursor }) });
    dids.push(...data.followers.map((row) => row.did));
    pages.push(data.followers.length);
    cursor = data.cursor;
  } while (cursor !== undefined);
  return { dids, pages };
}

/** Status and name of the XRPC error that a call ends with. */
async function errorOf(call: () => Promise<unknown>): Promise<[number, string]> {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof XRPCError, String(error));
    return [error.status, error.error];
  }
  throw new assert.AssertionError({ message: 'The call did not fail.' });
}

test('the official agent logs in with an app password by handle and by DID', async () => {
  const { origin, world } = await start();
  const agent = await logIn(origin);
  assert.equal(agent.session?.did, world.accounts[0]?.id);
  assert.equal(agent.pdsUrl?.origin, origin);
  assert.equal((await agent.com.atproto.server.getSession()).data.handle, mainHandle);
  await new AtpAgent({ service: origin }).login({ identifier: world.accounts[1]?.id ?? '', password: simulatorAppPassword });
  const wrong = new AtpAgent({ service: origin });
  const refused = await errorOf(async () => await wrong.login({ identifier: mainHandle, password: 'no' }));
  assert.deepEqual(refused, [401, 'AuthenticationRequired']);
});

test('an expired access JWT is refreshed, a used refresh JWT has two hours of grace', async () => {
  const clock = createManualClock(new Date('2026-11-20T10:00:00Z'));
  const { origin, counts } = await start({ clock });
  const agent = await logIn(origin);
  const first = agent.session;
  assert.ok(first);
  clock.advance(121 * 60_000);
  const headers = { authorization: `Bearer ${first.accessJwt}` };
  const response = await fetch(`${origin}/xrpc/com.atproto.server.getSession`, { headers });
  assert.deepEqual([response.status, readObject(await response.json())['error']], [400, 'ExpiredToken']);
  assert.equal((await agent.getProfile({ actor: mainHandle })).success, true);
  assert.equal(counts()['com.atproto.server.refreshSession'], 1);
  const refresh = async (): Promise<unknown> =>
    await agent.com.atproto.server.refreshSession(undefined, { headers: { authorization: `Bearer ${first.refreshJwt}` } });
  await refresh();
  clock.advance(2 * 3_600_000 + 1);
  assert.deepEqual(await errorOf(refresh), [400, 'ExpiredToken']);
});

test('no token, garbage and the wrong kind of token are told apart', async () => {
  const { origin } = await start();
  const agent = await logIn(origin);
  const ask = async (authorization?: string): Promise<[number, unknown]> => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`${origin}/xrpc/app.bsky.actor.getProfile?actor=${mainHandle}`, { headers });
    return [response.status, readObject(await response.json())['error']];
  };
  assert.deepEqual(await ask(), [401, 'AuthMissing']);
  assert.deepEqual(await ask('Bearer garbage'), [400, 'InvalidToken']);
  assert.deepEqual(await ask(`Bearer ${agent.session?.refreshJwt}`), [400, 'InvalidToken']);
});

test('logging out ends the session', async () => {
  const { origin } = await start();
  const agent = await logIn(origin);
  const headers = { authorization: `Bearer ${agent.session?.refreshJwt}` };
  await agent.logout();
  assert.deepEqual(await errorOf(async () => await agent.com.atproto.server.refreshSession(undefined, { headers })), [400, 'ExpiredToken']);
});

test('cursors lead through every follower once and close, newest first, with short pages on the way', async () => {
  const { origin, world } = await start();
  const agent = await logIn(origin);
  const expected = world.followersOf(agent.session?.did ?? '').map((person) => person.id);
  for (const limit of [100, 50, 7]) assert.deepEqual((await sweep(agent, limit)).dids, expected);
  const { pages } = await sweep(agent, 50);
  assert.ok(pages.slice(0, -1).some((size) => size < 50), 'a short page is not the end');
});

test('a page is 50 rows by default and never more than 100', async () => {
  const { origin } = await start();
  const agent = await logIn(origin);
  const rows = (await agent.getFollowers({ actor: mainHandle })).data.followers.length;
  assert.ok(rows > 47 && rows <= 50);
  const ask = async (limit: string): Promise<Response> =>
    await fetch(`${origin}/xrpc/app.bsky.graph.getFollowers?actor=${mainHandle}&limit=${limit}`, {
      headers: { authorization: `Bearer ${agent.session?.accessJwt}` },
    });
  for (const limit of ['101', '0', 'many']) {
    const response = await ask(limit);
    assert.deepEqual([response.status, readObject(await response.json())['error']], [400, 'InvalidRequest'], limit);
  }
  assert.equal((await ask('100')).status, 200);
});

test('cursors hold their place while people come and go', async () => {
  const { origin, world } = await start();
  world.freeze(true);
  const agent = await logIn(origin);
  const did = agent.session?.did ?? '';
  const before = world.followersOf(did).map((person) => person.id);
  const first = (await agent.getFollowers({ actor: did, limit: 40 })).data;
  world.follow(did);
  world.unfollow(did, before[39] ?? '');
  assert.ok(first.cursor);
  const second = (await agent.getFollowers({ actor: did, limit: 40, cursor: first.cursor })).data;
  assert.deepEqual(second.followers.map((row) => row.did), before.slice(40, 80));
  assert.equal(before.includes(first.cursor), false);
});

test('hidden, truncated and miscounted lists look as a network would show them', async () => {
  const { origin, world, faults } = await start();
  const agent = await logIn(origin);
  const total = world.followersOf(agent.session?.did ?? '').length;
  const count = async (): Promise<number | undefined> => (await agent.getProfile({ actor: mainHandle })).data.followersCount;
  faults.truncateFollowersAt(120);
  assert.equal((await sweep(agent, 100)).dids.length, 120);
  faults.hideFollowers(true);
  assert.deepEqual(await sweep(agent, 100), { dids: [], pages: [0] });
  assert.equal(await count(), total);
  faults.skewCount(-4);
  assert.equal(await count(), total - 4);
});

test('profiles of people who are taken down, deactivated or unknown say so, and lists leave them out', async () => {
  const { origin, world } = await start();
  const agent = await logIn(origin);
  const [one, two, three] = world.followersOf(agent.session?.did ?? '');
  assert.ok(one && two && three);
  world.setState(one.id, 'suspended');
  world.setState(two.id, 'deactivated');
  const look = async (actor: string): Promise<[number, string]> => await errorOf(async () => await agent.getProfile({ actor }));
  assert.deepEqual(await look(one.id), [400, 'AccountTakedown']);
  assert.deepEqual(await look(two.handle), [400, 'AccountDeactivated']);
  assert.deepEqual(await look('did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'), [400, 'InvalidRequest']);
  assert.equal((await agent.getProfile({ actor: three.id })).data.handle, three.handle);
  const { profiles } = (await agent.getProfiles({ actors: [one.id, two.id, three.id] })).data;
  assert.deepEqual(profiles.map((profile) => [profile.did, profile.followersCount]), [[three.id, three.followers]]);
  assert.equal((await sweep(agent, 100)).dids[0], three.id);
  const many = world.followersOf(agent.session?.did ?? '').slice(0, 26).map((person) => person.id);
  assert.deepEqual(await errorOf(async () => await agent.getProfiles({ actors: many })), [400, 'InvalidRequest']);
  assert.deepEqual(await errorOf(async () => await agent.com.atproto.repo.describeRepo({ repo: one.id })), [400, 'RepoTakendown']);
});

test('handles and DIDs resolve both ways, and follow a rename', async () => {
  const { origin, world } = await start();
  const agent = new AtpAgent({ service: origin });
  const [person] = world.followersOf(world.accounts[0]?.id ?? '');
  assert.ok(person);
  assert.match(person.id, /^did:plc:[a-z2-7]{24}$/);
  const document = async (): Promise<Readonly<Record<string, unknown>>> => readObject(await (await fetch(`${origin}/${person.id}`)).json());
  assert.equal((await agent.resolveHandle({ handle: person.handle })).data.did, person.id);
  assert.deepEqual((await document())['alsoKnownAs'], [`at://${person.handle}`]);
  world.rename(person.id, 'renamed.example');
  assert.deepEqual((await document())['alsoKnownAs'], ['at://renamed.example']);
  assert.equal((await agent.resolveHandle({ handle: 'renamed.example' })).data.did, person.id);
  assert.deepEqual(await errorOf(async () => await agent.resolveHandle({ handle: 'nobody.example' })), [400, 'InvalidRequest']);
  assert.equal((await fetch(`${origin}/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa`)).status, 404);
  assert.equal((await agent.com.atproto.repo.describeRepo({ repo: person.id })).data.handleIsCorrect, true);
});

test('every fault speaks the network\'s own form, for the paths it was asked for', async () => {
  const { origin, faults } = await start();
  const agent = await logIn(origin);
  const ask = async (): Promise<unknown> => await agent.getFollowers({ actor: mainHandle });
  faults.failNext(1, 502, '/xrpc/app.bsky.graph.getFollowers');
  assert.equal((await agent.getProfile({ actor: mainHandle })).success, true);
  assert.deepEqual(await errorOf(ask), [502, 'UpstreamFailure']);
  faults.rateLimitNext(1);
  const limited = await fetch(`${origin}/xrpc/com.atproto.server.getSession`);
  assert.deepEqual([limited.status, readObject(await limited.json())['error']], [429, 'RateLimitExceeded']);
  assert.ok(Number(limited.headers.get('retry-after')) > 0);
  assert.equal(limited.headers.get('ratelimit-remaining'), '0');
  faults.garbleNext(1, '/xrpc');
  await assert.rejects(ask);
  faults.dropNext(1);
  await assert.rejects(ask);
  faults.failNext(1, 500, '/oauth');
  const oauth = await fetch(`${origin}/oauth/token`, { method: 'POST' });
  assert.deepEqual([oauth.status, readObject(await oauth.json())['error']], [500, 'server_error']);
  faults.dropNext(9);
  faults.reset();
  assert.ok(await ask());
});

test('expired and revoked app-password sessions', async () => {
  const { origin, faults, counts } = await start();
  const agent = await logIn(origin);
  faults.expireTokens();
  assert.equal((await agent.getProfile({ actor: mainHandle })).success, true);
  assert.equal(counts()['com.atproto.server.refreshSession'], 1);
  faults.revokeGrants();
  assert.deepEqual(await errorOf(async () => await agent.getProfile({ actor: mainHandle })), [400, 'ExpiredToken']);
  assert.equal(agent.hasSession, false, 'the agent gave the session up');
});

test('logins are limited by account, apart from other requests', async () => {
  const { origin } = await start({ limitShare: 0.1 });
  const statuses: number[] = [];
  for (let n = 0; n < 4; n += 1) {
    const body = JSON.stringify({ identifier: mainHandle, password: 'wrong' });
    const headers = { 'content-type': 'application/json' };
    statuses.push((await fetch(`${origin}/xrpc/com.atproto.server.createSession`, { method: 'POST', headers, body })).status);
  }
  assert.deepEqual(statuses, [401, 401, 401, 429]);
  await new AtpAgent({ service: origin }).login({ identifier: 'maraholt.bsky.social', password: simulatorAppPassword });
});

test('the control surface moves the world, and is closed unless asked for', async () => {
  const closed = await start();
  assert.equal((await fetch(`${closed.origin}/_control/counts`)).status, 404);
  const { origin, world } = await start({ control: true });
  const before = world.followersOf(world.accounts[0]?.id ?? '').length;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/_control/follow`, { method: 'POST', headers, body: JSON.stringify({ account: mainHandle }) });
  assert.equal(answer.status, 200);
  assert.equal(world.followersOf(world.accounts[0]?.id ?? '').length, before + 1);
});

test('limits follow the clock and say when to come back', async () => {
  const clock = createManualClock(new Date('2026-11-20T10:00:00Z'));
  const { origin } = await start({ clock, limitShare: 0.001 });
  const ask = async (): Promise<Response> => await fetch(`${origin}/xrpc/com.atproto.identity.resolveHandle?handle=${mainHandle}`);
  const answers = [await ask(), await ask(), await ask(), await ask()];
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200, 200, 429]);
  assert.equal(answers[0]?.headers.get('ratelimit-policy'), '3;w=300');
  assert.equal(answers[3]?.headers.get('retry-after'), '300');
  assert.equal(answers[3]?.headers.get('ratelimit-reset'), String(Date.parse('2026-11-20T10:05:00Z') / 1000));
  clock.advance(300_000);
  assert.equal((await ask()).status, 200);
});
