import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startTestServer } from './fixture.ts';
import { exchangeBytes } from './testing.ts';

const get = (path: string, ...headers: string[]): string =>
  ['GET ' + path + ' HTTP/1.1', ...headers, 'Connection: close', '', ''].join('\r\n');
const host = 'Host: 127.0.0.1';

/** The answer is one problem with the security headers, and the connection ends. */
function assertRefused(answer: string, status: number, code?: string): void {
  assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), answer.slice(0, 200));
  for (const header of [
    'Content-Security-Policy: ',
    'X-Content-Type-Options: nosniff',
    'X-Frame-Options: DENY',
    'application/problem+json',
  ]) {
    assert.ok(answer.toLowerCase().includes(header.toLowerCase()), header);
  }
  assert.match(answer, /"request_id":"/);
  if (code !== undefined) assert.ok(answer.includes(`"code":"${code}"`), answer);
  assert.equal(answer.match(/^HTTP\/1.1 /gm)?.length, 1, 'one answer only');
}

test('the Host header must be there once and name a served host', async (t) => {
  const { origin } = await startTestServer(t, { allowedHosts: ['app.example', 'other.example:8443'] });
  const cases: [string[], boolean][] = [
    [['Host: 127.0.0.1'], true],
    [['Host: 127.0.0.1:9999'], true],
    [['Host: APP.example'], true],
    [['Host: app.example:1'], true],
    [['Host: other.example:8443'], true],
    [['Host: other.example'], false],
    [['Host: evil.example'], false],
    [[], false],
    [['Host:'], false],
    [['Host: app.example', 'Host: evil.example'], false],
    [['Host: app.example', 'host: app.example'], false],
    [['Host: app.example.evil.example'], false],
    [['Host: evilapp.example'], false],
    [['Host: app.example@evil.example'], false],
    [['Host: app.example/x'], false],
    [['Host: app.example:http'], false],
    [['Host: app.example.'], false],
    [['Host: evil.example', 'X-Forwarded-Host: app.example'], false],
  ];
  for (const [headers, isServed] of cases) {
    const answer = await exchangeBytes(origin, get('/api/echo', ...headers));
    if (isServed) assert.match(answer, /^HTTP\/1.1 200 /, headers.join());
    else assertRefused(answer, 400, 'unknown-host');
  }
});

test('a health probe may come under any host', async (t) => {
  const { origin } = await startTestServer(t, { baseUrl: 'https://app.example' });
  assert.match(await exchangeBytes(origin, get('/api/probe', 'Host: 10.0.0.7:8080')), /^HTTP\/1.1 200 /);
});

test('hostile paths are refused whatever they would lead to', async (t) => {
  const { origin } = await startTestServer(t);
  for (const path of [
    '/..%2fetc/passwd',
    '/%2e%2e/x',
    '/api/../api/echo',
    '/%00',
    '/api//echo',
    '//evil.example/api/echo',
    '/a\\b',
    '/%zz',
    'http://127.0.0.1/api/echo',
    '*',
    '/%0d%0aX:y',
  ]) {
    assertRefused(await exchangeBytes(origin, get(path, host)), 400);
  }
  assertRefused(await exchangeBytes(origin, get('/..;/api/echo', host)), 404);
});

test('too long an address is 414 and too much of headers 431', async (t) => {
  const { origin } = await startTestServer(t);
  assertRefused(await exchangeBytes(origin, get(`/api/echo?${'a'.repeat(9000)}`, host)), 414, 'uri-too-long');
  assertRefused(await exchangeBytes(origin, get('/api/echo', host, `X-Long: ${'a'.repeat(20_000)}`)), 431, 'header-too-large');
});

test('what is no clean HTTP/1.1 gets one 400 and the line is cut', async (t) => {
  const { origin } = await startTestServer(t);
  const smuggled = 'GET /api/echo HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  const requests = [
    'hello\r\n\r\n',
    'GET /api/echo HTTP/9.9\r\n\r\n',
    `POST /api/items HTTP/1.1\r\n${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `POST /api/items HTTP/1.1\r\n${host}\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`,
    `POST /api/items HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    `GET /api/echo HTTP/1.1\r\n${host}\r\nX-A: b\r\n folded\r\n\r\n`,
    `GET /api/echo HTTP/1.1\n${host}\n\n`,
    `GET /api/echo HTTP/1.1\r\n${host}\r\nX A: b\r\n\r\n`,
    `GET /api/echo HTTP/1.1\r\n${host}\r\nX-A: a\0b\r\n\r\n`,
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ];
  for (const request of requests) assertRefused(await exchangeBytes(origin, request), 400);
});

test('unusual methods and expectations are refused as problems', async (t) => {
  const { origin } = await startTestServer(t);
  assertRefused(await exchangeBytes(origin, `TRACE /api/echo HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`), 405, 'method-not-allowed');
  assertRefused(await exchangeBytes(origin, `PROPFIND /api/echo HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`), 404);
  assertRefused(await exchangeBytes(origin, get('/api/echo', host, 'Expect: 200-maybe')), 400, 'invalid-request');
});

test('an upgrade to HTTP/2 in clear text is not taken', async (t) => {
  const { origin } = await startTestServer(t);
  const answer = await exchangeBytes(origin, get('/api/echo', host, 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'));
  assert.match(answer, /^HTTP\/1.1 200 /);
});

test('a head that does not arrive in time ends its connection', async (t) => {
  const { origin } = await startTestServer(t, { headersTimeoutMs: 100 });
  assertRefused(await exchangeBytes(origin, `GET /api/echo HTTP/1.1\r\n${host}\r\nX-A: b`), 400, 'invalid-request');
});

test('a body that does not arrive in time is answered, and the line is cut', async (t) => {
  const { origin, browser } = await startTestServer(t, { bodyTimeoutMs: 50 });
  const { body } = await browser.send({ path: '/api/csrf' });
  const token = typeof body === 'object' && body !== null && 'token' in body ? String(body.token) : '';
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const head = [
    `POST /api/sign-in HTTP/1.1`,
    host,
    `Cookie: ${cookie}`,
    `X-CSRFToken: ${token}`,
    'Content-Type: application/json',
    'Content-Length: 100',
  ];
  assertRefused(await exchangeBytes(origin, `${head.join('\r\n')}\r\n\r\n{"a"`), 400, 'invalid-request');
});

test('a caller who hangs up in the middle of a body leaves no error behind', async (t) => {
  const { origin, browser, world } = await startTestServer(t);
  const { body } = await browser.send({ path: '/api/csrf' });
  const token = typeof body === 'object' && body !== null && 'token' in body ? String(body.token) : '';
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const { port } = new URL(origin);
  const socket = connect({ host: '127.0.0.1', port: Number(port) });
  const head = ['POST /api/sign-in HTTP/1.1', host, `Cookie: ${cookie}`, `X-CSRFToken: ${token}`, 'Content-Type: application/json'];
  socket.write(`${head.join('\r\n')}\r\nContent-Length: 100\r\n\r\n{"a"`);
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  socket.destroy();
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  assert.equal((await browser.send({ path: '/api/echo' })).status, 200);
  assert.deepEqual(
    world.logged.filter(({ level }) => level === 'error'),
    [],
  );
});
