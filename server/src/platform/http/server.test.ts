import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpoint } from '@rookery/contract/endpoint.ts';
import { object } from '@rookery/contract/schema.ts';
import { bindRoutes } from './bound-route.ts';
import { bounds, createItem, fail, goTo, listItems, signInHere } from './fixture-endpoints.ts';
import { startTestServer } from './fixture.ts';
import { route } from './route.ts';
import { createHttpServer } from './server.ts';
import type { RawReply } from './testing.ts';

const params = { workspaceId: bounds.workspaceId };
const itemsPath = `/api/workspaces/${bounds.workspaceId}/items`;

function assertProblem(reply: RawReply, status: number, code: string): Record<string, unknown> {
  assert.equal(reply.status, status, reply.bytes.toString());
  assert.match(reply.headers['content-type'] ?? '', /^application\/problem\+json/);
  assert.ok(typeof reply.body === 'object' && reply.body !== null);
  const problem: Record<string, unknown> = { ...reply.body };
  assert.equal(problem['code'], code);
  assert.equal(problem['status'], status);
  assert.equal(problem['request_id'], reply.headers['x-request-id']);
  return problem;
}

test('query texts become the numbers and booleans that the schema asks for', async (t) => {
  const { browser } = await startTestServer(t);
  await browser.ok(signInHere);
  const { items } = await browser.ok(listItems, { params, query: { q: 'a+b&c', limit: 200, verified: false } });
  assert.equal(items[0]?.name, 'a+b&c|200|false');
});

test('a query that does not fit is refused with the name of each parameter', async (t) => {
  const { browser } = await startTestServer(t);
  await browser.ok(signInHere);
  for (const [query, pointer] of [
    ['limit=201', '?limit'],
    ['limit=1.5', '?limit'],
    ['limit=0x10', '?limit'],
    ['limit=', '?limit'],
    ['verified=1', '?verified'],
    ['q=12345678901', '?q'],
    ['unknown=1', '?unknown'],
    ['__proto__=1', '?__proto__'],
    ['Q=x', '?Q'],
  ] as const) {
    const problem = assertProblem(await browser.send({ path: `${itemsPath}?${query}` }), 422, 'invalid-input');
    assert.match(JSON.stringify(problem['errors']), new RegExp(`"pointer":"\\${pointer}"`), query);
  }
});

test('a malformed query is refused: bad encoding, NUL, control characters, repeats, too many', async (t) => {
  const { browser } = await startTestServer(t);
  await browser.ok(signInHere);
  const many = Array.from({ length: 10_000 }, (_, at) => `${at}`)
    .slice(0, 1500)
    .join('&');
  for (const query of ['q=%zz', 'q=%ff', 'q=%00', 'q=%0d%0aX', 'q=%ed%a0%80', 'q=1&q=2', 'q=1&%71=2', many]) {
    assertProblem(await browser.send({ path: `${itemsPath}?${query}` }), 400, 'invalid-request');
  }
});

test('a path parameter that does not fit never reaches a handler', async (t) => {
  const { browser } = await startTestServer(t);
  await browser.ok(signInHere);
  const problem = assertProblem(await browser.send({ path: '/api/workspaces/1;drop/items' }), 422, 'invalid-input');
  assert.match(JSON.stringify(problem['errors']), /":workspaceId"/);
});

test('a body is checked to the last member: unknown, missing and misfit ones are named by pointer, in words', async (t) => {
  const { browser } = await startTestServer(t);
  await browser.ok(signInHere);
  const token = (await browser.call(signInHere)).body;
  assert.ok(token);
  const send = async (body: unknown): Promise<RawReply> => browser.call(createItem, { body: JSON.parse(JSON.stringify(body)) });
  const problem = assertProblem(
    await send({ name: '', role: 'owner', tags: ['ok', 5], inner: { 'a/b': 'x', is_admin: true } }),
    422,
    'invalid-input',
  );
  const pointers = JSON.stringify(problem['errors']);
  for (const pointer of ['/name', '/role', '/tags/1', '/inner/a~1b', '/inner/is_admin'])
    assert.ok(pointers.includes(`"${pointer}"`), pointer);
  assert.match(pointers, /This is not a field here/);
  assertProblem(await send({}), 422, 'invalid-input');
  assertProblem(await send([]), 422, 'invalid-input');
  assertProblem(await send('text'), 422, 'invalid-input');
  assertProblem(await send({ name: 5 }), 422, 'invalid-input');
});

test('members that a reply schema does not name never leave', async (t) => {
  const { browser } = await startTestServer(t);
  await browser.ok(signInHere);
  const reply = await browser.call(listItems, { params, query: { mode: 'stray' } });
  assert.equal(reply.status, 200);
  assert.doesNotMatch(reply.bytes.toString(), /canary|hidden|passwordHash/);
  assert.match(reply.bytes.toString(), /"owner":\{"name":"o"\}/);
});

test('a reply that does not fit its schema is a 500 with the request id and nothing of the reply', async (t) => {
  const { browser, world } = await startTestServer(t);
  await browser.ok(signInHere);
  const reply = await browser.call(listItems, { params, query: { mode: 'misfit' } });
  assert.equal(assertProblem(reply, 500, 'internal')['detail'], undefined);
  assert.doesNotMatch(reply.bytes.toString(), /canary/);
  assert.equal(world.logged.filter(({ level }) => level === 'error').length, 1);
});

test('an unforeseen failure says nothing of itself to the caller and is logged once', async (t) => {
  const { browser, world } = await startTestServer(t);
  const reply = await browser.call(fail);
  const problem = assertProblem(reply, 500, 'internal');
  assert.doesNotMatch(reply.bytes.toString(), /canary|srv|stack/);
  const errors = world.logged.filter(({ level }) => level === 'error');
  assert.equal(errors.length, 1);
  assert.equal(Object.entries(errors[0]?.fields ?? {}).find(([name]) => name === 'request_id')?.[1], problem['request_id']);
});

test('a foreseen failure keeps its code, status and words', async (t) => {
  const { browser, world } = await startTestServer(t);
  const problem = assertProblem(await browser.call(fail, { query: { code: 'conflict' } }), 409, 'conflict');
  assert.equal(problem['detail'], 'Someone else was faster.');
  assert.equal(world.logged.filter(({ level }) => level === 'error').length, 0);
});

test('who is not signed in gets 401, who is no member 404, before the body is looked at', async (t) => {
  const { browser } = await startTestServer(t);
  assertProblem(await browser.send({ path: itemsPath }), 401, 'not-signed-in');
  assertProblem(await browser.send({ method: 'POST', path: '/api/items', body: 'x'.repeat(1000) }), 401, 'not-signed-in');
  await browser.ok(signInHere);
  assertProblem(await browser.call(listItems, { params: { workspaceId: bounds.otherId } }), 404, 'not-found');
});

test('unknown addresses are 404 and known ones with another method 405 with Allow', async (t) => {
  const { browser } = await startTestServer(t);
  assertProblem(await browser.send({ path: '/api/nothing' }), 404, 'not-found');
  assertProblem(await browser.send({ path: '/' }), 404, 'not-found');
  for (const method of ['DELETE', 'PUT', 'TRACE', 'OPTIONS']) {
    const reply = await browser.send({ method, path: itemsPath });
    assertProblem(reply, 405, 'method-not-allowed');
    assert.equal(reply.headers.allow, 'GET, HEAD, OPTIONS');
  }
  assert.equal((await browser.send({ path: '/api/echo/' })).status, 200);
  const head = await browser.send({ method: 'HEAD', path: '/api/echo' });
  assert.equal(head.status, 200);
  assert.equal(head.bytes.length, 0);
});

test('a refused rate answers 429 with the time to wait, as a header and in the body', async (t) => {
  const { browser, world } = await startTestServer(t);
  world.admitted = false;
  const reply = await browser.send({ path: '/api/echo' });
  const problem = assertProblem(reply, 429, 'rate-limited');
  assert.equal(reply.headers['retry-after'], '42');
  assert.equal(reply.headers['ratelimit'], '"x";r=0;t=42');
  assert.deepEqual([problem['error'], problem['retry_after']], ['rate_limit_exceeded', 42]);
  assert.equal(typeof problem['message'], 'string');
});

test('a redirect answers 303 to an own path without referrer; any other target is a 500 and leads nowhere', async (t) => {
  const { browser } = await startTestServer(t);
  const reply = await browser.call(goTo, { query: { to: '/accounts?connected=1' } });
  assert.equal(reply.status, 303);
  assert.equal(reply.headers.location, '/accounts?connected=1');
  assert.equal(reply.headers['referrer-policy'], 'no-referrer');
  assert.equal(reply.headers['cache-control'], 'no-store');
  for (const to of ['//evil.example', '/\\evil', 'https:evil', 'https://evil.example/']) {
    const refused = await browser.call(goTo, { query: { to } });
    assertProblem(refused, 500, 'internal');
    assert.equal(refused.headers.location, undefined);
  }
  assertProblem(
    await browser
      .send({ method: 'HEAD', path: '/api/go?to=/x' })
      .then((head) => ({ ...head, body: { code: 'method-not-allowed', status: 405, request_id: head.headers['x-request-id'] } })),
    405,
    'method-not-allowed',
  );
});

test('a request leaves one line with method, route, status and id, and nothing a caller typed', async (t) => {
  const { browser, world } = await startTestServer(t);
  await browser.ok(signInHere);
  world.logged.length = 0;
  await browser.call(listItems, { params, query: { q: 'canary' }, headers: { 'user-agent': 'canary\u00e9' } });
  const [line, ...more] = world.logged;
  assert.equal(more.length, 0);
  const fields = Object.fromEntries(Object.entries(line?.fields ?? {}));
  assert.deepEqual(Object.keys(fields).toSorted(), ['method', 'ms', 'request_id', 'route', 'status']);
  assert.deepEqual([fields['method'], fields['route'], fields['status']], ['GET', 'listItems', 200]);
  assert.doesNotMatch(JSON.stringify(world.logged), /canary/);
});

test('a route can not be bound to a builder that checks less than its endpoint asks for', () => {
  const guarded = endpoint({ id: 'guarded', method: 'GET', path: '/api/guarded', access: 'audit:read', summary: '', reply: object({}) });
  const routes = [route(guarded, async () => ({}))];
  assert.throws(() => bindRoutes({ access: 'public', routes, buildContext: async () => ({}) }), /guarded has access "permission"/);
});

test('settings that can not work stop the start', () => {
  const options = {
    config: { baseUrl: 'http://127.0.0.1', allowedHosts: [], corsOrigins: [], trustedProxies: [], staticDirectory: null },
    routes: [],
    log: console,
    secrets: { csrfKey: Buffer.alloc(32) },
    authenticate: async () => null,
  };
  for (const wrong of [
    { baseUrl: 'rookery.example' },
    { baseUrl: 'https://x.example/path' },
    { corsOrigins: ['*'] },
    { corsOrigins: ['https://a.example/'] },
    { allowedHosts: ['http://a'] },
    { trustedProxies: ['any'] },
    { staticDirectory: '/nonexistent-directory' },
  ]) {
    assert.throws(() => createHttpServer({ ...options, config: { ...options.config, ...wrong } }), JSON.stringify(wrong));
  }
  assert.throws(() => createHttpServer({ ...options, secrets: { csrfKey: Buffer.alloc(16) } }), /32 bytes/);
});
