// A publishing worker to be killed and frozen: the product's own publisher, on the test's database and simulated networks.
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { createProviderMemory } from '../../server/src/features/accounts/index.ts';
import { startPublisher, type PublishTimes } from '../../server/src/features/posts/index.ts';
import { buildProviders } from '../../server/src/features/testing/harness.ts';
import { openSystemContext } from '../../server/src/features/workspaces/index.ts';
import { createDiskBlobs } from '../../server/src/platform/blobs/disk-blobs.ts';
import { systemClock } from '../../server/src/platform/clock.ts';
import { loadConfig } from '../../server/src/platform/config/config.ts';
import { createKeyring } from '../../server/src/platform/crypto/keyring.ts';
import { openDatabase, type ConnectionSettings } from '../../server/src/platform/db/database.ts';
import { createEvents } from '../../server/src/platform/events.ts';
import { createJobEngine } from '../../server/src/platform/jobs/engine.ts';
import { createOutboundFetch } from '../../server/src/platform/outbound/fetch.ts';
import { silentLogger } from '../../server/src/platform/observability/logger.ts';
import { createOnceProvider, onceNetwork, withOnce } from './once.ts';

/** What the test tells the process, in the variable ROOKERY_FAULT_WORKER. */
export interface FaultWorkerParts {
  readonly app: ConnectionSettings;
  readonly worker: ConnectionSettings;
  readonly encryptionKey: string;
  readonly secretKey: string;
  readonly dataDirectory: string;
  readonly baseUrl: string;
  /** Origin of each simulated network. */
  readonly origins: Readonly<Record<string, string>>;
  readonly times: PublishTimes;
}

const statementTimeoutMs = 30_000;

async function main(parts: FaultWorkerParts): Promise<void> {
  const log = silentLogger;
  const app = openDatabase({ connection: parts.app, connectionsMax: 2, statementTimeoutMs, log });
  const database = openDatabase({ connection: parts.worker, connectionsMax: 10, statementTimeoutMs, log });
  const keyring = createKeyring([parts.encryptionKey], systemClock);
  const events = await createEvents(app);
  const jobs = await createJobEngine({ connection: parts.worker, log, isWorker: false });
  const originOf = (id: string): string | null => parts.origins[id] ?? null;
  const memoryOf = (id: string) => createProviderMemory(id, { database: app, keyring, clock: systemClock });
  const once = createOnceProvider({
    clock: systemClock, baseUrl: parts.baseUrl, settings: {}, simulatorOrigin: originOf(onceNetwork), memory: memoryOf(onceNetwork),
    fetch: createOutboundFetch({ timeoutMs: 10_000, bytesMax: 8_000_000, allowPrivate: true }),
  });
  const providers = withOnce(buildProviders({ baseUrl: parts.baseUrl, clock: systemClock, originOf, memoryOf }), once);
  const services = {
    config: loadConfig({ LOG_LEVEL: 'silent', BASE_URL: parts.baseUrl, ROOKERY_DATA_DIR: parts.dataDirectory }), database, jobs, events, providers, keyring,
    blobs: createDiskBlobs(join(parts.dataDirectory, 'blobs')), clock: systemClock, log, simulatedNetworks: new Set(Object.keys(parts.origins)), secretKey: parts.secretKey, version: '0.0.0', setupToken: null,
  };
  // The end of the input is the end of the test, or of the process that ran it.
  process.stdin.on('end', () => process.exit(0)).resume();
  await startPublisher({ services, times: parts.times, openWorkspace: (id) => openSystemContext(services, id, 'publish') });
  // Dozens of processes load the same files, and hardly one of them ends in a way that would keep what it has compiled.
  flushCompileCache();
  console.log('ready');
}

// Guarantee: the test writes this variable in this form.
await main(JSON.parse(process.env['ROOKERY_FAULT_WORKER'] ?? '') as FaultWorkerParts);
