import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { deriveSigningKey, recordAudit, startSealer } from '../features/audit/index.ts';
import { systemClock } from '../platform/clock.ts';
import { loadConfig } from '../platform/config/config.ts';
import { loadSecrets } from '../platform/config/secrets.ts';
import { openDatabase } from '../platform/db/database.ts';
import { provisionDatabase } from '../platform/db/provision.ts';
import { silentLogger } from '../platform/observability/logger.ts';
import { startEmbeddedPostgres } from '../platform/postgres/embedded.ts';

const program = join(import.meta.dirname, 'rookery.ts');

interface Outcome {
  readonly code: unknown;
  readonly output: string;
}

function run(dataDirectory: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'audit', ...args], { env: { ...process.env, ROOKERY_DATA_DIR: dataDirectory } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr });
    });
  });
}

test('the command verifies the trail beside a running server and on a stopped one, and against a checkpoint', async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), 'rookery-audit-'));
  chmodSync(scratch, 0o711);
  t.after(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
  const dataDirectory = join(scratch, 'data');
  const missing = await run(dataDirectory, 'verify');
  assert.equal(missing.code, 1);
  assert.match(missing.output, /There is no database in .*data\. Start Rookery once/);

  const anchors = join(scratch, 'anchors');
  const config = loadConfig({ ROOKERY_DATA_DIR: dataDirectory, AUDIT_ANCHOR_FILE: anchors });
  const embedded = startEmbeddedPostgres({ dataDirectory, log: silentLogger, isThrowaway: true });
  const provisioned = await provisionDatabase({ config, log: silentLogger, jobs: [], embedded });
  const workspace = { id: randomUUID() };
  const app = openDatabase({ connection: provisioned.app, connectionsMax: 1, statementTimeoutMs: 60_000, log: silentLogger });
  await app.withWorkspace(workspace.id, (db) => recordAudit(
    db, { clock: systemClock, workspace, actor: { kind: 'user', id: randomUUID(), name: 'Ada' }, facts: { ip: '192.0.2.7', userAgent: 'browser' } },
    { action: 'post:create', entity: { type: 'post', id: 'p1', name: null } },
  ));
  await app.close();
  const database = openDatabase({ connection: provisioned.worker, connectionsMax: 1, statementTimeoutMs: 60_000, log: silentLogger });
  const { secretKey } = await loadSecrets(config);
  await startSealer({ config, database, secretKey, clock: systemClock, log: silentLogger }).stop();
  await database.close();

  const beside = await run(dataDirectory, 'verify');
  assert.deepEqual([beside.code, /events 1, of them not sealed yet 0; seals 1;/.test(beside.output)], [0, true], beside.output);
  const checkpoint = await run(dataDirectory, 'checkpoint');
  assert.equal(checkpoint.code, 0, checkpoint.output);
  await provisioned.stop();

  const stopped = await run(dataDirectory, 'verify', '--checkpoint', anchors);
  assert.deepEqual([stopped.code, /seals 1; checkpoints given 1;/.test(stopped.output)], [0, true], stopped.output);
  writeFileSync(anchors, checkpoint.output.replace('"seal":1', '"seal":2'));
  const forged = await run(dataDirectory, 'verify', '--checkpoint', anchors);
  assert.deepEqual([forged.code, /NOT as it was written/.test(forged.output)], [1, true], forged.output);
  const otherKey = deriveSigningKey('another').publicKey.toString('hex');
  assert.match((await run(dataDirectory, 'verify', '--key', otherKey.slice(1))).output, /--key wants 64 hexadecimal digits/);
});
