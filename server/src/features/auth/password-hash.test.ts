import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { argon2Sync } from 'node:crypto';
import { test } from 'node:test';
import { createPasswordHasher } from './password-hash.ts';

// What Node itself starts and ends, seen from outside: nothing in the hasher knows of it.
const atWork = new Set<number>();
const seen = { started: 0, atOnceMax: 0 };
createHook({
  init: (id, type) => {
    if (type !== 'ARGON2REQUEST') return;
    atWork.add(id);
    seen.started += 1;
    seen.atOnceMax = Math.max(seen.atOnceMax, atWork.size);
  },
  before: (id) => void atWork.delete(id),
}).enable();

async function countHashes(work: () => Promise<unknown>): Promise<number> {
  const before = seen.started;
  await work();
  return seen.started - before;
}

test('a hash is argon2id with 19 MiB, two passes, one lane, a salt of 16 bytes and a tag of 32', async () => {
  const hasher = createPasswordHasher();
  const stored = await hasher.hash('correct horse');
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  const [, , , , salt = '', tag = ''] = stored.split('$');
  const expected = argon2Sync('argon2id', {
    message: 'correct horse', nonce: Buffer.from(salt, 'base64'), parallelism: 1, memory: 19_456, passes: 2, tagLength: 32,
  });
  assert.equal(Buffer.from(tag, 'base64').toString('hex'), Buffer.from(expected).toString('hex'), 'the parameters are those that the text names');
  assert.notEqual(await hasher.hash('correct horse'), stored, 'every hash has a salt of its own');
});

test('the right password is accepted, and nothing else', async () => {
  const hasher = createPasswordHasher();
  const stored = await hasher.hash('correct horse');
  assert.equal(await hasher.verify('correct horse', stored), true);
  for (const wrong of ['Correct horse', 'correct horse ', '']) assert.equal(await hasher.verify(wrong, stored), false, wrong);
});

test('an unknown address and a damaged hash cost one argon2 each, as a wrong password does, and are refused', async () => {
  const hasher = createPasswordHasher();
  const stored = await hasher.hash('correct horse');
  for (const candidate of [stored, null, 'none', stored.replace('m=19456', 'm=8')]) {
    const hashes = await countHashes(async () => assert.equal(await hasher.verify('wrong', candidate), false));
    assert.equal(hashes, 1, String(candidate));
  }
});

test('what an empty hash would be opens nothing', async () => {
  const zeros = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
  assert.equal(await createPasswordHasher().verify('', zeros), false);
});

test('four passwords are hashed at once, 64 wait, the next is told to come back, and later all is served again', async () => {
  const hasher = createPasswordHasher();
  // A synchronous hash of a test before never says that it has ended.
  atWork.clear();
  seen.atOnceMax = 0;
  const first = Array.from({ length: 68 }, () => hasher.verify('x', null));
  await assert.rejects(hasher.verify('x', null), (error: Error & { code?: string; retryAfterSeconds?: number }) =>
    error.code === 'unavailable' && (error.retryAfterSeconds ?? 0) > 0);
  assert.deepEqual(await Promise.all(first), Array.from({ length: 68 }, () => false));
  assert.equal(seen.atOnceMax, 4);
  assert.equal(await hasher.verify('x', null), false);
});
