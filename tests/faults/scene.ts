import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProviderMemory } from '../../server/src/features/accounts/index.ts';
import type { PublicContext, Services, WorkspaceContext } from '../../server/src/features/context.ts';
import { mediaPublicRoutes } from '../../server/src/features/media/index.ts';
import { uploadImage } from '../../server/src/features/media/service.ts';
import { connectByConsent, createHarness, type Harness } from '../../server/src/features/testing/harness.ts';
import { systemClock } from '../../server/src/platform/clock.ts';
import { createKeyring } from '../../server/src/platform/crypto/keyring.ts';
import { findFreePort } from '../../server/src/platform/free-port.ts';
import { bindRoutes, type Call } from '../../server/src/platform/http/bound-route.ts';
import { createHttpServer } from '../../server/src/platform/http/server.ts';
import { drawing } from '../../server/src/platform/images/hostile-fixture.ts';
import { createOutboundFetch } from '../../server/src/platform/outbound/fetch.ts';
import type { RunningSimulator } from '../../server/src/providers/simulation/world.ts';
import { startXSimulator } from '../../server/src/providers/x/simulator.ts';
import { createOnceProvider, onceNetwork, withOnce } from './once.ts';
import { faultTimes, visibilityDelayMs, type FaultPlan } from './plan.ts';
import type { FaultWorkerParts } from './worker.ts';

/** Below what the networks take of one account in a day. */
const postsPerAccount = 60;
/** Further ones are private, or there are none. */
const accountsMax = 3;

/** A workspace with accounts on every network of the plan, its web side, and an image in its library. */
export interface FaultScene {
  readonly harness: Harness;
  /** Who writes the posts. */
  readonly owner: WorkspaceContext;
  readonly networks: readonly string[];
  /** Our account ids by network, and what the network calls them. */
  readonly accounts: ReadonlyMap<string, readonly { readonly id: string; readonly externalId: string }[]>;
  readonly imageId: string;
  readonly workerParts: FaultWorkerParts;
  simulator(network: string): RunningSimulator;
  /** Asks the database as its administrator, and again while it is away. */
  ask(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

export async function setFaultScene(plan: FaultPlan): Promise<FaultScene> {
  const { networks } = plan;
  const dataDirectory = await mkdtemp(join(tmpdir(), 'rookery-faults-'));
  const port = await findFreePort();
  const harness = await createHarness({
    networks: networks.filter((network) => network !== onceNetwork), isRealTime: true,
    settings: { BASE_URL: `http://127.0.0.1:${port}`, ROOKERY_DATA_DIR: dataDirectory },
  });
  const { database } = harness;
  database.beforeEnd(() => rm(dataDirectory, { recursive: true, force: true }));
  // The tests' own server may forget the last commits when it is killed; the product's does not, and the promise stands on that.
  await database.admin(`do $$ begin execute format('alter database %I set synchronous_commit = on', current_database()); end $$`);
  const once = await startXSimulator({ clock: systemClock, seed: 99, port: 0, stateFile: null });
  database.beforeEnd(() => once.close());
  const simulator = (network: string): RunningSimulator => (network === onceNetwork ? once : harness.simulator(network));
  const services = addOnce(harness, once);
  const owner: WorkspaceContext = { ...harness.owner, providers: services.providers, simulatedNetworks: services.simulatedNetworks };
  await serveImages(harness, services, port);
  const accounts = new Map<string, { id: string; externalId: string }[]>();
  for (const network of networks) {
    accounts.set(network, await connectAccounts(owner, simulator(network), { network, count: Math.ceil(plan.posts / postsPerAccount) }));
    simulator(network).faults.delayVisibility(visibilityDelayMs);
  }
  const photo = await drawing(320, 240).jpeg().toBuffer();
  const { media } = await uploadImage(owner, { query: { name: 'heron.jpg' }, stream: Readable.from([photo]), signal: new AbortController().signal });
  return {
    harness, owner, networks, accounts, imageId: media.id, simulator,
    workerParts: {
      app: database.connection('rookery_app'), worker: database.connection('rookery_worker'), encryptionKey: harness.encryptionKey,
      secretKey: services.secretKey, times: faultTimes, dataDirectory, baseUrl: services.config.baseUrl,
      origins: Object.fromEntries(networks.map((network) => [network, simulator(network).origin])),
    },
    ask: (text, values = []) => patiently(() => database.admin(text, values)),
  };
}

const triesMax = 240;

/** Does it again while the database is away, for at most a minute. */
export async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      if (tried >= triesMax) throw error;
      await sleep(250);
    }
  }
}

function addOnce({ services, database, encryptionKey }: Harness, once: RunningSimulator): Services {
  const provider = createOnceProvider({
    clock: systemClock, baseUrl: services.config.baseUrl, settings: {}, simulatorOrigin: once.origin,
    fetch: createOutboundFetch({ timeoutMs: 10_000, bytesMax: 8_000_000, allowPrivate: true }),
    memory: createProviderMemory(onceNetwork, { database: database.app, keyring: createKeyring([encryptionKey], systemClock), clock: systemClock }),
  });
  return {
    ...services, providers: withOnce(services.providers, provider), simulatedNetworks: new Set([...services.simulatedNetworks, onceNetwork]),
  };
}

/** The side of the product from which a network fetches images itself. */
async function serveImages({ database }: Harness, services: Services, port: number): Promise<void> {
  const asPublic = async ({ facts }: Call<null>): Promise<PublicContext> => ({ ...services, facts, session: null });
  const server = createHttpServer<null>({
    config: { baseUrl: services.config.baseUrl, allowedHosts: [], corsOrigins: [], trustedProxies: [], staticDirectory: null },
    routes: bindRoutes({ access: 'public', routes: mediaPublicRoutes, buildContext: asPublic }), log: services.log,
    secrets: { csrfKey: createHash('sha256').update(services.secretKey).digest() }, authenticate: async () => null,
  });
  await server.listen('127.0.0.1', port);
  database.beforeEnd(() => server.close());
}

async function connectAccounts(
  owner: WorkspaceContext, { world, origin }: RunningSimulator, { network, count }: { network: string; count: number },
): Promise<{ id: string; externalId: string }[]> {
  const connected: { id: string; externalId: string }[] = [];
  for (const account of world.accounts.slice(0, Math.min(count, accountsMax))) {
    const address = network === 'mastodon' ? origin : network === 'bluesky' ? account.handle : null;
    const id = await connectByConsent(owner, { network, account: account.handle, ...(address === null ? {} : { address }) });
    connected.push({ id, externalId: account.id });
  }
  return connected;
}
