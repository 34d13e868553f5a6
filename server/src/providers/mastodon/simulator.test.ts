import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { createManualClock } from '../../platform/clock.ts';
import { closeAll, get, mainAccount, readList, readObject, start, sweep, tokenOf } from './simulator-visitor.ts';

afterEach(closeAll);

test('the Link header leads through every follower once and closes, newest first', async () => {
  const { origin, world } = await start();
  const token = await tokenOf(origin);
  const expected = world.followersOf(mainAccount).map((person) => person.id);
  assert.ok(expected.length > 160);
  for (const [query, size] of [['', 40], ['?limit=80', 80], ['?limit=500', 80], ['?limit=7', 7]] as const) {
    const { ids, pages } = await sweep(origin, token, query);
    assert.deepEqual(ids, expected);
    assert.equal(pages, Math.floor(expected.length / size) + 1);
  }
});

test('a list that fills its last page ends with an empty page, as on a real server', async () => {
  const { origin, faults } = await start();
  faults.truncateFollowersAt(80);
  const { ids, pages } = await sweep(origin, await tokenOf(origin));
  assert.equal(ids.length, 80);
  assert.equal(pages, 3);
});

test('cursors are no account ids and hold their place while people come and go', async () => {
  const { origin, world } = await start();
  world.freeze(true);
  const token = await tokenOf(origin);
  const before = world.followersOf(mainAccount).map((person) => person.id);
  const first = await get(origin, `/api/v1/accounts/${mainAccount}/followers`, token);
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  assert.equal(before.includes(new URL(next).searchParams.get('max_id') ?? ''), false);
  world.follow(mainAccount);
  world.unfollow(mainAccount, before[39] ?? '');
  const second = readList(await (await fetch(next, { headers: { authorization: `Bearer ${token}` } })).json());
  assert.deepEqual(second.map((row) => row['id']), before.slice(40, 80));
});

test('a hidden list is empty without a next page while the count says otherwise', async () => {
  const { origin, faults } = await start();
  const token = await tokenOf(origin);
  faults.hideFollowers(true);
  assert.deepEqual(await sweep(origin, token), { ids: [], pages: 1 });
  const me = readObject(await (await get(origin, '/api/v1/accounts/verify_credentials', token)).json());
  assert.ok(Number(me['followers_count']) > 100);
});

test('a truncated list looks complete, and a skewed count differs from it', async () => {
  const { origin, world, faults } = await start();
  const token = await tokenOf(origin);
  faults.truncateFollowersAt(50);
  faults.skewCount(9);
  assert.equal((await sweep(origin, token)).ids.length, 50);
  const me = readObject(await (await get(origin, '/api/v1/accounts/verify_credentials', token)).json());
  assert.equal(me['followers_count'], world.followersOf(mainAccount).length + 9);
});

test('people are shown as active, suspended or gone, and vanish from the list when not active', async () => {
  const { origin, world } = await start();
  const token = await tokenOf(origin);
  const [one, two, three] = world.followersOf(mainAccount);
  assert.ok(one && two && three);
  world.setState(one.id, 'suspended');
  world.setState(two.id, 'deactivated');
  const read = async (id: string): Promise<Response> => await get(origin, `/api/v1/accounts/${id}`, token);
  const suspended = readObject(await (await read(one.id)).json());
  assert.equal(suspended['suspended'], true);
  assert.equal(suspended['display_name'], '');
  const gone = await read(two.id);
  assert.deepEqual([gone.status, await gone.json()], [404, { error: 'Record not found' }]);
  const active = readObject(await (await read(three.id)).json());
  assert.equal(active['acct'], three.handle);
  assert.equal('suspended' in active, false);
  const { ids } = await sweep(origin, token);
  assert.equal(ids.includes(one.id) || ids.includes(two.id), false);
  assert.equal(ids[0], three.id);
  assert.equal((await read('1')).status, 404);
});

test('some people have moved and point to where', async () => {
  const { origin, world } = await start();
  const token = await tokenOf(origin);
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (let cursor: number | null = null; rows.length < world.followersOf(mainAccount).length; ) {
    const query: string = cursor === null ? '?limit=80' : `?limit=80&max_id=${cursor}`;
    rows.push(...readList(await (await get(origin, `/api/v1/accounts/${mainAccount}/followers${query}`, token)).json()));
    cursor = world.edgesOf(mainAccount)[rows.length - 1]?.key ?? null;
  }
  const moved = rows.filter((row) => 'moved' in row);
  assert.ok(moved.length > 0 && moved.length < rows.length / 10);
  assert.match(String(readObject(moved[0]?.['moved'])['acct']), /@newhome\.example$/);
});

test('rate limits follow the clock and say when they end, as an ISO time', async () => {
  const clock = createManualClock(new Date('2026-11-20T10:00:00Z'));
  const { origin } = await start({ clock, limitShare: 0.01 });
  const token = await tokenOf(origin);
  const ask = async (): Promise<Response> => await get(origin, `/api/v1/accounts/${mainAccount}`, token);
  const answers = [await ask(), await ask(), await ask(), await ask()];
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200, 200, 429]);
  assert.deepEqual(answers.map((answer) => answer.headers.get('x-ratelimit-remaining')), ['2', '1', '0', '0']);
  assert.deepEqual(await answers[3]?.json(), { error: 'Too many requests' });
  const reset = answers[3]?.headers.get('x-ratelimit-reset') ?? '';
  assert.match(reset, /^2026-11-20T10:05:00\.\d{6}Z$/);
  clock.set(new Date(reset));
  assert.equal((await ask()).status, 200);
});

test('every fault speaks the network\'s own form, for the paths it was asked for', async () => {
  const { origin, faults } = await start();
  const token = await tokenOf(origin);
  const path = `/api/v1/accounts/${mainAccount}/followers`;
  const ask = async (): Promise<Response> => await get(origin, path, token);
  faults.failNext(1, 503, path);
  assert.equal((await get(origin, '/api/v2/instance')).status, 200);
  const failed = await ask();
  assert.deepEqual([failed.status, await failed.json()], [503, { error: 'Remote data could not be fetched' }]);
  faults.rateLimitNext(1, '/api/v1');
  const limited = await ask();
  assert.deepEqual([limited.status, limited.headers.get('x-ratelimit-remaining')], [429, '0']);
  assert.match(limited.headers.get('x-ratelimit-reset') ?? '', /^2026-11-20T10:/);
  faults.garbleNext(1);
  await assert.rejects(async () => await (await ask()).json());
  faults.dropNext(1);
  await assert.rejects(ask);
  faults.dropNext(5);
  faults.reset();
  assert.equal((await ask()).status, 200);
});

test('the instance says what a post may be', async () => {
  const { origin } = await start();
  const instance = readObject(await (await get(origin, '/api/v2/instance')).json());
  const configuration = readObject(instance['configuration']);
  assert.equal(readObject(configuration['statuses'])['max_characters'], 500);
  assert.match(String(instance['version']), /^4\.3\./);
});
