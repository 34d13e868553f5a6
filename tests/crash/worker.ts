// A worker process to be killed: the product's own job engine and handlers, on the test's database and simulated network.
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createHandlers } from '../../server/src/app.ts';
import { createProviderMemory } from '../../server/src/features/accounts/index.ts';
import { buildProviders } from '../../server/src/features/testing/harness.ts';
import { createDiskBlobs } from '../../server/src/platform/blobs/disk-blobs.ts';
import { createManualClock } from '../../server/src/platform/clock.ts';
import { loadConfig } from '../../server/src/platform/config/config.ts';
import { createKeyring } from '../../server/src/platform/crypto/keyring.ts';
import { openDatabase, type ConnectionSettings } from '../../server/src/platform/db/database.ts';
import { createEvents } from '../../server/src/platform/events.ts';
import { createJobEngine } from '../../server/src/platform/jobs/engine.ts';
import { createLogger } from '../../server/src/platform/observability/logger.ts';

/** What the test tells the process, in the variable ROOKERY_CRASH_WORKER. */
export interface WorkerParts {
  readonly app: ConnectionSettings;
  readonly worker: ConnectionSettings;
  readonly encryptionKey: string;
  readonly secretKey: string;
  /** Where the simulated X is reached. */
  readonly xOrigin: string;
  readonly now: string;
}

const statementTimeoutMs = 60_000;

async function main(parts: WorkerParts): Promise<void> {
  const log = createLogger('error');
  const clock = createManualClock(new Date(parts.now));
  const app = openDatabase({ connection: parts.app, connectionsMax: 2, statementTimeoutMs, log });
  const database = openDatabase({ connection: parts.worker, connectionsMax: 4, statementTimeoutMs, log });
  const keyring = createKeyring([parts.encryptionKey], clock);
  const jobs = await createJobEngine({ connection: parts.worker, log, isWorker: true });
  const events = await createEvents(app);
  const config = loadConfig({ LOG_LEVEL: 'silent' });
  const providers = buildProviders({
    baseUrl: config.baseUrl, clock, originOf: (id) => (id === 'x' ? parts.xOrigin : null),
    memoryOf: (id) => createProviderMemory(id, { database: app, keyring, clock }),
  });
  const handlers = createHandlers({
    config, database, jobs, events, providers, keyring, blobs: createDiskBlobs(join(config.dataDirectory, 'blobs')), clock, log, simulatedNetworks: new Set(['x']), secretKey: parts.secretKey,
    version: '0.0.0', setupToken: null,
  });
  // Commands by line: `at TIME` moves the clock, `go` begins to take jobs. The end of the input is the end of the test.
  const commands = createInterface({ input: process.stdin });
  commands.on('line', (line) => {
    if (line.startsWith('at ')) clock.set(new Date(line.slice(3)));
    if (line === 'go') void jobs.work(handlers);
  });
  commands.once('close', () => process.exit(0));
  // These processes end by SIGKILL, which keeps nothing of what they have compiled.
  flushCompileCache();
  console.log('ready');
}

// Guarantee: the test writes this variable in this form.
await main(JSON.parse(process.env['ROOKERY_CRASH_WORKER'] ?? '') as WorkerParts);
