// Walks every operation of the contract with two workspaces that are filled to the brim: nothing of one is seen or touched from the other.
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { disconnectAccount, finishConnect, getClientMetadata } from '@rookery/contract/accounts.ts';
import { allEndpoints } from '@rookery/contract/api.ts';
import { signOut } from '@rookery/contract/auth.ts';
import type { Endpoint } from '@rookery/contract/endpoint.ts';
import { allows, permissions, roles, type Permission } from '@rookery/contract/permissions.ts';
import { streamEvents } from '@rookery/contract/status.ts';
import { updateWorkspace } from '@rookery/contract/team.ts';
import type { RawReply } from '../platform/http/testing.ts';
import { startWalkedApp } from './app-fixture.ts';
import { findCanaries, fingerprint, gatherCanaries, tenantTables } from './canary-fixture.ts';
import { idIn, makeCall, namedInRecipes, placesOf, toRequest, withValue, type Call, type Place } from './request-fixture.ts';
import { takesId } from './schema-fixture.ts';
import { listenTo, sendCall } from './stream-fixture.ts';
import { fillTenant, type Tenant } from './tenant-fixture.ts';
import { firstMark } from './team-fixture.ts';
import { openVisitor, type Visitor } from './visitor-fixture.ts';

const walked = await startWalkedApp();
const { origin, admin } = walked;
const ours = await fillTenant(walked, firstMark, { x: 'mirelavance', instagram: 'mirela.vance', bluesky: 'harbourbakery.bsky.social' });
const theirs = await fillTenant(walked, 'quokka', { x: 'tidewatercoop', instagram: 'tidewater.coop', bluesky: 'maraholt.bsky.social' });
const stranger = await openVisitor(origin);
const ourStream = await listenTo(origin, ours.people.analyst, toRequest(streamEvents, makeCall(streamEvents, ours, stranger)));
const theirStream = await listenTo(origin, theirs.people.analyst, toRequest(streamEvents, makeCall(streamEvents, theirs, stranger)));
await theirs.people.owner.browser.ok(updateWorkspace, { params: { workspaceId: theirs.workspaceId }, body: { name: `${theirs.mark} nest` } });
const canaries = await gatherCanaries(walked, theirs, ours);
const theirsBefore = await fingerprint(walked, theirs);
const theirFilesBefore = await listFiles(theirs);

const ofWorkspaces = allEndpoints.filter((endpoint) => endpoint.path.includes('/:workspaceId'));

function permissionOf(endpoint: Endpoint): Permission {
  const permission = Object.keys(permissions).find((known): known is Permission => known === endpoint.access);
  assert.ok(permission, `${endpoint.id} names a workspace and asks for no permission`);
  return permission;
}

async function listFiles({ workspaceId }: Tenant): Promise<string[]> {
  return (await readdir(join(walked.dataDirectory, 'uploads', workspaceId), { recursive: true })).sort();
}

/** Sends a call and judges what comes back: it holds nothing of theirs. */
async function send(endpoint: Endpoint, call: Call, as: Visitor): Promise<RawReply> {
  const request = toRequest(endpoint, call);
  const reply = await sendCall(origin, endpoint, as, request);
  const asked = `${decodeURIComponent(request.path)} ${request.body?.toString() ?? ''}`;
  assert.deepEqual(findCanaries(canaries, asked, reply), [], `${endpoint.id} gave away something of the other workspace`);
  assert.ok(reply.status < 500, `${endpoint.id} answered ${reply.status}: ${reply.bytes.toString()} ${walked.errors.join('\n')}`);
  return reply;
}

/** A reply without what differs each time; `id` is what was asked for. */
function comparable(reply: RawReply, ids: readonly string[]): string {
  const { date: _date, 'x-request-id': _request, ...headers } = reply.headers;
  const text = `${reply.status} ${JSON.stringify(headers)} ${reply.bytes.toString()}`;
  return ids.reduce((shown, id) => shown.replaceAll(id, '<id>'), text).replace(/"request_id":"[^"]+"/, '"request_id":"…"');
}

/** An id of nobody, in the form of a known one and as long. */
function unknownLike(id: string): string {
  return /^\d+$/.test(id) ? id.replaceAll(/./g, () => String(randomInt(1, 10))) : randomUUID();
}

function codeOf(reply: RawReply): unknown {
  return typeof reply.body === 'object' && reply.body !== null && 'code' in reply.body ? reply.body.code : undefined;
}

test('the walk knows how to call every operation, and no recipe is for one that is gone', () => {
  for (const endpoint of allEndpoints) toRequest(endpoint, makeCall(endpoint, ours, stranger));
  assert.deepEqual(namedInRecipes.filter((id) => !allEndpoints.some((endpoint) => endpoint.id === id)), []);
  assert.ok(ofWorkspaces.length >= 30);
});

test('what is to be kept apart is there: each list shows its own workspace the marks that the other must not see', async () => {
  // What networks can do is the same for everybody; free slots are times and ids, spending is ids and amounts.
  const wordless = new Set(['listNetworks', 'listFreeSlots', 'listSpending']);
  for (const endpoint of ofWorkspaces.filter(({ method, replyKind }) => method === 'GET' && replyKind === undefined)) {
    const reply = await sendCall(origin, endpoint, theirs.people.owner, toRequest(endpoint, makeCall(endpoint, theirs, stranger)));
    assert.equal(reply.status, 200, endpoint.id);
    const seen = findCanaries({ ...canaries, words: [theirs.mark] }, '', reply);
    assert.equal(seen.includes(theirs.mark), !wordless.has(endpoint.id), `${endpoint.id} shows no mark: ${reply.bytes.toString().slice(0, 200)}`);
  }
});

for (const role of roles) {
  test(`as ${role}, another workspace answers as one that does not exist`, async () => {
    for (const endpoint of ofWorkspaces) {
      const call = makeCall(endpoint, theirs, stranger);
      const nowhere = randomUUID();
      const foreign = await send(endpoint, call, ours.people[role]);
      const missing = await send(endpoint, { ...call, params: { ...call.params, workspaceId: nowhere } }, ours.people[role]);
      assert.deepEqual([foreign.status, codeOf(foreign)], [404, 'not-found'], endpoint.id);
      assert.equal(comparable(foreign, [theirs.workspaceId]), comparable(missing, [nowhere]), endpoint.id);
    }
  });

  test(`as ${role}, an id of another workspace answers as an unknown one, wherever it is put`, async () => {
    for (const endpoint of ofWorkspaces) {
      const places = placesOf(endpoint).filter((place) => takesId(place.part) && place.name !== 'workspaceId' && place.name !== 'requestKey');
      for (const group of [...places.map((place) => [place]), places]) {
        const [foreign, unknown] = await sendPair(endpoint, group, role);
        assert.equal(foreign, unknown, `${endpoint.id} ${group.map(({ name }) => name).join()}`);
      }
    }
  });
}

/** The same call of ours with ids of theirs, and with ids of nobody. */
async function sendPair(endpoint: Endpoint, places: readonly Place[], role: (typeof roles)[number]): Promise<[string, string]> {
  const base = makeCall(endpoint, ours, stranger);
  const fill = (idOf: (place: Place) => string): Call => places.reduce((call, place) => withValue(call, place, idOf(place)), base);
  const foreignIds = places.map((place) => idIn(theirs, endpoint, place.name));
  const unknownIds = foreignIds.map(unknownLike);
  const foreign = fill((place) => idIn(theirs, endpoint, place.name));
  const unknown = fill((place) => unknownIds[places.indexOf(place)] ?? '');
  // With no id to put in, the call would simply work.
  if (places.length === 0) return ['', ''];
  return [
    comparable(await send(endpoint, foreign, ours.people[role]), foreignIds),
    comparable(await send(endpoint, unknown, ours.people[role]), unknownIds),
  ];
}

test('words of another workspace find what unknown words find', async () => {
  const words = [theirs.mark, theirs.workspaceId, theirs.ids['accountId'] ?? '', theirs.ids['personKey'] ?? '', theirs.ownerEmail];
  for (const endpoint of ofWorkspaces.filter(({ method }) => method === 'GET')) {
    const call = makeCall(endpoint, ours, stranger);
    for (const place of placesOf(endpoint).filter(({ where, part }) => where === 'query' && part['type'] === 'string' && part['pattern'] === undefined && part['enum'] === undefined)) {
      for (const word of words) {
        const other = /^[0-9a-f-]{36}$/.test(word) ? randomUUID() : 'z'.repeat(word.length);
        const foreign = await send(endpoint, withValue(call, place, word), ours.people.owner);
        const unknown = await send(endpoint, withValue(call, place, other), ours.people.owner);
        // A cursor may be an id: it says where to begin in the order of our own.
        if (place.name !== 'cursor') assert.equal(comparable(foreign, [word]), comparable(unknown, [other]), `${endpoint.id} ?${place.name}=${word}`);
      }
    }
  }
});

test("a consent that another workspace's owner began is as unknown to us as one that nobody began, and stays theirs", async () => {
  const [openState = ''] = theirs.secrets;
  const finish = async (state: string): Promise<string> => {
    const reply = await send(finishConnect, { ...makeCall(finishConnect, ours, stranger), params: { network: 'x' }, query: { state, code: 'a-code' } }, ours.people.owner);
    return `${reply.status} ${reply.headers.location}`;
  };
  assert.equal(await finish(openState), await finish('nobody-began-this'));
});

test('who is not signed in gets 401 from everything that is not public', async () => {
  const nobody = await openVisitor(origin);
  for (const endpoint of allEndpoints) {
    const reply = await send(endpoint, makeCall(endpoint, ours, stranger), endpoint.access === 'public' ? await openVisitor(origin) : nobody);
    if (endpoint.access === 'public') assert.notEqual(codeOf(reply), 'not-signed-in', endpoint.id);
    else assert.deepEqual([reply.status, codeOf(reply)], [401, 'not-signed-in'], endpoint.id);
  }
});

/** Where a verb asks for more than the endpoint does: leaving is everybody's right, removing others is not. */
const stricter: Readonly<Record<string, Permission>> = { removeMember: 'members:manage' };

for (const role of roles) {
  test(`as ${role}, an operation works or answers 403 as the permissions say`, async () => {
    for (const endpoint of ofWorkspaces) {
      const places = placesOf(endpoint).filter(({ where, part, name }) => where === 'params' && takesId(part) && name !== 'workspaceId');
      const call = places.reduce((filled: Call, place) => withValue(filled, place, unknownLike(idIn(ours, endpoint, place.name))), makeCall(endpoint, ours, stranger));
      const reply = await send(endpoint, call, ours.people[role]);
      if (allows(role, stricter[endpoint.id] ?? permissionOf(endpoint))) assert.ok(![401, 403].includes(reply.status), `${endpoint.id} ${reply.bytes.toString()}`);
      else assert.deepEqual([reply.status, codeOf(reply)], [403, 'not-allowed'], endpoint.id);
    }
  });
}

const extras = {
  role: 'owner', workspace_id: theirs.workspaceId, workspaceId: theirs.workspaceId, id: randomUUID(), userId: theirs.ownerId,
  created_at: '2001-01-01T00:00:00.000Z', status: 'published', is_admin: true,
};

/** Copies of a body, each with one member too many in one of its objects. */
function withExtras(value: unknown, known: ReadonlySet<string>): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => withExtras(item, known).map((changed) => value.with(index, changed)));
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.entries(extras).filter(([name]) => !known.has(name)).map(([name, extra]) => ({ ...value, [name]: extra }));
  const inner = Object.entries(value).flatMap(([name, member]) => withExtras(member, known).map((changed) => ({ ...value, [name]: changed })));
  return [...own, ...inner];
}

test('a member too many in a body or a query is refused, and nothing is stored', async () => {
  const before = await fingerprint(walked, ours);
  for (const endpoint of allEndpoints) {
    const call = makeCall(endpoint, ours, stranger);
    const known = new Set(placesOf(endpoint).filter(({ where }) => where !== 'params').map(({ name }) => name));
    const bodies = endpoint.method === 'GET' || Buffer.isBuffer(call.body) ? [] : withExtras(call.body ?? {}, known).map((body) => ({ ...call, body }));
    const queries = ['workspaceId', 'role'].map((name) => ({ ...call, query: { ...call.query, [name]: theirs.workspaceId } }));
    for (const changed of [...bodies, ...queries]) {
      const reply = await send(endpoint, changed, endpoint.access === 'public' ? stranger : ours.people.owner);
      assert.deepEqual([reply.status, codeOf(reply)], [422, 'invalid-input'], `${endpoint.id} ${JSON.stringify(changed)}`);
    }
  }
  assert.deepEqual(await fingerprint(walked, ours), before);
});

/** Not there on a server without https, such as this one. */
const onlyOnHttps: ReadonlySet<string> = new Set([getClientMetadata.id]);

test('every operation works for its own people, and what it answers holds nothing of the other workspace', async () => {
  // First what only reads; last what ends a thing or a session that others need.
  const rank = ({ id, method }: Endpoint): number =>
    id === signOut.id || id === disconnectAccount.id ? 3 : method === 'DELETE' ? 2 : Number(method !== 'GET');
  const inOrder = [...allEndpoints].sort((a, b) => rank(a) - rank(b));
  for (const endpoint of inOrder) {
    const call = makeCall(endpoint, ours, await openVisitor(origin));
    const reply = await send(endpoint, call, call.as);
    assert.ok(reply.status < 400 || onlyOnHttps.has(endpoint.id), `${endpoint.id} answered ${reply.status}: ${reply.bytes.toString()}. Write a recipe in walker/request-fixture.ts.`);
    if (call.as === ours.passer) await ours.passer.renewToken();
  }
});

test('every table that the walk has filled for us was filled for them too: add to walker/tenant-fixture.ts what is missing', async () => {
  const missing: string[] = [];
  for (const { table, key } of await tenantTables(walked)) {
    const count = async ({ workspaceId }: Tenant): Promise<number> =>
      Number((await admin(`select count(*)::int as n from ${table} where ${key} = $1`, [workspaceId]))[0]?.['n']);
    if ((await count(ours)) > 0 && (await count(theirs)) === 0) missing.push(table);
  }
  assert.deepEqual(missing, []);
});

test('an event stream tells of its own workspace and of no other', async () => {
  for (let looks = 0; looks < 200 && !/"topic":"team"/.test(ourStream.received()); looks += 1) await pause(25);
  assert.match(ourStream.received(), new RegExp(`data: .*${ours.workspaceId}.*"topic":"team"`));
  assert.match(theirStream.received(), new RegExp(`data: .*${theirs.workspaceId}.*"topic":"workspace"`));
  const asReply = (text: string): Pick<RawReply, 'headers' | 'bytes' | 'body'> => ({ headers: {}, bytes: Buffer.from(text), body: undefined });
  assert.deepEqual(findCanaries(canaries, '', asReply(ourStream.received())), []);
  assert.notDeepEqual(findCanaries(canaries, '', asReply(theirStream.received())), []);
  assert.doesNotMatch(theirStream.received(), new RegExp(ours.workspaceId));
  ourStream.close();
  theirStream.close();
});

test('after all that, every row, job and file of the other workspace is as it was', async () => {
  assert.deepEqual(await fingerprint(walked, theirs), theirsBefore);
  assert.deepEqual(await listFiles(theirs), theirFilesBefore);
  assert.deepEqual(walked.errors, []);
});

test('the fingerprint changes with a single value of a single row', async () => {
  for (const sql of ['update person set followers = followers + 1', 'update member set joined_at = now()', 'delete from import_file']) {
    await admin('begin');
    await admin(`${sql} where workspace_id = $1`, [theirs.workspaceId]);
    const now = await fingerprint(walked, theirs);
    await admin('rollback');
    assert.equal(Object.keys(now).filter((name) => now[name] !== theirsBefore[name]).length, 1, sql);
  }
});

test('the judge finds a canary in a header, in a text, in an escape, in a redirect and in an id, and lets an echo pass', () => {
  const leak = (over: { headers?: RawReply['headers']; text?: string }): string[] => {
    const text = over.text ?? '{}';
    return findCanaries(canaries, '', { headers: over.headers ?? {}, bytes: Buffer.from(text), body: text.startsWith('{') ? JSON.parse(text) : undefined });
  };
  const [secret = ''] = theirs.secrets;
  const accountId = theirs.ids['accountId'] ?? '';
  const personKey = theirs.ids['personKey'] ?? '';
  assert.deepEqual(leak({}), []);
  assert.deepEqual(leak({ headers: { etag: `"${theirs.mark}"` } }), [theirs.mark]);
  assert.deepEqual(leak({ headers: { location: `/accounts/${accountId}?connected=1` } }), [accountId]);
  assert.deepEqual(leak({ text: '{"name":"The QUOKKA house"}' }), [theirs.mark]);
  assert.deepEqual(leak({ text: '{"name":"\\u0071uokka"}' }), [theirs.mark]);
  assert.deepEqual(leak({ text: `{"person":{"key":"${personKey}"}}` }), [personKey]);
  assert.deepEqual(leak({ text: `data: {"workspaceId":"${theirs.workspaceId}"}\n\n` }), [theirs.workspaceId]);
  assert.deepEqual(leak({ text: `{"state":"${secret}"}` }), [secret]);
  assert.deepEqual(findCanaries(canaries, `/x/${accountId}`, { headers: {}, bytes: Buffer.from(`{"instance":"/x/${accountId}"}`), body: undefined }), []);
});
