import { randomUUID } from 'node:crypto';
import type { Static } from '@rookery/contract/schema.ts';
import { wallTimeOf } from '@rookery/contract/wall-time.ts';
import { createManualClock, type Clock, type ManualClock } from '../../platform/clock.ts';
import { handleJob, type JobHandler } from '../../platform/jobs/definition.ts';
import { driveConsent } from '../../providers/simulation/drive-consent.ts';
import { createTravellingFetch } from '../../providers/simulation/time-travel.ts';
import { beginConnect, completeConnect, listAccountRows, type AccountRow } from '../accounts/index.ts';
import { syncAccount } from '../audience/index.ts';
import { findUser } from '../auth/index.ts';
import type { Services, WorkspaceContext } from '../context.ts';
import { standardTimes, workOnTarget, writePost } from '../posts/index.ts';
import { openMemberContext, openSystemContext } from '../workspaces/index.ts';
import { cast, dayMs, historyDays, startOfHistory, type CastMember } from './cast.ts';
import { demoJob } from './jobs.ts';
import { drafts, planned, published, type DemoPost } from './texts.ts';

interface DemoParts {
  /** With the web's role in the database: what a person does. */
  readonly web: Services;
  /** With the worker's. */
  readonly worker: Services;
  /** The same services at the time of another clock; simulated networks answer as they would have then. */
  servicesAt(services: Services, clock: Clock): Services;
}

/** The builder of demos. While it works in a workspace nobody else should: there it is still the past. */
export function createDemoHandler(parts: DemoParts): { readonly handler: JobHandler; isBuilding(workspaceId: string): boolean } {
  const building = new Set<string>();
  const handler = handleJob(demoJob, async ({ payload, signal }) => {
    building.add(payload.workspaceId);
    const startedMs = performance.now();
    try {
      await build(parts, payload, signal);
      parts.worker.log.info({ workspaceId: payload.workspaceId, seconds: Math.round((performance.now() - startedMs) / 1000) }, 'a demo was built');
    } finally {
      building.delete(payload.workspaceId);
    }
  });
  return { handler, isBuilding: (workspaceId) => building.has(workspaceId) };
}

interface Stage {
  readonly clock: ManualClock;
  /** The owner, then. */
  readonly owner: WorkspaceContext;
  /** The owner, now. */
  readonly ownerNow: WorkspaceContext;
  readonly syncing: WorkspaceContext;
  readonly publishing: WorkspaceContext;
  readonly signal: AbortSignal;
}

const hourMs = 3600_000;
const minuteMs = 60_000;
const facts = { id: 'job:demo', ip: '', userAgent: '' };

/**
 * Makes the history by living through it: every account is connected, read every day and posted from by the same code as ever,
 * at the time that each day has. Nothing is inserted.
 */
async function build(parts: DemoParts, payload: Static<typeof demoJob.payload>, signal: AbortSignal): Promise<void> {
  const stage = await openStage(parts, payload, signal);
  if (stage === null) return;
  const { clock, owner, ownerNow } = stage;
  const end = ownerNow.clock.now().getTime() - hourMs;
  const accounts = await connectAll(stage);
  const start = clock.now().getTime();
  const posts = [...published];
  for (let day = 0; day <= historyDays; day += 1) {
    const morning = start + day * dayMs + hourMs + jitter(day, 1) * 2 * hourMs;
    const afternoon = morning + 3 * hourMs + jitter(day, 2) * 6 * hourMs;
    if (morning < end) await readAll(stage, accounts, new Date(morning));
    const post = afternoon < end && hasPost(day) ? posts.shift() : undefined;
    if (post === undefined) continue;
    clock.set(new Date(afternoon));
    await publish(stage, accounts, post);
  }
  await readAll(stage, accounts, ownerNow.clock.now());
  for (const [index, post] of planned.entries()) {
    const due = ownerNow.clock.now().getTime() + (index + 1) * 2 * dayMs + jitter(index, 3) * 5 * hourMs;
    await writePost(ownerNow, { ...bodyOf(post, accounts), when: { kind: 'at', wallTime: wallTimeOf(new Date(due), owner.workspace.timeZone), zone: owner.workspace.timeZone } });
  }
  for (const post of drafts) await writePost(ownerNow, { ...bodyOf(post, accounts), when: { kind: 'draft' } });
}

async function openStage(parts: DemoParts, { workspaceId, userId, sessionId }: Static<typeof demoJob.payload>, signal: AbortSignal): Promise<Stage | null> {
  const { web, worker } = parts;
  const clock = createManualClock(startOfHistory(web.clock.now()));
  const past = parts.servicesAt(web, clock);
  const pastWorker: Services = { ...past, database: worker.database };
  const user = await web.database.withScope({}, (db) => findUser(db, userId));
  if (user === null) return null;
  const session = { id: sessionId, userId, userName: user.name };
  const [owner, ownerNow, syncing, publishing] = await Promise.all([
    openMemberContext({ ...past, facts, session }, workspaceId), openMemberContext({ ...web, facts, session }, workspaceId),
    openSystemContext(pastWorker, workspaceId, 'sync'), openSystemContext(pastWorker, workspaceId, 'publish'),
  ]);
  if (owner === null || ownerNow === null || syncing === null || publishing === null) return null;
  const known = await owner.transaction((db) => listAccountRows(db, owner));
  return known.length > 0 ? null : { clock, owner, ownerNow, syncing, publishing, signal };
}

async function connectAll(stage: Stage): Promise<readonly AccountRow[]> {
  const { owner, clock, signal } = stage;
  for (const member of cast.filter(({ network }) => owner.simulatedNetworks.has(network))) {
    signal.throwIfAborted();
    clock.advance(2 * minuteMs);
    await connect(stage, member);
  }
  return owner.transaction((db) => listAccountRows(db, owner));
}

/** As in a browser: consent begins here, is given on the network's page, and ends here. */
async function connect({ owner, clock }: Stage, { network, handle }: CastMember): Promise<void> {
  const { authorizeUrl } = await beginConnect(owner, { network });
  const back = await driveConsent(authorizeUrl, { account: handle, fetch: createTravellingFetch(globalThis.fetch, clock) });
  const { redirectTo } = await completeConnect(owner, { params: { network }, query: Object.fromEntries(back.searchParams) });
  if (!redirectTo.includes('?connected=1')) throw new Error(`the simulated network ${network} could not be connected: ${redirectTo}`);
}

/** Reads every account at this time. All at once: while the database writes for one, the network can answer another. */
async function readAll({ clock, syncing, signal }: Stage, accounts: readonly AccountRow[], at: Date): Promise<void> {
  signal.throwIfAborted();
  clock.set(at);
  await Promise.all(accounts.map(({ id }) => syncAccount(syncing, { accountId: id, kind: 'full', signal, isLastAttempt: true })));
}

async function publish({ owner, publishing, signal }: Stage, accounts: readonly AccountRow[], post: DemoPost): Promise<void> {
  signal.throwIfAborted();
  const written = await writePost(owner, { ...bodyOf(post, accounts), when: { kind: 'now' } });
  for (const { id } of written.post.targets) await workOnTarget(publishing, id, { times: standardTimes, signal });
}

function bodyOf(post: DemoPost, accounts: readonly AccountRow[]) {
  const targets = accounts.filter(({ network }) => post.networks.includes(network)).map(({ id }) => ({ accountId: id, content: null }));
  return {
    requestKey: randomUUID(), labels: [...post.labels], targets, allowDuplicate: true,
    content: { parts: post.texts.map((text) => ({ text, media: [] })), firstComment: null },
  };
}

/** About twice in nine days, on other days of the week each time. */
function hasPost(day: number): boolean {
  return day % 9 === 3 || day % 9 === 8;
}

/** 0 to 1, the same for the same day. */
function jitter(day: number, salt: number): number {
  return Math.abs(Math.sin(day * 12.9898 + salt * 78.233) * 43_758.5453) % 1;
}
