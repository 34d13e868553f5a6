import assert from 'node:assert/strict';
import { request as sendRequest, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { signInHere } from './fixture-endpoints.ts';
import { ownToken, startTestServer, type TestServer } from './fixture.ts';

async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 250; turn += 1) {
    if (isTrue()) return;
    await new Promise((next) => {
      setTimeout(next, 20);
    });
  }
  assert.fail(`never happened: ${what}`);
}

interface Listener {
  readonly response: IncomingMessage;
  readonly received: () => string;
  readonly hasEnded: () => boolean;
}

async function listen(server: TestServer): Promise<Listener> {
  const cookie = [...server.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  sendRequest(`${server.origin}/api/follow`, { headers: { cookie, 'accept-encoding': 'gzip' } }, resolve)
    .on('error', reject)
    .end();
  const response = await promise;
  let text = '';
  let isEnded = false;
  response
    .setEncoding('utf8')
    .on('data', (chunk: string) => {
      text += chunk;
    })
    .on('close', () => {
      isEnded = true;
    })
    .on('error', () => undefined);
  return { response, received: () => text, hasEnded: () => isEnded };
}

test('an event stream brings events and signs of life, uncompressed, with the headers of every answer', async (t) => {
  const server = await startTestServer(t, { heartbeatMs: 20 });
  await server.browser.ok(signInHere);
  const { response, received } = await listen(server);
  assert.equal(response.statusCode, 200);
  assert.match(response.headers['content-type'] ?? '', /^text\/event-stream/);
  for (const name of ['content-security-policy', 'x-content-type-options', 'x-frame-options']) assert.ok(response.headers[name]);
  assert.equal(response.headers['cache-control'], 'no-store');
  assert.equal(response.headers['content-encoding'], undefined);
  await until(() => server.world.sends.size === 1, 'the source is started');
  for (const send of server.world.sends) send({ topic: 'scans', text: 'two\nlines' });
  await until(() => received().includes('data: {"topic":"scans","text":"two\\nlines"}\n\n'), 'the event arrives');
  await until(() => received().includes(': alive\n\n'), 'a sign of life arrives');
  response.destroy();
  await until(() => server.world.stopped === 1, 'the source is stopped when the reader leaves');
});

test('a stream ends when its session does', async (t) => {
  const server = await startTestServer(t, { heartbeatMs: 20 });
  await server.browser.ok(signInHere);
  const { hasEnded } = await listen(server);
  server.world.revoked.add(ownToken);
  await until(hasEnded, 'the stream ends');
  assert.equal(server.world.stopped, 1);
});

test('closing the server ends its streams and lets calls in flight finish', async (t) => {
  const server = await startTestServer(t, { closeGraceMs: 5000 });
  const { csrfToken } = await server.browser.ok(signInHere);
  const { hasEnded, response } = await listen(server);
  const upload = server.browser.send({
    method: 'PUT',
    path: '/api/bytes?slow=true',
    body: Buffer.alloc(900_000),
    headers: { 'x-csrftoken': csrfToken, 'content-type': 'application/octet-stream' },
  });
  await new Promise((next) => {
    setTimeout(next, 50);
  });
  const closed = server.close();
  assert.equal((await upload).status, 200);
  await closed;
  await until(hasEnded, 'the stream ends');
  assert.ok(response.complete, 'it was ended, not cut');
  await assert.rejects(server.browser.send({ path: '/api/echo' }), /ECONNREFUSED/);
});

test('closing does not wait for a caller who never finishes', async (t) => {
  const server = await startTestServer(t, { closeGraceMs: 50 });
  const { csrfToken } = await server.browser.ok(signInHere);
  const cookie = [...server.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { cookie, 'x-csrftoken': csrfToken, 'content-type': 'application/octet-stream', 'content-length': '1000000' };
  const stuck = sendRequest(`${server.origin}/api/bytes`, { method: 'PUT', headers });
  const { promise, resolve } = Promise.withResolvers<Error>();
  stuck.on('error', resolve).write('a');
  await new Promise((next) => {
    setTimeout(next, 50);
  });
  await server.close();
  assert.ok((await promise) instanceof Error);
});
