import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { test, type TestContext } from 'node:test';
import { createManualClock } from '../../platform/clock.ts';
import { renderConsentPage } from './consent-page.ts';
import { createFaults, type FaultSwitches } from './faults.ts';
import { listenSimulator } from './listen.ts';
import { createRateWindows } from './rate-window.ts';
import { jsonReply, readForm, readJson } from './request.ts';

interface Bench {
  readonly origin: string;
  readonly faults: FaultSwitches;
  counts(): Readonly<Record<string, number>>;
}

async function start(context: TestContext): Promise<Bench> {
  const faults = createFaults({ expireTokens: () => undefined, revokeGrants: () => undefined });
  let saved = 0;
  const listening = await listenSimulator({
    port: 0,
    faults,
    bodyBytesMax: 1000,
    routes: [
      { name: 'echo', method: 'GET', path: '/echo/:word', handle: (request) => jsonReply(200, { word: request.params['word'] }) },
      {
        name: 'form',
        method: 'POST',
        path: '/form',
        handle: async (request) => jsonReply(200, { a: (await readForm(request)).getAll('a') }),
      },
      { name: 'json', method: 'POST', path: '/json', handle: (request) => jsonReply(200, { got: readJson(request) }) },
      { name: 'save', method: 'POST', path: '/save', handle: () => jsonReply(200, { saved: ++saved }) },
      { name: 'broken', method: 'GET', path: '/broken', handle: () => assert.fail('a fault of ours') },
    ],
    errors: {
      failure: (status) => jsonReply(status, { failed: status }),
      rateLimit: () => jsonReply(429, { limited: true }, { 'retry-after': '9' }),
    },
  });
  context.after(() => listening.close());
  return { origin: listening.origin, faults, counts: listening.counts };
}

test('it listens on 127.0.0.1, routes by path, and counts what was asked', async (context) => {
  const { origin, counts } = await start(context);
  assert.match(origin, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual(await (await fetch(`${origin}/echo/a%20b`)).json(), { word: 'a b' });
  assert.equal((await fetch(`${origin}/echo`)).status, 404);
  assert.equal((await fetch(`${origin}/echo/x`, { method: 'POST' })).status, 404);
  assert.equal((await fetch(`${origin}/broken`)).headers.get('x-simulator-error'), 'a fault of ours');
  assert.deepEqual(counts(), { echo: 1, broken: 1 });
});

test('forms of both kinds and JSON are read; other types, broken ones and large bodies are refused', async (context) => {
  const { origin } = await start(context);
  const post = async (path: string, body: RequestInit['body'], type?: string): Promise<unknown> => {
    const headers = type === undefined ? {} : { 'content-type': type };
    return (await fetch(origin + path, { method: 'POST', body: body ?? null, headers })).json();
  };
  const form = new FormData();
  form.append('a', 'größer');
  assert.deepEqual(await post('/form', form), { a: ['größer'] });
  assert.deepEqual(await post('/form', new URLSearchParams('a=1&a=2')), { a: ['1', '2'] });
  assert.deepEqual(await post('/form', '{}', 'application/json'), { failed: 415 });
  assert.deepEqual(await post('/form', 'no boundary', 'multipart/form-data'), { failed: 400 });
  assert.deepEqual(await post('/json', '{"b":1}', 'application/json'), { got: { b: 1 } });
  assert.deepEqual(await post('/json', '{"b":', 'application/json'), { failed: 400 });
  assert.deepEqual(await post('/json', '{}', 'text/plain'), { failed: 415 });
  assert.deepEqual(await post('/json', JSON.stringify('x'.repeat(2000)), 'application/json'), { failed: 413 });
});

test('each fault hits as many requests as asked, on its path, and then stops', async (context) => {
  const { origin, faults, counts } = await start(context);
  const ask = async (path = '/echo/x'): Promise<Response> => fetch(origin + path);
  faults.dropNext(1, '/echo');
  await assert.rejects(ask(), TypeError);
  faults.garbleNext(1);
  const garbled = await ask();
  assert.equal(garbled.status, 200);
  await assert.rejects(garbled.json(), SyntaxError);
  faults.failNext(2, 503, '/broken');
  assert.equal((await ask()).status, 200);
  assert.deepEqual(await (await ask('/broken')).json(), { failed: 503 });
  faults.rateLimitNext(1, '/echo');
  const limited = await ask();
  assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '9']);
  assert.equal((await ask()).status, 200);
  faults.dropNext(5);
  faults.reset();
  assert.equal((await ask()).status, 200);
  assert.deepEqual(counts(), { echo: 6, broken: 1 });
});

test('a lost answer has still been carried out, a dropped request has not', async (context) => {
  const { origin, faults } = await start(context);
  const save = async (): Promise<unknown> => (await fetch(`${origin}/save`, { method: 'POST' })).json();
  faults.dropNext(1);
  await assert.rejects(save(), TypeError);
  assert.deepEqual(await save(), { saved: 1 });
  faults.loseNext(1);
  await assert.rejects(save(), TypeError);
  assert.deepEqual(await save(), { saved: 3 });
});

test('a delayed answer does not keep the server from closing', async (context) => {
  const { origin, faults } = await start(context);
  faults.delayAll(60_000);
  // A bare socket, so that the rejection is ours to see whenever it comes.
  await new Promise<void>((resolve) => {
    httpRequest(`${origin}/echo/x`).on('socket', (socket) => socket.once('connect', () => resolve())).on('error', () => undefined).end();
  });
});

test('the consent page names itself simulated, escapes what it shows and lets no script run', () => {
  const page = renderConsentPage({
    networkName: 'Chirp',
    accounts: [{ id: '1', handle: 'a', name: '<script>alert(1)</script>' }, { id: '2', handle: 'b', name: 'B' }],
    scopes: ['read"x'],
    action: '/decide',
    ticket: 't',
    redirectUri: 'http://localhost:3000/callback',
  });
  const html = String(page.body);
  assert.match(html, /Simulated Chirp — not the real one/);
  assert.ok(!html.includes('<script>') && html.includes('read&quot;x'));
  assert.equal(html.match(/type="radio"/g)?.length, 2);
  const policy = String(page.headers?.['content-security-policy']);
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /form-action 'self' http:\/\/localhost:3000$/);
});

test('a rate window opens with its first call and starts again when it ends', () => {
  const clock = createManualClock(new Date('2026-01-01T00:00:00.400Z'));
  const windows = createRateWindows(clock, 900);
  assert.deepEqual([windows.count('a', 2).remaining, windows.count('a', 2).remaining], [1, 0]);
  const refused = windows.count('a', 2);
  assert.equal(refused.isExceeded, true);
  assert.equal(windows.count('b', 2).isExceeded, false);
  clock.set(new Date(refused.resetAt.getTime() - 1));
  assert.equal(windows.count('a', 2).isExceeded, true);
  clock.set(refused.resetAt);
  assert.equal(windows.count('a', 2).remaining, 1);
});
