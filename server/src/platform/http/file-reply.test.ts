import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { getFile } from './fixture-endpoints.ts';
import { ownToken, startTestServer, type TestServer } from './fixture.ts';
import { buildOpenApi } from './openapi.ts';

async function signIn(t: Parameters<typeof startTestServer>[0]): Promise<TestServer> {
  const server = await startTestServer(t);
  server.browser.cookies.set('rookery', ownToken);
  return server;
}

test('a file is sent as what it is, and opened by itself it runs and loads nothing', async (t) => {
  const { browser } = await signIn(t);
  const { status, headers, bytes } = await browser.call(getFile, { query: { mode: 'image' } });
  assert.deepEqual([status, bytes.toString()], [200, 'a,b']);
  assert.deepEqual([headers['content-type'], headers['content-length'], headers['content-disposition']], ['image/png', '3', 'inline']);
  assert.match(String(headers['content-security-policy']), /^default-src 'none'; sandbox/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['cache-control'], 'private, max-age=31536000, immutable');
  const head = await browser.send({ method: 'HEAD', path: '/api/file?mode=image' });
  assert.deepEqual([head.status, head.bytes.length, head.headers['content-length']], [200, 0, '3']);
});

test('a file of unknown length is sent in pieces, kept nowhere, and needs the session', async (t) => {
  const { browser } = await signIn(t);
  const { headers, bytes } = await browser.call(getFile, { query: { saveAs: 'list.csv' } });
  assert.deepEqual([bytes.toString(), headers['transfer-encoding'], headers['cache-control']], ['a,b', 'chunked', 'no-store']);
  browser.cookies.clear();
  assert.equal((await browser.call(getFile)).status, 401);
});

test('no name can end a header or leave a folder', async (t) => {
  const { browser } = await signIn(t);
  const expected: [string, string][] = [
    ['list.csv', `attachment; filename="list.csv"; filename*=UTF-8''list.csv`],
    ['a"b\\c;d=e.csv', `attachment; filename="a_b_c;d=e.csv"; filename*=UTF-8''a%22b_c%3Bd%3De.csv`],
    ['../../x', `attachment; filename=".._.._x"; filename*=UTF-8''.._.._x`],
    ['Größe (1).csv', `attachment; filename="Gr__e (1).csv"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%281%29.csv`],
    ['gpj.\u202eexe', `attachment; filename="gpj._exe"; filename*=UTF-8''gpj._exe`],
  ];
  for (const [saveAs, disposition] of expected) {
    assert.equal((await browser.call(getFile, { query: { saveAs } })).headers['content-disposition'], disposition);
  }
});

test('a type that the endpoint does not declare is a fault of ours, and nothing of the file is sent', async (t) => {
  const { browser, world } = await signIn(t);
  const { status, bytes } = await browser.call(getFile, { query: { mode: 'misfit' } });
  assert.equal(status, 500);
  assert.doesNotMatch(bytes.toString(), /a,b|text\/html/);
  assert.equal(world.file?.destroyed, true);
});

test('a file that breaks half-way ends the connection instead of looking whole', async (t) => {
  const { browser } = await signIn(t);
  await assert.rejects(browser.call(getFile, { query: { mode: 'broken' } }), /aborted|socket hang up|ECONNRESET/);
});

test('a caller who goes away ends the reading', async (t) => {
  const { origin, world } = await signIn(t);
  const call = request(`${origin}/api/file?mode=endless`, { headers: { cookie: `rookery=${ownToken}` } });
  call.on('error', () => {}).end();
  await once(call, 'response');
  call.destroy();
  const { file } = world;
  assert.ok(file !== null);
  if (!file.closed) await once(file, 'close');
  assert.equal(file.destroyed, true);
});

test('the description of the API names the types of a file', () => {
  const text = JSON.stringify(buildOpenApi([getFile], '1'));
  assert.match(text, /"image\/png":\{"schema":\{"type":"string","format":"binary"\}\}/);
});
