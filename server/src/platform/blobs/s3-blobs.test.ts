import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { ConfigError } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { silentLogger } from '../observability/logger.ts';
import { checkBlobs } from './blobs-fixture.ts';
import { openBlobs } from './open-blobs.ts';
import { createS3Blobs, S3Refusal, type S3Place } from './s3-blobs.ts';
import { startS3Server } from './s3-fixture.ts';

const timing = { timeoutMs: 5000, pauseMs: 1 };
const [server, contractServer] = await Promise.all([startS3Server(), startS3Server()]);
after(() => Promise.all([server.close(), contractServer.close()]));
const blobs = createS3Blobs(server.place, timing);
const bytes = Buffer.from('a file '.repeat(20_000));
const unavailable = (error: unknown): boolean => error instanceof AppError && error.code === 'unavailable';

checkBlobs('s3', createS3Blobs(contractServer.place, timing));

test('a busy store and a lost answer are tried again, and the file is there once', async () => {
  server.fail('busy', 'drop', 'busy');
  await blobs.put('faults/a', bytes);
  assert.ok(server.objects.get('faults/a')?.equals(bytes));
  server.fail('drop', 'busy');
  const stream = await blobs.get('faults/a');
  assert.ok(stream !== null && bytes.equals(await buffer(stream)));
  server.fail('busy');
  await blobs.delete('faults/a');
  server.fail('drop');
  await blobs.delete('faults/a');
  assert.equal(server.objects.has('faults/a'), false);
});

test('a store that stays busy or silent is given up, in words', async () => {
  const before = server.count();
  server.fail('busy', 'busy', 'busy', 'busy');
  await assert.rejects(blobs.put('faults/b', bytes), unavailable);
  assert.deepEqual([server.count() - before, server.objects.has('faults/b')], [4, false]);
  server.fail('hang', 'hang', 'hang', 'hang');
  await assert.rejects(createS3Blobs(server.place, { timeoutMs: 50, pauseMs: 1 }).stat('faults/b'), unavailable);
  server.fail();
});

test('a download that is cut off is an error, never a short file', async () => {
  await blobs.put('faults/c', bytes);
  server.fail('cut');
  const stream = await blobs.get('faults/c');
  assert.ok(stream !== null);
  await assert.rejects(buffer(stream));
});

test('bytes that change on their way are refused by the store, so nothing half or wrong becomes visible', async () => {
  const honest = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input instanceof Request ? input : String(input));
    const body = Buffer.from(await request.arrayBuffer());
    return honest(new Request(request.url, { method: request.method, headers: request.headers, body: body.subarray(0, body.length - 1) }), init);
  };
  try {
    await assert.rejects(blobs.put('faults/d', bytes), (error) => error instanceof S3Refusal && error.code === 'XAmzContentSHA256Mismatch');
  } finally {
    globalThis.fetch = honest;
  }
  assert.equal(server.objects.has('faults/d'), false);
});

test('at the start the store is tried out: what is wrong is told by the name of its setting, without the secret', async () => {
  const open = (change: Partial<S3Place>) => openBlobs({ s3: { ...server.place, ...change }, dataDirectory: '/nowhere' }, silentLogger, timing);
  const cases: [Partial<S3Place>, RegExp][] = [
    [{ accessKeyId: 'AKIDOTHER' }, /S3_ACCESS_KEY_ID is unknown/], [{ secretAccessKey: 'hunter2' }, /S3_SECRET_ACCESS_KEY does not belong/],
    [{ bucket: 'elsewhere' }, /S3_BUCKET names a bucket that is not there/], [{ region: 'mars-1' }, /S3_REGION/],
  ];
  for (const [change, words] of cases) {
    await assert.rejects(open(change), (error) => error instanceof ConfigError && error.problems.length === 1 && words.test(error.message) && !error.message.includes('hunter2'), String(words));
  }
  await open({});
  assert.deepEqual([...server.objects.keys()].filter((key) => key.startsWith('probe/')), []);
  // A store that is away for a moment must not keep posts without images from going out.
  await open({ endpoint: 'http://127.0.0.1:1' });
});
