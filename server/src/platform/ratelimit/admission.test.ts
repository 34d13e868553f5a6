import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { allEndpoints } from '@rookery/contract/api.ts';
import { signIn } from '@rookery/contract/auth.ts';
import { endpoint, type Endpoint } from '@rookery/contract/endpoint.ts';
import { done, object, string } from '@rookery/contract/schema.ts';
import { bindRoutes } from '../http/bound-route.ts';
import { createHttpServer } from '../http/server.ts';
import { route, type RequestFacts } from '../http/route.ts';
import { openBrowser, type RawReply, type TestBrowser } from '../http/testing.ts';
import { createAdmission } from './admission.ts';
import { addressSubject } from './caller.ts';
import { createLimiter } from './limiter.ts';
import { createMemoryStore } from './memory-store.ts';

const look = endpoint({ id: 'look', method: 'GET', path: '/api/look', access: 'public', summary: 'Limited', rate: { name: 'look', max: 3, windowSeconds: 60 }, reply: done });
const plain = endpoint({ id: 'plain', method: 'GET', path: '/api/plain', access: 'public', summary: 'Overall limits only', reply: done });
const probe = endpoint({ id: 'probe', method: 'GET', path: '/api/probe', access: 'public', summary: 'Probe', probe: true, reply: done });
const csrf = endpoint({ id: 'csrf', method: 'GET', path: '/api/csrf', access: 'public', summary: 'Token', probe: true, reply: object({ token: string() }) });
const enter = endpoint({
  id: 'enter', method: 'POST', path: '/api/enter', access: 'public', summary: 'Checks a secret', body: object({ email: string() }), reply: done,
  rate: { name: 'enter', max: 50, windowSeconds: 60, guards: 'secret', by: 'address', guesses: { field: 'email', steps: [{ max: 2, windowSeconds: 60 }, { max: 3, windowSeconds: 600 }] } },
});

interface Shop {
  readonly browser: TestBrowser;
  readonly pauses: number[];
}

async function openShop(t: TestContext, trustedProxies: readonly string[] = []): Promise<Shop> {
  const pauses: number[] = [];
  const limiter = createLimiter({ memory: createMemoryStore(), redis: null, postgres: null, log: { warn: () => {}, info: () => {} } });
  const ok = async (): Promise<{ ok: true }> => ({ ok: true });
  const server = createHttpServer<{ userId: string }>({
    config: { baseUrl: 'http://127.0.0.1', allowedHosts: [], corsOrigins: [], trustedProxies, staticDirectory: null, closeGraceMs: 300 },
    routes: bindRoutes({
      access: 'public',
      routes: [
        route(look, ok), route(plain, ok), route(probe, ok), route(enter, ok),
        route(csrf, async (_context: { facts: RequestFacts }, { reply }) => ({ token: reply.csrfToken() })),
      ],
      buildContext: async ({ facts }: { facts: RequestFacts }) => ({ facts }),
    }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    secrets: { csrfKey: Buffer.alloc(32, 7) },
    authenticate: async (token) => (token.startsWith('user-') ? { userId: token } : null),
    admit: createAdmission({ limiter, userIdOf: ({ userId }) => userId, pause: async (ms) => pauses.push(ms) }),
  });
  const { origin } = await server.listen('127.0.0.1', 0);
  t.after(() => server.close());
  return { browser: openBrowser(origin), pauses };
}

async function statuses(count: number, send: (index: number) => Promise<RawReply>): Promise<Record<number, number>> {
  const replies = await Promise.all(Array.from({ length: count }, (_, index) => send(index)));
  const found: Record<number, number> = {};
  for (const { status } of replies) found[status] = (found[status] ?? 0) + 1;
  return found;
}

const as = (user: string): { cookie: string } => ({ cookie: `rookery=${user}-0123456789abcdef` });

test('50 calls at once over HTTP: the limit passes, the rest is told in words, members and headers when to come back', async (t) => {
  const { browser } = await openShop(t);
  assert.deepEqual(await statuses(50, () => browser.send({ path: '/api/look' })), { 200: 3, 429: 47 });
  const { status, headers, body } = await browser.send({ path: '/api/look' });
  assert.equal(status, 429);
  assert.match(headers['content-type'] ?? '', /^application\/problem\+json/);
  const retryAfter = Number(headers['retry-after']);
  assert.ok(retryAfter >= 1 && retryAfter <= 60, String(retryAfter));
  assert.ok(typeof body === 'object' && body !== null);
  const problem: Record<string, unknown> = { ...body };
  assert.deepEqual(
    [problem['error'], problem['message'], problem['retry_after'], problem['code'], problem['status']],
    ['rate_limit_exceeded', 'Too many requests. Please try again later.', retryAfter, 'rate-limited', 429],
  );
  assert.equal(headers['ratelimit-policy'], '"look";q=3;w=60, "anon";q=100;w=3600');
  assert.match(String(headers['ratelimit']), /^"look";r=0;t=\d+, "anon";r=97;t=\d+$/);
  for (const name of ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'x-request-id']) assert.ok(headers[name] !== undefined, name);
});

test('an admitted call is told what is left', async (t) => {
  const { browser } = await openShop(t);
  const { status, headers } = await browser.send({ path: '/api/look' });
  assert.equal(status, 200);
  assert.match(String(headers['ratelimit']), /^"look";r=2;t=60, "anon";r=99;t=3600$/);
});

test('users are counted each on their own, and apart from their address', async (t) => {
  const { browser } = await openShop(t);
  const session = (user: string) => () => browser.send({ path: '/api/look', headers: as(user) });
  const first = await statuses(6, session('user-1'));
  assert.deepEqual([first, await statuses(3, session('user-2'))], [{ 200: 3, 429: 3 }, { 200: 3 }]);
  assert.deepEqual(await statuses(4, () => browser.send({ path: '/api/look' })), { 200: 3, 429: 1 });
});

test('without a session 100 calls an hour, with one 1,000; probes do not count', async (t) => {
  const { browser } = await openShop(t);
  assert.deepEqual(await statuses(120, () => browser.send({ path: '/api/probe' })), { 200: 120 });
  assert.deepEqual(await statuses(103, () => browser.send({ path: '/api/plain' })), { 200: 100, 429: 3 });
  assert.deepEqual(await statuses(1002, () => browser.send({ path: '/api/plain', headers: as('user-1') })), { 200: 1000, 429: 2 });
});

test('an address that an untrusted peer claims changes nothing; a trusted proxy is believed', async (t) => {
  const direct = await openShop(t);
  const claiming = ({ browser }: Shop) => (index: number) => browser.send({ path: '/api/look', headers: { 'x-forwarded-for': `1.2.3.${index}` } });
  assert.deepEqual(await statuses(6, claiming(direct)), { 200: 3, 429: 3 });
  const proxied = await openShop(t, ['127.0.0.1']);
  assert.deepEqual(await statuses(6, claiming(proxied)), { 200: 6 });
});

test('an IPv6 caller is counted by the /64', async (t) => {
  const { browser } = await openShop(t, ['127.0.0.1']);
  const from = (address: string) => browser.send({ path: '/api/look', headers: { 'x-forwarded-for': address } });
  assert.deepEqual(await statuses(5, (index) => from(`2001:db8:1:2::${index + 1}`)), { 200: 3, 429: 2 });
  assert.equal((await from('2001:db8:1:3::1')).status, 200);
  const subjects = ['::1', '2001:db8::1', '2001:db8:0:0:5:6:7:8', '2001:db8:1:2:3:4:5:6', '10.0.0.1', '64:ff9b::1.2.3.4'].map(addressSubject);
  assert.deepEqual(subjects, ['0:0:0:0::/64', '2001:db8:0:0::/64', '2001:db8:0:0::/64', '2001:db8:1:2::/64', '10.0.0.1', '64:ff9b:0:0::/64']);
});

test('guesses at one account from one address end soon, and lock out nobody at another address or account', async (t) => {
  const { browser } = await openShop(t, ['127.0.0.1']);
  const guess = (email: string, from: string) => browser.call(enter, { body: { email }, headers: { 'x-forwarded-for': from } });
  const tries = [];
  for (const email of ['ada@example.org', ' ADA@example.org', 'ada@example.org']) tries.push((await guess(email, '9.9.9.9')).status);
  assert.deepEqual(tries, [200, 200, 429]);
  assert.equal((await guess('bo@example.org', '9.9.9.9')).status, 200);
  assert.equal((await guess('ada@example.org', '8.8.8.8')).status, 200);
});

test('guesses at one account from many addresses are slowed and never refused', async (t) => {
  const { browser, pauses } = await openShop(t, ['127.0.0.1']);
  for (let index = 0; index < 30; index += 1) {
    const reply = await browser.call(enter, { body: { email: 'ada@example.org' }, headers: { 'x-forwarded-for': `9.9.${index}.9` } });
    assert.equal(reply.status, 200);
  }
  assert.deepEqual(pauses, Array.from({ length: 20 }, (_, index) => (index + 1) * 50));
});

test('whatever checks a secret is limited by stores that last, sign-in with a back-off', () => {
  const isSecret = ({ id, body }: Endpoint): boolean => /^(signIn|signUp|changePassword|readInvitation|acceptInvitation|finishConnect|connectWithPassword)$/.test(id)
    || ('properties' in (body ?? {}) && /password|token/i.test(Object.keys(Reflect.get(body ?? {}, 'properties')).join()));
  const found = allEndpoints.filter(isSecret);
  assert.ok(found.length >= 7, String(found.length));
  assert.deepEqual(found.filter(({ rate }) => rate?.guards !== 'secret').map(({ id }) => id), []);
  assert.equal(signIn.rate.guesses.field, 'email');
});

test('endpoints that share a limit agree on it', () => {
  const byName = new Map<string, string>();
  for (const { rate, id } of allEndpoints) {
    if (rate === undefined) continue;
    const text = JSON.stringify(rate);
    assert.equal(byName.get(rate.name) ?? text, text, id);
    byName.set(rate.name, text);
  }
  assert.ok(byName.size > 10);
});
