import assert from 'node:assert/strict';
import { request as sendRequest } from 'node:http';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { signInHere } from './fixture-endpoints.ts';
import { startTestServer, type TestServer } from './fixture.ts';
import type { RawReply, RawRequest } from './testing.ts';

async function signedIn(
  t: Parameters<typeof startTestServer>[0],
): Promise<{ server: TestServer; send: (request: RawRequest) => Promise<RawReply>; token: string }> {
  const server = await startTestServer(t);
  const { csrfToken: token } = await server.browser.ok(signInHere);
  const send = (request: RawRequest): Promise<RawReply> =>
    server.browser.send({ ...request, headers: { 'x-csrftoken': token, ...request.headers } });
  return { server, send, token };
}

function assertCode(reply: RawReply, status: number, code: string): void {
  assert.equal(reply.status, status, reply.bytes.toString());
  assert.match(reply.bytes.toString(), new RegExp(`"code":"${code}"`));
}

const item = { method: 'POST', path: '/api/items' };
const body = '{"name":"x"}';

test('only JSON in UTF-8 is taken as a body', async (t) => {
  const { send } = await signedIn(t);
  for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
    assert.equal((await send({ ...item, body, headers: { 'content-type': type } })).status, 200, type);
  }
  for (const type of [
    'text/plain',
    'text/plain; application/json',
    'application/json; charset=latin1',
    'application/jsonp',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json, text/plain',
    'application/merge-patch+json',
    'garbage',
    '',
  ]) {
    assertCode(await send({ ...item, body, headers: { 'content-type': type } }), 415, 'unsupported-type');
  }
  assertCode(await send({ ...item, body }), 415, 'unsupported-type');
});

test('compressed request bodies are refused unread', async (t) => {
  const { send } = await signedIn(t);
  for (const encoding of ['gzip', 'br', 'deflate', 'gzip, identity']) {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    assertCode(await send({ ...item, body: gzipSync(Buffer.alloc(1_000_000)), headers }), 415, 'unsupported-type');
  }
});

test('a body that is missing, empty, malformed or hostile is refused by kind', async (t) => {
  const { send } = await signedIn(t);
  const headers = { 'content-type': 'application/json' };
  assertCode(await send({ ...item, headers }), 400, 'invalid-request');
  for (const wrong of [
    '{',
    '{"name":"\\u0000"}',
    '{"name":"\\ud800"}',
    '{"name":"a","name":"b"}',
    '{"name":1e400}',
    '[[[[',
    '{"__proto__":{"role":"owner"},"name":"x"}',
    '\ufeff{}',
  ]) {
    assertCode(await send({ ...item, body: wrong, headers }), 400, 'invalid-json');
  }
  assertCode(await send({ ...item, body: Buffer.from([0x22, 0xff, 0x22]), headers }), 400, 'invalid-json');
  assertCode(await send({ ...item, body: '{"name":"a\\u0007"}', headers }), 422, 'invalid-input');
});

test('an endpoint without a body takes none, or an empty object, and no members', async (t) => {
  const { send } = await signedIn(t);
  const path = '/api/sign-in';
  const headers = { 'content-type': 'application/json' };
  assertCode(await send({ method: 'POST', path, body: '{"userId":"root"}', headers }), 422, 'invalid-input');
  assert.equal((await send({ method: 'POST', path, body: '{}', headers })).status, 200);
});

test('a body over the limit is refused by its announced length, and by its bytes when none is announced', async (t) => {
  const { send, server } = await signedIn(t);
  const headers = { 'content-type': 'application/json' };
  const large = `{"name":"${'a'.repeat(2_000_000)}"}`;
  assertCode(await send({ ...item, body: large, headers }), 413, 'too-large');
  assertCode(await send({ ...item, body: large, headers: { ...headers, 'transfer-encoding': 'chunked' } }), 413, 'too-large');
  assert.equal((await server.browser.send({ path: '/api/echo' })).status, 200);
});

test('an announced length over the limit is refused before a byte of the body is sent', async (t) => {
  const { server, token } = await signedIn(t);
  const cookie = [...server.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  for (const [method, path, type] of [
    ['POST', '/api/items', 'application/json'],
    ['PUT', '/api/bytes', 'application/octet-stream'],
  ] as const) {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const headers = { cookie, 'x-csrftoken': token, 'content-type': type, 'content-length': '2000000' };
    const request = sendRequest(`${server.origin}${path}`, { method, headers, timeout: 5000 }, (response) => resolve(response.statusCode));
    request
      .on('error', reject)
      .on('timeout', () => reject(new Error('no answer')))
      .flushHeaders();
    assert.equal(await promise, 413);
    request.on('error', () => undefined).destroy();
  }
});

const bytes = { method: 'PUT', path: '/api/bytes' };
const octets = { 'content-type': 'application/octet-stream' };

test('a stream reaches its handler in pieces, and its limit holds with and without an announced length', async (t) => {
  const { send } = await signedIn(t);
  const whole = await send({ ...bytes, body: Buffer.alloc(1_000_000, 1), headers: octets });
  assert.ok(typeof whole.body === 'object' && whole.body !== null && 'bytes' in whole.body && 'chunks' in whole.body);
  assert.equal(whole.body.bytes, 1_000_000);
  assert.ok(Number(whole.body.chunks) > 1, 'it was not gathered first');
  assertCode(await send({ ...bytes, body: Buffer.alloc(1_000_001), headers: octets }), 413, 'too-large');
  assertCode(
    await send({ ...bytes, body: Buffer.alloc(1_000_001), headers: { ...octets, 'transfer-encoding': 'chunked' } }),
    413,
    'too-large',
  );
  assertCode(await send({ ...bytes, body: '{}', headers: { 'content-type': 'application/json' } }), 415, 'unsupported-type');
  assertCode(await send({ ...bytes, headers: octets }), 400, 'invalid-request');
});

test('a slow handler holds the sender back instead of filling memory', async (t) => {
  const { server, token } = await signedIn(t);
  const { port } = new URL(server.origin);
  const cookie = [...server.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; waits: number }>();
  let waits = 0;
  const request = sendRequest(
    {
      port,
      host: '127.0.0.1',
      method: 'PUT',
      path: '/api/bytes?slow=true',
      headers: { cookie, 'x-csrftoken': token, ...octets, 'content-length': '1000000' },
    },
    (response) => response.resume().on('end', () => resolve({ status: response.statusCode, waits })),
  );
  request.on('error', reject);
  for (let sent = 0; sent < 10; sent += 1) {
    if (!request.write(Buffer.alloc(100_000))) {
      waits += 1;
      await new Promise((drained) => {
        request.once('drain', drained);
      });
    }
  }
  request.end();
  const { status } = await promise;
  assert.equal(status, 200);
  assert.ok(waits > 0);
});

test('a handler that refuses a stream unread is heard, and the next call on the server works', async (t) => {
  const { send, server } = await signedIn(t);
  assertCode(await send({ ...bytes, path: '/api/bytes?ignore=true', body: Buffer.alloc(900_000), headers: octets }), 409, 'conflict');
  assert.equal(server.world.ignored?.destroyed, true);
  assert.equal((await send({ path: '/api/echo' })).status, 200);
});

test('a caller who goes away in the middle of a stream aborts its handler', async (t) => {
  const { server, token } = await signedIn(t);
  const { port } = new URL(server.origin);
  const cookie = [...server.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const request = sendRequest({
    port,
    host: '127.0.0.1',
    method: 'PUT',
    path: '/api/bytes',
    headers: { cookie, 'x-csrftoken': token, ...octets, 'content-length': '1000000' },
  });
  request.on('error', () => undefined);
  request.write(Buffer.alloc(1000));
  await new Promise((sent) => {
    setTimeout(sent, 100);
  });
  request.destroy();
  for (let turn = 0; turn < 100 && server.world.sawAbort === 0; turn += 1)
    await new Promise((next) => {
      setTimeout(next, 20);
    });
  assert.equal(server.world.sawAbort, 1);
  assert.deepEqual(
    server.world.logged.filter(({ level }) => level === 'error'),
    [],
  );
});
