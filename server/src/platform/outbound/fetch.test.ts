import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { classifyHost } from './address.ts';
import { createOutboundFetch, OutboundError } from './fetch.ts';

const local = createOutboundFetch({ timeoutMs: 2_000, bytesMax: 1_000, allowPrivate: true });
const guarded = createOutboundFetch({ timeoutMs: 2_000, bytesMax: 1_000, allowPrivate: false });

/** A line that carries a megabyte at a time. */
async function readSlowly(request: IncomingMessage): Promise<number> {
  let [bytes, rested] = [0, 0];
  for await (const chunk of request) {
    const piece: Buffer = chunk;
    bytes += piece.length;
    if (bytes - rested < 1_000_000) continue;
    rested = bytes;
    await sleep(40);
  }
  return bytes;
}

function refusal(reason: OutboundError['reason']): (error: unknown) => boolean {
  return (error) => error instanceof OutboundError && error.reason === reason;
}

describe('outbound fetch', () => {
  let origin = '';
  const seen: string[] = [];
  const answer: RequestListener = (request, response) => {
    const path = request.url ?? '';
    seen.push(`${path} ${request.headers.authorization ?? '-'}`);
    if (path === '/small') response.end('ok');
    else if (path === '/exact') response.end('x'.repeat(1_000));
    else if (path === '/endless') {
      const timer = setInterval(() => response.write('x'.repeat(400)), 1);
      response.on('close', () => clearInterval(timer));
    } else if (path === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('0'.repeat(100_000)));
    else if (path === '/slow-body') response.write('a');
    else if (path === '/here') response.writeHead(302, { location: '/small' }).end();
    else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
    else if (path === '/metadata') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    else if (path === '/elsewhere') response.writeHead(302, { location: `${origin.replace('127.0.0.1', 'localhost')}/small` }).end();
    else if (path === '/none') response.writeHead(204).end();
    else if (path === '/slow') void readSlowly(request).then((bytes) => response.end(String(bytes)), () => response.destroy());
    else if (path === '/stalled') request.pause();
    else if (path === '/form') void text(request).then((body) => response.end(`${request.headers['content-type'] ?? ''}\n${body}`));
  };
  const server = createServer(answer);

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    origin = `http://127.0.0.1:${address.port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test('a body of exactly the cap passes, with its address', async () => {
    const response = await local(`${origin}/exact`);
    assert.equal((await response.text()).length, 1_000);
    assert.equal(response.url, `${origin}/exact`);
    assert.equal((await local(`${origin}/none`)).status, 204);
  });

  test('a body that never ends is cut at the cap, and a decompression bomb counts unpacked', async () => {
    await assert.rejects(async () => (await local(`${origin}/endless`)).text(), refusal('too-large'));
    await assert.rejects(async () => (await local(`${origin}/bomb`)).text(), refusal('too-large'));
  });

  test('the time limit covers waiting for the answer and reading it', async () => {
    const hasty = createOutboundFetch({ timeoutMs: 50, bytesMax: 1_000, allowPrivate: true });
    await assert.rejects(hasty(`${origin}/silent`), refusal('timeout'));
    await assert.rejects(async () => (await hasty(`${origin}/slow-body`)).text(), refusal('timeout'));
  });

  test('an upload may take many times the time limit while it moves, in whatever form its bytes come', async () => {
    const hasty = createOutboundFetch({ timeoutMs: 700, bytesMax: 1_000, allowPrivate: true });
    const bytes = new Uint8Array(24_000_000);
    const form = new FormData();
    form.set('file', new Blob([bytes]), 'film');
    const stream: RequestInit & { duplex: 'half' } = { method: 'POST', body: new Blob([bytes]).stream(), headers: { 'content-length': String(bytes.length) }, duplex: 'half' };
    for (const init of [{ method: 'POST', body: bytes }, { method: 'POST', body: form }, stream]) {
      const received = Number(await (await hasty(`${origin}/slow`, init)).text());
      assert.ok(received >= bytes.length && received < bytes.length + 1000, String(received));
    }
  });

  test('an upload that stands still is ended, and one that moves too, at its most', async () => {
    const body = new Uint8Array(40_000_000);
    const hasty = createOutboundFetch({ timeoutMs: 50, bytesMax: 1_000, allowPrivate: true });
    await assert.rejects(hasty(`${origin}/stalled`, { method: 'POST', body }), refusal('timeout'));
    const strict = createOutboundFetch({ timeoutMs: 2_000, uploadMaxMs: 100, bytesMax: 1_000, allowPrivate: true });
    await assert.rejects(strict(`${origin}/slow`, { method: 'POST', body }), refusal('timeout'));
    const controller = new AbortController();
    const stopped = strict(`${origin}/slow`, { method: 'POST', body, signal: controller.signal });
    controller.abort();
    await assert.rejects(stopped, (error: unknown) => error instanceof DOMException && error.name === 'AbortError');
  });

  test("the caller's signal stops a request and is not mistaken for a timeout", async () => {
    const controller = new AbortController();
    const pending = local(`${origin}/silent`, { signal: controller.signal });
    controller.abort();
    await assert.rejects(pending, (error: unknown) => error instanceof DOMException && error.name === 'AbortError');
  });

  test('a form whose request is aborted ends that request and not the process; one that is not arrives whole', async () => {
    const form = new FormData();
    form.set('file', new Blob(['heron']), 'heron.txt');
    await assert.rejects(local(`${origin}/form`, { method: 'POST', body: form, signal: AbortSignal.abort() }));
    // An error that nobody waits for would end the process from here on, and fails this test.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const arrived = await (await local(`${origin}/form`, { method: 'POST', body: form })).text();
    assert.match(arrived, /^multipart\/form-data; boundary=[^]*name="file"; filename="heron.txt"[^]*\r\nheron\r\n/);
  });

  test('a redirect is answered as it is unless following was asked for', async () => {
    assert.equal((await local(`${origin}/here`)).status, 302);
    assert.equal(await (await local(`${origin}/here`, { redirect: 'follow' })).text(), 'ok');
    await assert.rejects(local(`${origin}/here`, { redirect: 'error' }), refusal('refused'));
    await assert.rejects(local(`${origin}/loop`, { redirect: 'follow' }), refusal('refused'));
  });

  test('a followed redirect is checked again and takes no credentials to another origin', async () => {
    await assert.rejects(local(`${origin}/metadata`, { redirect: 'follow' }), refusal('refused'));
    seen.length = 0;
    await local(`${origin}/elsewhere`, { redirect: 'follow', headers: { authorization: 'Bearer secret' } }).catch(() => undefined);
    assert.equal(seen[0], '/elsewhere Bearer secret');
    assert.ok(seen.slice(1).every((line) => line === '/small -'));
  });

  test('no packet reaches a private listener unless private addresses are allowed', async () => {
    seen.length = 0;
    const { port } = new URL(origin);
    for (const host of [
      '127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '１２７.0.0.1', 'localhost', 'localhost.', '[::1]', '[::ffff:7f00:1]',
    ]) {
      await assert.rejects(guarded(`http://${host}:${port}/small`), refusal('refused'), host);
    }
    assert.deepEqual(seen, []);
  });

  test('other schemes, user information, plain http to the internet and nonsense are refused without repeating the address', async () => {
    for (const address of [
      'file:///etc/passwd', 'ftp://example.org/', 'https://user:secret@example.org/', 'http://example.org/secret', 'secret',
    ]) {
      await assert.rejects(local(address), (error: unknown) => refusal('refused')(error) && !String(error).includes('secret'), address);
    }
  });
});

test('metadata, link-local, reserved and embedded addresses are forbidden even where private ones are allowed', () => {
  for (const host of [
    '169.254.169.254', '[fd00:ec2::254]', '[fe80::1]', '0.0.0.0', '[::]', '224.0.0.1', '255.255.255.255', '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]', '[::ffff:10.0.0.1]', 'metadata.google.internal', '100.100.100.200', '192.0.2.1',
  ]) {
    assert.equal(classifyHost(host), 'forbidden', host);
  }
  for (const host of ['10.1.2.3', '172.31.255.255', '192.168.0.1', '100.64.0.1', '[fc00::1]', '[fd12::1]', 'db.internal', 'a.localhost']) {
    assert.equal(classifyHost(host), 'private', host);
  }
  for (const host of ['api.x.com', '172.32.0.1', '100.128.0.1', '11.0.0.1', '[2606:4700::1111]', '8.8.8.8']) {
    assert.equal(classifyHost(host), 'public', host);
  }
});
