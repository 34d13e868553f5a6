import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { startTestServer } from './fixture.ts';
import { hashInlineScripts } from './security-headers.ts';
import type { RawReply } from './testing.ts';

const page =
  '<!doctype html><script>document.documentElement.dataset.theme="dark"</script><script type="module" src="/assets/app-1a2b.js"></script>';

function buildPage(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'http-static-'));
  t.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'assets'));
  mkdirSync(join(directory, '.vite'));
  const files: Record<string, string> = {
    'index.html': page,
    'assets/app-1a2b.js': 'export {};',
    'assets/app-1a2b.js.br': 'BR',
    'assets/app-1a2b.js.gz': 'GZ',
    'favicon.svg': '<svg/>',
    'assets/app-1a2b.js.map': '{}',
    '.vite/manifest.json': '{}',
    '.env': 'SECRET=1',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
}

const constant = [
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'permissions-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'x-xss-protection',
] as const;

function constants(reply: RawReply): unknown[] {
  return constant.map((name) => reply.headers[name]);
}

test('every kind of answer carries the same security headers, and none names the software', async (t) => {
  const { browser, world } = await startTestServer(t, { staticDirectory: buildPage(t) });
  const index = await browser.send({ path: '/' });
  const replies = new Map<number, RawReply>([[200, index]]);
  replies.set(304, await browser.send({ path: '/', headers: { 'if-none-match': String(index.headers.etag) } }));
  replies.set(404, await browser.send({ path: '/api/nothing' }));
  replies.set(405, await browser.send({ method: 'PUT', path: '/api/echo' }));
  replies.set(500, await browser.send({ path: '/api/fail' }));
  replies.set(403, await browser.send({ method: 'POST', path: '/api/sign-in' }));
  replies.set(401, await browser.send({ path: '/api/follow' }));
  replies.set(400, await browser.send({ path: '/%00' }));
  world.admitted = false;
  replies.set(429, await browser.send({ path: '/api/echo' }));
  for (const [status, reply] of replies) {
    assert.equal(reply.status, status);
    assert.deepEqual(constants(reply), constants(index), String(status));
    for (const name of ['server', 'x-powered-by', 'strict-transport-security']) assert.equal(reply.headers[name], undefined);
    assert.match(reply.headers.vary ?? '', /Origin/);
    if (status !== 200 && status !== 304) assert.equal(reply.headers['cache-control'], 'no-store');
  }
  for (const value of constants(index)) assert.ok(typeof value === 'string' && value.length > 0);
});

test('the content policy starts from nothing and lets the inline scripts of the page run by hash only', async (t) => {
  const { browser } = await startTestServer(t, { staticDirectory: buildPage(t) });
  const policy = String((await browser.send({ path: '/' })).headers['content-security-policy']);
  assert.match(policy, /^default-src 'none'; script-src 'self' 'sha256-[A-Za-z0-9+/]{43}='; style-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  assert.equal(hashInlineScripts(page).length, 1);
});

test('transport security is promised on an https installation', async (t) => {
  const { browser } = await startTestServer(t, { baseUrl: 'https://app.example', trustedProxies: ['127.0.0.1'] });
  const reply = await browser.send({ path: '/api/echo', headers: { host: 'app.example', 'x-forwarded-proto': 'https' } });
  assert.equal(reply.status, 200);
  assert.equal(reply.headers['strict-transport-security'], 'max-age=31536000; includeSubDomains; preload');
});

test('over plain http pages are sent to https and API calls refused', async (t) => {
  const { browser } = await startTestServer(t, { baseUrl: 'https://app.example', staticDirectory: buildPage(t) });
  const host = { host: 'app.example', accept: 'text/html' };
  // The peer is no trusted proxy: its claim to have come by https counts for nothing.
  const moved = await browser.send({ path: '/team?tab=1', headers: { ...host, 'x-forwarded-proto': 'https' } });
  assert.deepEqual([moved.status, moved.headers.location], [308, 'https://app.example/team?tab=1']);
  const refused = await browser.send({ path: '/api/echo', headers: host });
  assert.equal(refused.status, 403);
  assert.match(refused.bytes.toString(), /"code":"https-required"/);
  assert.equal((await browser.send({ method: 'POST', path: '/team', headers: host })).status, 403);
  assert.equal((await browser.send({ path: '/api/probe', headers: host })).status, 200);
});

test('only named origins may read replies, by exact match', async (t) => {
  const { browser } = await startTestServer(t, { corsOrigins: ['https://yourdomain.com'] });
  for (const origin of [
    'https://evil.example',
    'https://yourdomain.com.evil.example',
    'https://evilyourdomain.com',
    'null',
    'http://yourdomain.com',
    'https://yourdomain.com:444',
    'https://yourdomain.com, https://evil.example',
  ]) {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await browser.send({ method, path: '/api/echo', headers: { origin, 'access-control-request-method': 'GET' } });
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith('access-control')),
        [],
        origin,
      );
      assert.match(headers.vary ?? '', /Origin/);
    }
  }
  const read = await browser.send({ path: '/api/fail', headers: { origin: 'https://yourdomain.com' } });
  assert.equal(read.headers['access-control-allow-origin'], 'https://yourdomain.com');
  assert.equal(read.headers['access-control-allow-credentials'], 'true');
  const preflight = await browser.send({
    method: 'OPTIONS',
    path: '/api/items',
    headers: { origin: 'https://yourdomain.com', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-csrftoken' },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers['access-control-allow-methods'], 'POST');
  assert.equal(preflight.headers['access-control-allow-headers'], 'content-type, authorization, x-csrf-token, x-csrftoken');
});

test('files are served with their type, their freshness and the best prepared encoding', async (t) => {
  const { browser } = await startTestServer(t, { staticDirectory: buildPage(t) });
  const get = (path: string, headers = {}): Promise<RawReply> => browser.send({ path, headers });
  const asset = await get('/assets/app-1a2b.js', { 'accept-encoding': 'gzip, br' });
  assert.deepEqual([asset.status, asset.bytes.toString(), asset.headers['content-encoding']], [200, 'BR', 'br']);
  assert.match(asset.headers['cache-control'] ?? '', /immutable/);
  assert.match(asset.headers['content-type'] ?? '', /^text\/javascript/);
  assert.match(asset.headers.vary ?? '', /Accept-Encoding/);
  assert.equal((await get('/assets/app-1a2b.js', { 'accept-encoding': 'br;q=0, gzip' })).bytes.toString(), 'GZ');
  const plain = await get('/assets/app-1a2b.js');
  assert.deepEqual([plain.bytes.toString(), plain.headers['content-encoding']], ['export {};', undefined]);
  const index = await get('/');
  assert.equal(index.headers['cache-control'], 'no-cache');
  const again = await get('/', { 'if-none-match': `W/${String(index.headers.etag)}, "x"` });
  assert.deepEqual([again.status, again.bytes.length], [304, 0]);
  const head = await browser.send({ method: 'HEAD', path: '/favicon.svg' });
  assert.deepEqual([head.status, head.headers['content-length'], head.bytes.length], [200, '6', 0]);
  assert.equal((await browser.send({ method: 'DELETE', path: '/favicon.svg' })).status, 405);
});

test('opening an address of the app gives the page; what is missing is missing', async (t) => {
  const { browser } = await startTestServer(t, { staticDirectory: buildPage(t) });
  const open = (path: string, accept = 'text/html,*/*'): Promise<RawReply> => browser.send({ path, headers: { accept } });
  for (const path of ['/team', '/w/018f2b6e/audience']) assert.equal((await open(path)).bytes.toString(), page);
  for (const path of [
    '/assets/gone-9z9z.js',
    '/gone.png',
    '/api/nothing',
    '/api',
    '/.git',
    '/.git/config',
    '/.env',
    '/.vite/manifest.json',
    '/assets/app-1a2b.js.map',
    '/assets/app-1a2b.js.br',
    '/index.html/..;/x',
  ]) {
    assert.equal((await open(path)).status, 404, path);
  }
  assert.equal((await open('/team', 'application/json')).status, 404);
  assert.equal((await browser.send({ method: 'POST', path: '/team' })).status, 404);
});

test('long replies are compressed in what the client takes, short and secret ones never', async (t) => {
  const { browser } = await startTestServer(t);
  const get = (path: string, encoding: string): Promise<RawReply> => browser.send({ path, headers: { 'accept-encoding': encoding } });
  const decoders = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync };
  for (const [name, decode] of Object.entries(decoders)) {
    for (const length of [5000, 400_000]) {
      const reply = await get(`/api/long?length=${length}`, name);
      assert.equal(reply.headers['content-encoding'], name);
      assert.ok(reply.bytes.length < length / 10);
      assert.equal(decode(reply.bytes).toString(), JSON.stringify({ text: 'word '.repeat(length / 5) }));
    }
  }
  assert.equal((await get('/api/long?length=5000', 'gzip, deflate, br, zstd')).headers['content-encoding'], 'zstd');
  for (const [path, encoding] of [
    ['/api/long?length=500', 'gzip'],
    ['/api/long-secret?length=5000', 'gzip, br, zstd'],
    ['/api/long?length=5000', 'identity'],
    ['/api/long?length=5000', 'gzip;q=0'],
  ] as const) {
    const reply = await get(path, encoding);
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['content-encoding'], undefined, path);
  }
});
