import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import countReporter from './count-reporter.ts';
import { readCounts } from './counts.ts';
import { findTestFiles } from './files.ts';
import { checkPrograms } from './programs.ts';

test('test files are found in every part, not in packages or builds, and filters narrow them', () => {
  const root = mkdtempSync(join(tmpdir(), 'rookery-files-'));
  try {
    const inside = ['contract/src/a.test.ts', 'server/src/b/c.test.ts', 'tests/d.test.ts', 'web/src/e.test.ts'];
    for (const path of [...inside, 'server/node_modules/x/f.test.ts', 'web/dist/g.test.ts', 'docs/h.test.ts', 'server/src/i.ts']) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), '');
    }
    assert.deepEqual(findTestFiles(root), inside);
    assert.deepEqual(findTestFiles(root, ['server/', './tests/d']), ['server/src/b/c.test.ts', 'tests/d.test.ts']);
    assert.deepEqual(findTestFiles(root, ['nothing']), []);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a missing program is skipped aloud, and refused where nothing may be skipped', () => {
  const loose = checkPrograms({ PATH: '/nonexistent' });
  assert.equal(loose.isComplete, true);
  assert.match(loose.messages.join('\n'), /SKIPPED: tests that need Redis.*apt install redis-server\nSKIPPED: .*Chromium.*apt install chromium/);
  for (const variable of ['CI', 'ROOKERY_REQUIRE_ALL']) {
    const strict = checkPrograms({ PATH: '/nonexistent', [variable]: 'true' });
    assert.equal(strict.isComplete, false);
    assert.match(strict.messages.join('\n'), /MISSING: Redis/);
  }
});

test('a program that is there is handed to the tests by path', () => {
  const root = mkdtempSync(join(tmpdir(), 'rookery-programs-'));
  try {
    for (const name of ['valkey-server', 'chromium', 'postgres']) writeFileSync(join(root, name), '', { mode: 0o755 });
    const { env, isComplete, messages } = checkPrograms({ PATH: `/nonexistent:${root}`, CI: 'true' });
    assert.deepEqual({ env, isComplete, messages }, {
      env: {
        ROOKERY_TEST_REDIS_SERVER: join(root, 'valkey-server'), ROOKERY_TEST_CHROMIUM: join(root, 'chromium'), ROOKERY_TEST_POSTGRES: join(root, 'postgres'),
      },
      isComplete: true, messages: [],
    });
  } finally {
    rmSync(root, { recursive: true });
  }
});

type Events = Parameters<typeof countReporter>[0];

// Guarantee: these are the members of `node --test`'s events that the reporter reads.
function asEvents(events: unknown): Events {
  return events as Events;
}

async function count(events: readonly object[]): Promise<string> {
  async function* source(): AsyncGenerator<object> {
    yield* events;
  }
  let text = '';
  for await (const part of countReporter(asEvents(source()))) text += part;
  return text;
}

test('a test that timed out counts as failed, and a skipped one keeps its reason', async () => {
  const counts = { tests: 6, passed: 2, skipped: 1, todo: 0, cancelled: 1 };
  const text = await count([
    { type: 'test:pass', data: { name: 'plain' } },
    { type: 'test:pass', data: { name: 'left out', skip: 'no Redis here' } },
    { type: 'test:summary', data: { file: 'a.test.ts', counts: { ...counts, passed: 99 } } },
    { type: 'test:summary', data: { counts } },
  ]);
  assert.deepEqual(readCounts(text), { passed: 2, failed: 3, skipped: [{ name: 'left out', reason: 'no Redis here' }] });
});

test('a run without its summary has no counts', async () => {
  assert.equal(readCounts(await count([{ type: 'test:pass', data: { name: 'plain' } }])), null);
  assert.equal(readCounts(null), null);
});
