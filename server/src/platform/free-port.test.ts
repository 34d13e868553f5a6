import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { findFreePort } from './free-port.ts';

test('a free port can be listened on, and outgoing connections are never given it', async () => {
  const port = await findFreePort();
  assert.ok(port < 32_768, String(port));
  const server = createServer();
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, '127.0.0.1', resolve));
  await new Promise((resolve) => void server.close(resolve));
});
