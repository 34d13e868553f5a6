import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { after, beforeEach, test } from 'node:test';
import { createManualClock } from '../platform/clock.ts';
import { createOutboundFetch } from '../platform/outbound/fetch.ts';
import type { HttpClient } from './http-client.ts';
import { textOf, isRecord, required } from './json.ts';
import { ProviderError, type Publication, type PublishProgress } from './provider.ts';
import { sendPublicly, type PublicRequest } from './public-send.ts';
import { expectFailure } from './scripted-network.ts';

const clock = createManualClock(new Date('2026-11-24T12:00:00Z'));
const outboundWithin = (timeoutMs: number) => createOutboundFetch({ timeoutMs, bytesMax: 10_000, allowPrivate: true });
const outbound = outboundWithin(30_000);
const client: HttpClient = { network: 'Testnet', clock, fetch: outbound };
const impatient: HttpClient = { ...client, fetch: outboundWithin(1_000) };
const secret = 'a-token-that-nobody-may-see-1';

let whole: string[] = [];
let lengths: (string | undefined)[] = [];
let answer: RequestListener;
const server: Server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => void (body += chunk)).on('end', () => {
    whole.push(body);
    lengths.push(request.headers['content-length']);
    answer(request, response);
  });
});
await once(server.listen(0, '127.0.0.1'), 'listening');
after(() => {
  server.closeAllConnections();
  server.close();
});
const portOf = ({ port }: AddressInfo): number => port;
const addressOf = (listening: { address(): AddressInfo | string | null }): string => {
  const address = listening.address();
  assert.ok(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${portOf(address)}`;
};
const origin = addressOf(server);

beforeEach(() => {
  whole = [];
  lengths = [];
  answer = (_request, response) => response.setHeader('content-type', 'application/json').end('{"id":"7"}');
});

const leave = (beforeSend: () => Promise<AbortSignal> = () => Promise.resolve(AbortSignal.timeout(60_000))): PublishProgress =>
  ({ saveStep: () => Promise.resolve(), beforeSend });

function send(over: Partial<PublicRequest> = {}, progress = leave(), through = client): Promise<Publication> {
  return sendPublicly(through, {
    url: new URL(`${origin}/posts`), bearer: secret, type: 'application/json', body: JSON.stringify({ text: 'Grüße an alle 🎈' }),
    refusalOf: ({ status }) => (status >= 400 ? new ProviderError('rejected', 'no') : null),
    publicationOf: ({ json }) => ({
      externalId: required(isRecord(json) ? textOf(json['id']) : null, 'Testnet', 'an id'), url: null, ref: {},
    }),
    ...over,
  }, progress);
}

test('the request arrives whole, with its length stated, and its answer is the publication', async () => {
  assert.equal((await send()).externalId, '7');
  assert.deepEqual(whole, [JSON.stringify({ text: 'Grüße an alle 🎈' })]);
  assert.equal(lengths[0], String(Buffer.byteLength(whole[0] ?? '')));
  for (const body of ['', 'a', '{}', 'x'.repeat(16), 'x'.repeat(17), 'é'.repeat(9_000)]) {
    await send({ body });
    assert.equal(whole.at(-1), body);
  }
});

test('an answer that says nothing clear leaves the outcome unknown', async () => {
  const answers: readonly RequestListener[] = [
    (_request, response) => response.writeHead(500).end('{}'),
    (_request, response) => response.writeHead(503, { 'retry-after': '9' }).end(),
    (_request, response) => response.writeHead(408).end('{}'),
    (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    (_request, response) => response.end('<html>thank you</html>'),
    (_request, response) => response.end('{"other":1}'),
    (_request, response) => response.end(`{"id":"${'7'.repeat(20_000)}"}`),
    (request) => request.socket.destroy(),
    (_request, response) => void response.writeHead(200, { 'content-length': '50' }).write('{"id"', () => response.destroy()),
  ];
  for (const each of answers) {
    answer = each;
    await expectFailure('unknownOutcome', send(), [secret]);
  }
  assert.equal(whole.length, answers.length, 'nothing is sent twice');
  answer = () => undefined;
  await expectFailure('unknownOutcome', send({}, leave(), impatient), [secret]);
});

test('a clear refusal is what the network means by it', async () => {
  answer = (_request, response) => response.writeHead(422).end('{}');
  await expectFailure('rejected', send());
});

test('what surely never left can be tried again', async () => {
  const closed = createTcpServer();
  await once(closed.listen(0, '127.0.0.1'), 'listening');
  const nowhere = addressOf(closed);
  closed.close();
  await expectFailure('retryable', send({ url: new URL(nowhere) }));
  await expectFailure('retryable', send({ url: new URL('http://does-not-exist.invalid/') }));
  await expectFailure('retryable', send({ url: new URL('http://169.254.169.254/') }));
  await expectFailure('retryable', send({}, leave(() => Promise.resolve(AbortSignal.abort()))));
  assert.deepEqual(whole, []);
});

test('a connection that is taken but never read to the end counts by what was let through', async () => {
  const sockets: Socket[] = [];
  const deaf = createTcpServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  await once(deaf.listen(0, '127.0.0.1'), 'listening');
  try {
    await expectFailure('unknownOutcome', send({ url: new URL(addressOf(deaf)) }, leave(), impatient));
  } finally {
    for (const socket of sockets) socket.destroy();
    deaf.close();
  }
});

test('leave that is refused is passed on as it is, and nothing is sent', async () => {
  class Withdrawn extends Error {}
  await assert.rejects(send({}, leave(() => Promise.reject(new Withdrawn()))), Withdrawn);
  assert.deepEqual(whole, []);
});

test('a process that was held up between leave and sending sends nothing', async () => {
  const block = (milliseconds: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  const late = leave(() => {
    block(60);
    return Promise.resolve(new AbortController().signal);
  });
  await expectFailure('retryable', send({ windowMs: 50 }, late));
  const slow: HttpClient = { ...client, fetch: (input, init) => {
    block(60);
    return outbound(input, init);
  } };
  await expectFailure('retryable', send({ windowMs: 50 }, leave(), slow));
  assert.deepEqual(whole, [], 'a request without its last byte is none');
});

const skip = process.platform === 'win32';
test('a process that is stopped for long after it got leave sends no post when it goes on', { skip }, async () => {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', `
    import { sendPublicly } from ${JSON.stringify(new URL('public-send.ts', import.meta.url).href)};
    import { writeSync } from 'node:fs';
    const stop = () => { writeSync(1, 'stopping\\n'); process.kill(process.pid, 'SIGSTOP'); };
    const request = {
      url: new URL(${JSON.stringify(`${origin}/posts`)}), type: 'application/json', body: '{"text":"late"}', windowMs: 1000,
      refusalOf: () => null, publicationOf: () => ({ externalId: '7', url: null, ref: {} }),
    };
    const signal = AbortSignal.timeout(60_000);
    for (const [before, through] of [[stop, () => undefined], [() => undefined, stop]]) {
      const stopping = (url, init) => { through(); return fetch(url, init); };
      const client = { network: 'Testnet', clock: { now: () => new Date() }, fetch: stopping };
      const progress = { saveStep: async () => undefined, beforeSend: async () => { before(); return signal; } };
      await sendPublicly(client, request, progress).then(() => console.log('published'), (error) => console.log(error.kind));
    }
    process.exit(0);
  `], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    if (chunk.includes('stopping')) setTimeout(() => void child.kill('SIGCONT'), 1_500);
  });
  try {
    await once(child, 'exit');
  } finally {
    child.kill('SIGKILL');
  }
  assert.equal(output, 'stopping\nretryable\nstopping\nretryable\n');
  assert.deepEqual(whole, []);
});
