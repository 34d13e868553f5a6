import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expireCookie, cookieNames, readCookie, writeCookie } from './cookies.ts';
import { isCsrfToken, issueCsrfToken } from './csrf.ts';
import { createItem, signInHere, signOutHere } from './fixture-endpoints.ts';
import { ownToken, startTestServer, type TestServer } from './fixture.ts';
import { openBrowser, type RawReply } from './testing.ts';

const key = Buffer.alloc(32, 1);

test('a token works for its own session or visit only, under its own key, and is never the same twice', () => {
  const token = issueCsrfToken(key, { session: 'a' });
  assert.ok(isCsrfToken(key, { session: 'a' }, token));
  assert.notEqual(token, issueCsrfToken(key, { session: 'a' }));
  assert.equal(isCsrfToken(key, { session: 'b' }, token), false);
  assert.equal(isCsrfToken(key, { visit: 'a' }, token), false);
  assert.equal(isCsrfToken(Buffer.alloc(32, 2), { session: 'a' }, token), false);
  for (const wrong of [
    '',
    token.slice(1),
    `${token}A`,
    ` ${token}`,
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    '💥'.repeat(32),
  ]) {
    assert.equal(isCsrfToken(key, { session: 'a' }, wrong), false);
  }
});

test('cookies have the prefix, Secure, HttpOnly, Lax and the whole path on https; only plain http on the same machine goes without', () => {
  const https = cookieNames(true);
  assert.equal(
    writeCookie(https, https.session, ownToken, new Date(0)),
    `__Host-rookery=${ownToken}; Path=/; HttpOnly; SameSite=Lax; Secure; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
  );
  assert.match(expireCookie(https, https.session), /^__Host-rookery=; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=0$/);
  const http = cookieNames(false);
  assert.equal(writeCookie(http, http.visit, ownToken), `rookery-visit=${ownToken}; Path=/; HttpOnly; SameSite=Lax`);
  assert.throws(() => writeCookie(http, http.session, 'a; Domain=evil.example'));
});

test('a cookie that is planted beside ours, or malformed, counts as none', () => {
  assert.equal(readCookie(`a=b; rookery=${ownToken}`, 'rookery'), ownToken);
  assert.equal(readCookie(`rookery=${ownToken}; rookery=live-other-0123456789`, 'rookery'), null);
  for (const header of [
    undefined,
    '',
    'rookery',
    'rookery=short',
    `xrookery=${ownToken}`,
    `rookery="${ownToken}"`,
    `rookery=${ownToken}%00`,
    `Rookery=${ownToken}`,
  ]) {
    assert.equal(readCookie(header, 'rookery'), null, header);
  }
});

async function tokenOf({ browser }: Pick<TestServer, 'browser'>): Promise<string> {
  const { body } = await browser.send({ path: '/api/csrf' });
  return typeof body === 'object' && body !== null && 'token' in body ? String(body.token) : '';
}

function assertCode(reply: RawReply, status: number, code?: string): void {
  assert.equal(reply.status, status, reply.bytes.toString());
  if (code !== undefined) assert.match(reply.bytes.toString(), new RegExp(`"code":"${code}"`));
}

const post = { method: 'POST', path: '/api/items', body: '{"name":"x"}' };
const json = { 'content-type': 'application/json' };

test('signing in needs the token of this visit, and no cookie is set for those who do not ask for one', async (t) => {
  const server = await startTestServer(t);
  const { browser } = server;
  const reply = await browser.send({ path: '/api/echo' });
  assert.equal(reply.headers['set-cookie'], undefined);
  assertCode(await browser.send({ method: 'POST', path: '/api/sign-in' }), 403, 'csrf-token');
  const stranger = openBrowser(server.origin);
  const strangersToken = await tokenOf({ browser: stranger });
  await tokenOf(server);
  assertCode(await browser.send({ method: 'POST', path: '/api/sign-in', headers: { 'x-csrftoken': strangersToken } }), 403, 'csrf-token');
  const token = await tokenOf(server);
  assertCode(await browser.send({ method: 'POST', path: '/api/sign-in', headers: { 'x-csrftoken': token } }), 200);
});

test('both header names are taken; missing, wrong, visit and other sessions’ tokens are refused', async (t) => {
  const server = await startTestServer(t);
  const { browser } = server;
  const visitToken = await tokenOf(server);
  const { csrfToken } = await browser.ok(signInHere);
  assertCode(await browser.send({ ...post, headers: { ...json, 'x-csrftoken': csrfToken } }), 200);
  assertCode(await browser.send({ ...post, headers: { ...json, 'X-CSRF-Token': csrfToken } }), 200);
  const other = openBrowser(server.origin);
  other.cookies.set('rookery', 'live-someone-else-0123');
  for (const token of ['', 'x'.repeat(64), visitToken, await tokenOf({ browser: other })]) {
    assertCode(await browser.send({ ...post, headers: { ...json, 'x-csrftoken': token } }), 403, 'csrf-token');
  }
  assertCode(await browser.send({ ...post, headers: json }), 403, 'csrf-token');
  assertCode(await browser.send({ ...post, path: `/api/items?csrftoken=${csrfToken}`, headers: json }), 403, 'csrf-token');
});

test('a token answered while a session begins or ends is good for what comes next, and the old one is not', async (t) => {
  const { browser } = await startTestServer(t);
  const { csrfToken: first } = await browser.ok(signInHere);
  assert.equal(browser.cookies.has('rookery-visit'), false);
  const { csrfToken: afterwards } = await browser.ok(signOutHere);
  assert.equal(browser.cookies.has('rookery'), false);
  assertCode(await browser.send({ method: 'POST', path: '/api/sign-in', headers: { 'x-csrftoken': first } }), 403, 'csrf-token');
  assertCode(await browser.send({ method: 'POST', path: '/api/sign-in', headers: { 'x-csrftoken': afterwards } }), 200);
});

test('another site can not make a browser change anything, also with a good token', async (t) => {
  const { browser } = await startTestServer(t, { corsOrigins: ['https://app.example'] });
  const { csrfToken } = await browser.ok(signInHere);
  const headers = { ...json, 'x-csrftoken': csrfToken };
  for (const hint of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'odd' },
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: 'http://127.0.0.1:81' },
    { origin: 'http://127.0.0.1.evil.example' },
    { referer: 'https://evil.example/page' },
    { referer: 'junk' },
    { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    { origin: 'https://app.example.evil.example', 'sec-fetch-site': 'cross-site' },
  ]) {
    assertCode(await browser.send({ ...post, headers: { ...headers, ...hint } }), 403, 'cross-site');
  }
  for (const hint of [
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://127.0.0.1' },
    { referer: 'http://127.0.0.1/page' },
    { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
  ]) {
    assertCode(await browser.send({ ...post, headers: { ...headers, ...hint } }), 200);
  }
  assertCode(
    await browser.send({ ...post, headers: { ...json, origin: 'https://app.example', 'sec-fetch-site': 'cross-site' } }),
    403,
    'csrf-token',
  );
});

test('a session that has ended is refused at once', async (t) => {
  const { browser, world } = await startTestServer(t);
  await browser.ok(signInHere);
  world.revoked.add(ownToken);
  assertCode(await browser.call(createItem, { body: { name: 'x' } }), 401, 'not-signed-in');
});

test('over https the session cookie carries the host prefix', async (t) => {
  const { browser } = await startTestServer(t, { baseUrl: 'https://app.example', trustedProxies: ['127.0.0.1'] });
  const headers = { host: 'app.example', 'x-forwarded-proto': 'https' };
  const { body, headers: replied } = await browser.send({ path: '/api/csrf', headers });
  assert.match(replied['set-cookie']?.[0] ?? '', /^__Host-rookery-visit=[\w-]{24}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  const token = typeof body === 'object' && body !== null && 'token' in body ? String(body.token) : '';
  const reply = await browser.send({ method: 'POST', path: '/api/sign-in', headers: { ...headers, 'x-csrftoken': token } });
  assert.match(
    reply.headers['set-cookie']?.[0] ?? '',
    /^__Host-rookery=live-0123456789abcdef; Path=\/; HttpOnly; SameSite=Lax; Secure; Expires=/,
  );
});
