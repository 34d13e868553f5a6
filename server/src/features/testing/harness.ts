import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createDiskBlobs } from '../../platform/blobs/disk-blobs.ts';
import { createManualClock, systemClock, type Clock, type ManualClock } from '../../platform/clock.ts';
import { loadConfig } from '../../platform/config/config.ts';
import { generateFernetKey } from '../../platform/crypto/fernet.ts';
import { createKeyring } from '../../platform/crypto/keyring.ts';
import { createEvents } from '../../platform/events.ts';
import { createJobEngine } from '../../platform/jobs/engine.ts';
import { silentLogger, type Logger } from '../../platform/observability/logger.ts';
import { createOutboundFetch } from '../../platform/outbound/fetch.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/database.ts';
import { createProviders, type Providers } from '../../providers/registry.ts';
import { driveConsent } from '../../providers/simulation/drive-consent.ts';
import type { RunningSimulator } from '../../providers/simulation/world.ts';
import { startSimulators, type RunningSimulators } from '../../providers/simulators.ts';
import { beginConnect, completeConnect } from '../accounts/connect.ts';
import { createProviderMemory } from '../accounts/memory.ts';
import { syncJob } from '../audience/index.ts';
import { addUser, createSession } from '../auth/index.ts';
import type { PublicContext, Services, WorkspaceContext } from '../context.ts';
import { importJobs } from '../imports/index.ts';
import { postJobs } from '../posts/index.ts';
import { addWorkspace, openMemberContext, openSystemContext } from '../workspaces/index.ts';

const networkTimeoutMs = 10_000;
const networkBytesMax = 8_000_000;
const facts = { id: 'test', ip: '192.0.2.7', userAgent: 'test browser' };

/** The product as `app.ts` wires it, on a database of its own, with simulated networks and a clock that is moved by hand. */
export interface Harness {
  readonly database: TestDatabase;
  readonly clock: ManualClock;
  readonly services: Services;
  /** What the stored grants are encrypted with: for another process on the same database. */
  readonly encryptionKey: string;
  /** The owner of a workspace, signed in. */
  readonly owner: WorkspaceContext;
  /** The owner of another workspace, who must see nothing of the first. */
  readonly stranger: WorkspaceContext;
  /** The owner's workspace as jobs act in it, under the worker's database role. */
  readonly worker: WorkspaceContext;
  simulator(network: string): RunningSimulator;
  /** Connects a simulated X account by consent and answers our id of it. `account` is its handle there. */
  connectX(account?: string, ctx?: WorkspaceContext): Promise<string>;
  /** One more user with a workspace of their own. */
  addOwner(name: string): Promise<WorkspaceContext>;
}

export interface HarnessOptions {
  /** Ids of the networks to simulate; X alone by default. */
  readonly networks?: readonly string[];
  /** Takes what the product logs. */
  readonly log?: Logger;
  /** For tests with other processes. */
  readonly isRealTime?: boolean;
  /** Settings by name, over the harness's own. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Ends with the test file. */
export async function createHarness(options: HarnessOptions = {}): Promise<Harness> {
  const database = await createTestDatabase({ jobs: [syncJob, ...importJobs, ...postJobs] });
  const clock = options.isRealTime === true ? realTime : createManualClock(new Date('2026-11-24T12:00:00Z'));
  const simulators = await startSimulators({ clock, dataDirectory: null, basePort: 0, which: options.networks ?? ['x'] });
  database.beforeEnd(() => simulators.close());
  const encryptionKey = generateFernetKey();
  const services = await wireServices({ database, clock, simulators, encryptionKey, log: options.log ?? silentLogger, settings: options.settings ?? {} });
  const addOwner = (name: string): Promise<WorkspaceContext> => addOwnerTo(services, name);
  const owner = await addOwner('Ada Owner');
  const worker = required(await openSystemContext({ ...services, database: database.worker }, owner.workspace.id, 'sync'), 'worker context');
  return {
    database, clock, services, encryptionKey, owner, worker, addOwner,
    stranger: await addOwner('Eve Stranger'),
    simulator: (network) => required(simulators.get(network), network),
    connectX: (account = 'tidewatercoop', ctx = owner) => connectByConsent(ctx, { network: 'x', account }),
  };
}

const realTime: ManualClock = { now: () => systemClock.now(), set: refuseToMove, advance: refuseToMove };

function refuseToMove(): never {
  throw new Error('this harness runs in real time');
}

interface ServiceParts {
  readonly database: TestDatabase;
  readonly clock: ManualClock;
  readonly simulators: RunningSimulators;
  readonly encryptionKey: string;
  readonly log: Logger;
  readonly settings: Readonly<Record<string, string>>;
}

async function wireServices({ database, clock, simulators, encryptionKey, log, settings }: ServiceParts): Promise<Services> {
  const keyring = createKeyring([encryptionKey], clock);
  const events = await createEvents(database.app);
  database.beforeEnd(() => events.close());
  const jobs = await createJobEngine({ connection: database.connection('rookery_worker'), log, isWorker: false });
  database.beforeEnd(() => jobs.stop());
  const config = loadConfig({ BASE_URL: 'http://127.0.0.1:8390', LOG_LEVEL: 'silent', ...settings });
  const { baseUrl } = config;
  const providers = buildProviders({ baseUrl, clock, originOf: (id) => simulators.originOf(id), memoryOf: (id) =>
    createProviderMemory(id, { database: database.app, keyring, clock }) });
  const simulated = providers.list().map(({ manifest }) => manifest.id).filter((id) => simulators.originOf(id) !== null);
  return {
    config, database: database.app, blobs: createDiskBlobs(join(config.dataDirectory, 'blobs')), jobs, events, providers, keyring, clock,
    simulatedNetworks: new Set(simulated), secretKey: randomBytes(48).toString('base64url'), log, version: '0.0.0', setupToken: null,
  };
}

interface ProviderParts {
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly originOf: (id: string) => string | null;
  readonly memoryOf: (id: string) => ReturnType<typeof createProviderMemory>;
}

/** Every network of the registry; those without a simulator stay unconfigured. */
export function buildProviders({ baseUrl, clock, originOf, memoryOf }: ProviderParts): Providers {
  const fetch = createOutboundFetch({ timeoutMs: networkTimeoutMs, bytesMax: networkBytesMax, allowPrivate: true });
  return createProviders((id) => ({ clock, baseUrl, settings: {}, simulatorOrigin: originOf(id), fetch, memory: memoryOf(id) }));
}

async function addOwnerTo(services: Services, name: string): Promise<WorkspaceContext> {
  const visitor: PublicContext = { ...services, facts, session: null };
  const email = `${randomBytes(6).toString('hex')}@example.org`;
  const { userId, session } = await services.database.withScope({}, async (db) => {
    // Nobody signs in with it: hashing a password is slow, and another test's business.
    const id = required(await addUser(db, visitor, { email, name, passwordHash: 'none' }), 'user');
    return { userId: id, session: await createSession(db, visitor, id) };
  });
  const workspaceId = await addWorkspace(visitor, { name: `${name}'s`, timeZone: 'Europe/Berlin', demo: false, owner: { id: userId, name } });
  const signedIn: PublicContext = { ...visitor, session: { id: session.id, userId, userName: name } };
  return required(await openMemberContext(signedIn, workspaceId), 'member context');
}

/** Begins consent, answers the network's page as a browser would, and follows the way back. Answers our account id. */
export async function connectByConsent(ctx: WorkspaceContext, choice: { network: string; account: string; accountId?: string }): Promise<string> {
  const { network, account, accountId } = choice;
  const { authorizeUrl } = await beginConnect(ctx, { network, ...(accountId === undefined ? {} : { accountId }) });
  const back = await driveConsent(authorizeUrl, { account });
  const { redirectTo } = await completeConnect(ctx, { params: { network }, query: Object.fromEntries(back.searchParams) });
  const id = /^\/accounts\/([0-9a-f-]{36})\?connected=1$/.exec(redirectTo)?.[1];
  return required(id ?? null, `account, but was sent to ${redirectTo}`);
}

function required<Value>(value: Value | null, what: string): Value {
  if (value === null) throw new Error(`the harness got no ${what}`);
  return value;
}

