import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createProviderMemory, accountPublicRoutes, accountRoutes } from './features/accounts/index.ts';
import { audienceRoutes, enqueueDueSyncs, syncAccount, syncJob } from './features/audience/index.ts';
import { auditRoutes, startSealer } from './features/audit/index.ts';
import { findSessionByToken, hasUsers, purgeSessions } from './features/auth/index.ts';
import { requirePermission, type PublicContext, type Services, type SessionInfo, type UserContext, type WorkspaceContext } from './features/context.ts';
import { createPostHandlers, enqueueDueReadings, enqueueDueSeries, enqueueZoneFollowing, postJobs, postPublicRoutes, postRoutes, startPublisher } from './features/posts/index.ts';
import { dashboardRoutes } from './features/dashboard/index.ts';
import { createDemoHandler, demoJob, demoRoutes } from './features/demo/index.ts';
import { createImportHandlers, importJobs, importRoutes } from './features/imports/index.ts';
import { slotRoutes } from './features/slots/index.ts';
import { snippetRoutes } from './features/snippets/index.ts';
import { enqueueSweep, mediaPublicRoutes, mediaRoutes, sweepJob, sweepLibraries, sweepUploads } from './features/media/index.ts';
import { statusPublicRoutes, statusWorkspaceRoutes } from './features/status/index.ts';
import { openMemberContext, openSystemContext, peoplePublicRoutes, peopleUserRoutes, workspaceRoutes } from './features/workspaces/index.ts';
import { openBlobs } from './platform/blobs/open-blobs.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import type { Config } from './platform/config/config.ts';
import { loadSecrets } from './platform/config/secrets.ts';
import { createKeyring, type Keyring } from './platform/crypto/keyring.ts';
import { openDatabase, type Database } from './platform/db/database.ts';
import { provisionDatabase, type ProvisionedDatabase } from './platform/db/provision.ts';
import { AppError } from './platform/errors.ts';
import { createEvents } from './platform/events.ts';
import { bindRoutes, type BoundRoute, type Call } from './platform/http/bound-route.ts';
import { createHttpServer } from './platform/http/server.ts';
import { handleJob, type JobHandler } from './platform/jobs/definition.ts';
import { createJobEngine } from './platform/jobs/engine.ts';
import type { Logger } from './platform/observability/logger.ts';
import type { EmbeddedPostgres } from './platform/postgres/embedded.ts';
import { createOutboundFetch } from './platform/outbound/fetch.ts';
import { startLimits } from './platform/ratelimit/limits.ts';
import { createProviders, isUnset, type Providers } from './providers/registry.ts';
import { createTravellingFetch } from './providers/simulation/time-travel.ts';
import { startSimulators, type RunningSimulators } from './providers/simulators.ts';

const webStatementTimeoutMs = 15_000;
const workerStatementTimeoutMs = 1_800_000;
const schedulerEveryMs = 3_000;
const readingsEveryMs = 60_000;
const purgeEveryMs = 600_000;
const zonesEveryMs = 86_400_000;
const sweepEveryMs = 86_400_000;
const networkTimeoutMs = 20_000;
const networkBytesMax = 8_000_000;

/** Every job of the product. */
const jobDefinitions = [syncJob, ...importJobs, sweepJob, ...postJobs, demoJob];

const publicRoutes = [...peoplePublicRoutes, ...accountPublicRoutes, ...mediaPublicRoutes, ...postPublicRoutes, ...statusPublicRoutes];
const userRoutes = [...peopleUserRoutes, ...demoRoutes];
const memberRoutes = [
  ...workspaceRoutes, ...accountRoutes, ...audienceRoutes, ...importRoutes, ...mediaRoutes, ...slotRoutes, ...snippetRoutes, ...postRoutes, ...dashboardRoutes,
  ...auditRoutes, ...statusWorkspaceRoutes,
];

export interface RunningApp {
  readonly origin: string | null;
  /** For the first owner; null once somebody has signed up. */
  readonly setupLink: string | null;
  readonly services: Services;
  readonly simulators: RunningSimulators | null;
  stop(): Promise<void>;
}

export interface AppParts {
  readonly config: Config;
  readonly log: Logger;
  readonly version: string;
  readonly webDirectory: string;
  /** The packaged database server, starting; needed where DATABASE_URL is not set. */
  readonly embedded?: Promise<EmbeddedPostgres>;
}

type Cleanup = () => Promise<void>;
type OpenWorkspace = (workspaceId: string) => Promise<WorkspaceContext | null>;

/** Wires everything and starts the asked-for roles. What was started is stopped again when a later part fails. */
export async function startApp(parts: AppParts): Promise<RunningApp> {
  const cleanups: Cleanup[] = [];
  const stop = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    return { ...(await wire(parts, cleanups)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function wire({ config, log, version, webDirectory, embedded }: AppParts, cleanups: Cleanup[]): Promise<Omit<RunningApp, 'stop'>> {
  // Stopping twice does no harm, and whatever fails before it is taken over must not leave a server behind.
  if (embedded !== undefined) cleanups.push(() => embedded.then((server) => server.stop(), () => undefined));
  const blobs = await openBlobs(config, log);
  const secrets = await loadSecrets(config);
  const clock = systemClock;
  const keyring = createKeyring(secrets.encryptionKeys, clock);
  const { provisioned, simulators } = await startGround({ config, log, embedded: embedded ?? null }, cleanups);
  const databases = openDatabases(config, log, provisioned, cleanups);
  if (config.roles.has('worker')) {
    // Before all that writes, so that it stops after it.
    const sealer = startSealer({ config, log, clock, database: databases.worker, secretKey: secrets.secretKey });
    cleanups.push(() => sealer.stop());
  }
  const jobs = await createJobEngine({ connection: provisioned.worker, log, isWorker: config.roles.has('worker') });
  cleanups.push(() => jobs.stop());
  const events = await createEvents(databases.app);
  cleanups.push(() => events.close());
  const wiring = { simulators, database: databases.app, keyring };
  const providers = wireProviders(config, { ...wiring, clock });
  const isNew = !(await databases.app.withScope({}, hasUsers));
  const services: Services = {
    config, database: databases.app, blobs, jobs, events, providers, keyring, clock, log, version, secretKey: secrets.secretKey,
    simulatedNetworks: new Set(providers.list().map(({ manifest }) => manifest.id).filter((id) => (simulators?.originOf(id) ?? null) !== null)),
    setupToken: isNew ? randomBytes(24).toString('base64url') : null,
  };
  const workerServices: Services = { ...services, database: databases.worker };
  const demo = createDemoHandler({
    web: services, worker: workerServices,
    servicesAt: (base, at) => ({ ...base, clock: at, providers: wireProviders(config, { ...wiring, clock: at }) }),
  });
  const openUnlessBuilding = (name: string): OpenWorkspace => async (id) => (demo.isBuilding(id) ? null : openSystemContext(workerServices, id, name));
  if (config.roles.has('worker')) {
    await jobs.work(createHandlers(workerServices, demo));
    await enqueueZoneFollowing(workerServices);
    await enqueueDueSeries(workerServices);
    const publisher = await startPublisher({ services: workerServices, openWorkspace: openUnlessBuilding('publish') });
    cleanups.push(() => publisher.stop());
  }
  if (config.roles.has('scheduler')) cleanups.push(startScheduler(workerServices, openUnlessBuilding('scheduler')));
  const origin = config.roles.has('web') ? await startWeb(services, webDirectory, cleanups) : null;
  const setupLink = services.setupToken === null ? null : `${config.baseUrl}/#setup=${services.setupToken}`;
  return { origin, setupLink, services, simulators };
}

/** The database and the simulated networks, at the same time. Whichever started is stopped again when the other did not. */
async function startGround(
  { config, log, embedded }: Pick<AppParts, 'config' | 'log'> & { embedded: Promise<EmbeddedPostgres> | null }, cleanups: Cleanup[],
): Promise<{ provisioned: ProvisionedDatabase; simulators: RunningSimulators | null }> {
  const [database, networks] = await Promise.allSettled([
    provisionDatabase({ config, log, jobs: jobDefinitions, embedded }),
    config.isSimulating ? startSimulators({
      clock: systemClock, dataDirectory: join(config.dataDirectory, 'simulators'), basePort: config.port === 0 ? 0 : config.port + 1,
      which: simulatedNetworks(config), control: config.hasSimulatorControl,
    }) : null,
  ]);
  if (database.status === 'fulfilled') cleanups.push(() => database.value.stop());
  if (networks.status === 'fulfilled') cleanups.push(async () => networks.value?.close());
  if (database.status === 'rejected') throw database.reason;
  if (networks.status === 'rejected') throw networks.reason;
  return { provisioned: database.value, simulators: networks.value };
}

function openDatabases(config: Config, log: Logger, provisioned: ProvisionedDatabase, cleanups: Cleanup[]): { app: Database; worker: Database } {
  const app = openDatabase({ connection: provisioned.app, connectionsMax: config.databasePoolMax, statementTimeoutMs: webStatementTimeoutMs, log });
  cleanups.push(() => app.close());
  const connectionsMax = Math.max(4, Math.ceil(config.databasePoolMax / 2));
  const worker = openDatabase({ connection: provisioned.worker, connectionsMax, statementTimeoutMs: workerStatementTimeoutMs, log });
  cleanups.push(() => worker.close());
  return { app, worker };
}

/** A network is simulated when the operator has set none of its settings. */
function simulatedNetworks(config: Config): string[] {
  const probe = createProviders(() => ({ clock: systemClock, baseUrl: config.baseUrl, settings: {}, simulatorOrigin: null, fetch: globalThis.fetch }));
  return probe.list()
    .filter(({ manifest }) => manifest.authKind !== 'import-only')
    .filter(({ manifest }) => manifest.settings.every((name) => isUnset(config.networkSettings[name])))
    .map(({ manifest }) => manifest.id);
}

interface ProviderWiring {
  readonly simulators: RunningSimulators | null;
  readonly database: Database;
  readonly keyring: Keyring;
  /** Simulated networks answer as at its time when it is not the real one. */
  readonly clock: Clock;
}

function wireProviders(config: Config, { simulators, database, keyring, clock }: ProviderWiring): Providers {
  return createProviders((id) => {
    const simulatorOrigin = simulators?.originOf(id) ?? null;
    const fetch = createOutboundFetch({ timeoutMs: networkTimeoutMs, bytesMax: networkBytesMax, allowPrivate: simulatorOrigin !== null });
    return {
      clock, baseUrl: config.baseUrl, settings: config.networkSettings, simulatorOrigin,
      fetch: simulatorOrigin === null || clock === systemClock ? fetch : createTravellingFetch(fetch, clock),
      memory: createProviderMemory(id, { database, keyring, clock }),
    };
  });
}

/** What a worker runs, bound to its services; without a builder it makes no demos. */
export function createHandlers(services: Services, demo: ReturnType<typeof createDemoHandler> | null = null): JobHandler[] {
  return [
    ...(demo === null ? [] : [demo.handler]),
    handleJob(syncJob, async ({ payload, signal, isLastAttempt }) => {
      // The builder reads every account of its workspace itself, last of all at the present time.
      if (demo?.isBuilding(payload.workspaceId) === true) return;
      const ctx = await openSystemContext(services, payload.workspaceId, 'sync');
      if (ctx !== null) await syncAccount(ctx, { accountId: payload.accountId, kind: payload.kind, signal, isLastAttempt });
    }),
    handleJob(sweepJob, ({ signal }) => sweepLibraries(services, { openWorkspace: (id) => openSystemContext(services, id, 'sweep'), signal })),
    ...createImportHandlers((workspaceId, name) => openSystemContext(services, workspaceId, name)),
    ...createPostHandlers(services, (workspaceId, name) => openSystemContext(services, workspaceId, name)),
  ];
}

/** Looks every few seconds for what is due. Two schedulers at once do no harm. */
function startScheduler(services: Services, openWorkspace: OpenWorkspace): Cleanup {
  let isStopped = false;
  let timer: NodeJS.Timeout | null = null;
  let lastPurgeMs = 0;
  let lastReadingsMs = -Infinity;
  // Each worker looks when it starts.
  let lastZonesMs = performance.now();
  let lastSweepMs = -Infinity;
  let running: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      await enqueueDueSyncs(services, openWorkspace);
      if (performance.now() - lastReadingsMs > readingsEveryMs) {
        lastReadingsMs = performance.now();
        await enqueueDueReadings(services, openWorkspace);
      }
      if (performance.now() - lastPurgeMs > purgeEveryMs) {
        lastPurgeMs = performance.now();
        await purgeSessions(services);
        await sweepUploads(services);
        await enqueueDueSeries(services);
      }
      if (performance.now() - lastZonesMs > zonesEveryMs) {
        await enqueueZoneFollowing(services);
        lastZonesMs = performance.now();
      }
      if (performance.now() - lastSweepMs > sweepEveryMs) {
        lastSweepMs = performance.now();
        await enqueueSweep(services);
      }
    } catch (error) {
      services.log.warn({ error: error instanceof Error ? error.message : 'unknown' }, 'the scheduler could not look for due work');
    }
  };
  const tick = (): void => {
    running = look().finally(() => {
      if (!isStopped) timer = setTimeout(tick, schedulerEveryMs);
    });
  };
  tick();
  return async () => {
    isStopped = true;
    if (timer !== null) clearTimeout(timer);
    await running;
  };
}

async function startWeb(services: Services, webDirectory: string, cleanups: Cleanup[]): Promise<string> {
  const { config } = services;
  const limits = await startLimits<SessionInfo>({ config, database: services.database, log: services.log, userIdOf: ({ userId }) => userId });
  cleanups.push(() => limits.close());
  const server = createHttpServer<SessionInfo>({
    config: {
      baseUrl: config.baseUrl, allowedHosts: config.allowedHosts, corsOrigins: config.corsOrigins, trustedProxies: config.trustedProxies,
      staticDirectory: existsSync(join(webDirectory, 'index.html')) ? webDirectory : null,
    },
    routes: bindAll(services), log: services.log,
    secrets: { csrfKey: createHmac('sha256', services.secretKey).update('rookery csrf').digest() },
    authenticate: (token, purpose) => findSessionByToken(services, token, purpose), ...limits.options,
  });
  const { origin } = await server.listen(config.host, config.port);
  cleanups.push(() => server.close());
  return origin;
}

function bindAll(services: Services): BoundRoute<SessionInfo>[] {
  const asPublic = (call: Call<SessionInfo>): PublicContext => ({ ...services, facts: call.facts, session: call.session });
  const asUser = (call: Call<SessionInfo>): UserContext => {
    if (call.session === null) throw new AppError('not-signed-in');
    return { ...services, facts: call.facts, session: call.session, actor: { kind: 'user', id: call.session.userId, name: call.session.userName } };
  };
  const asMember = async (call: Call<SessionInfo>): Promise<WorkspaceContext> => {
    if (call.session === null) throw new AppError('not-signed-in');
    const ctx = await openMemberContext(asPublic(call), call.params['workspaceId'] ?? '');
    if (ctx === null) throw new AppError('not-found');
    const { access } = call.endpoint;
    if (access !== 'public' && access !== 'user') requirePermission(ctx, access);
    return ctx;
  };
  return [
    ...bindRoutes({ access: 'public', routes: publicRoutes, buildContext: async (call: Call<SessionInfo>) => asPublic(call) }),
    ...bindRoutes({ access: 'user', routes: userRoutes, buildContext: async (call: Call<SessionInfo>) => asUser(call) }),
    ...bindRoutes({ access: 'permission', routes: memberRoutes, buildContext: asMember }),
  ];
}

/** Ids of the operations that the web role serves. */
export function endpointsServed(): readonly string[] {
  return [...publicRoutes, ...userRoutes, ...memberRoutes].map(({ endpoint }) => endpoint.id);
}
