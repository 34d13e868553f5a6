import { Alarm } from '../../../platform/alarm.ts';
import type { Services, WorkspaceContext } from '../../context.ts';
import { urgentPriority } from '../time.ts';
import { listReady, nextDue } from './queries.ts';
import { standardTimes, type PublishTimes } from './times.ts';
import { workOnTarget } from './work.ts';

/** Verbs call on this channel when something is to go out at once. */
const wakeChannel = 'rookery_publish';
/** Targets at once in one process, which wait for networks nearly all of the time … */
export const concurrencyStandard = 16;
/** … of which this many are kept free for what a person waits for. */
const reservedForUrgent = 3;
/** While a person waits, no more than this many others are begun beside it: they would share its processor and its database. */
const besideUrgent = 4;
/** Longest sleep: what was planned meanwhile without a call is seen by then. */
const pollMs = 1000;
const sleepMinMs = 20;
const busyPollMs = 200;
const stopGraceMs = 25_000;
const rememberMs = 5000;
const rememberedMax = 1000;

export interface PublisherOptions {
  readonly services: Services;
  readonly openWorkspace: (workspaceId: string) => Promise<WorkspaceContext | null>;
  readonly times?: PublishTimes;
  readonly concurrency?: number;
}

interface Ready {
  readonly workspace_id: string;
  readonly id: string;
  readonly priority: number;
}

interface Running {
  readonly isUrgent: boolean;
  readonly done: Promise<void>;
}

/**
 * Sends what is due, most urgent first, for as long as this process works. Any number of processes may do so at once: the row in
 * the database says whose a target is. Answers how to stop: no more is taken, what is on its way gets 25 s.
 * No permission: the worker itself.
 */
export async function startPublisher(options: PublisherOptions): Promise<{ stop: () => Promise<void> }> {
  const { services, concurrency = concurrencyStandard } = options;
  const abort = new AbortController();
  const alarm = new Alarm();
  const running = new Map<string, Running>();
  let isStopped = false;
  const stopListening = await services.database.listen(wakeChannel, () => alarm.ring());
  const remembering = { ...options, openWorkspace: rememberWorkspaces(options.openWorkspace) };
  const begin = (row: Ready): void => {
    const done = workOnRow(row, remembering, abort.signal).finally(() => {
      running.delete(row.id);
      alarm.ring();
    });
    running.set(row.id, { isUrgent: row.priority >= urgentPriority, done });
  };
  const loop = async (): Promise<void> => {
    while (!isStopped) {
      alarm.reset();
      try {
        for (const row of await chooseNext(services, running, concurrency)) begin(row);
        // Whatever ends rings the alarm.
        await alarm.sleep(running.size > 0 ? busyPollMs : await untilDue(services));
      } catch (error) {
        services.log.warn({ error: error instanceof Error ? error.message : 'unknown' }, 'the publisher could not look for due posts');
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    }
  };
  const looping = loop();
  return {
    stop: async () => {
      isStopped = true;
      alarm.ring();
      await looping;
      await stopListening();
      const cut = setTimeout(() => abort.abort(), stopGraceMs);
      await Promise.all([...running.values()].map(({ done }) => done));
      clearTimeout(cut);
    },
  };
}

/** Many posts of one workspace go out together: it is read once in a while and not for each of them. */
function rememberWorkspaces(open: PublisherOptions['openWorkspace']): PublisherOptions['openWorkspace'] {
  const known = new Map<string, { readonly ctx: Promise<WorkspaceContext | null>; readonly untilMs: number }>();
  return (workspaceId) => {
    const found = known.get(workspaceId);
    if (found !== undefined && performance.now() < found.untilMs) return found.ctx;
    if (known.size >= rememberedMax) known.clear();
    const ctx = open(workspaceId);
    known.set(workspaceId, { ctx, untilMs: performance.now() + rememberMs });
    ctx.catch(() => known.delete(workspaceId));
    return ctx;
  };
}

async function workOnRow(row: Ready, { services, openWorkspace, times = standardTimes }: PublisherOptions, signal: AbortSignal): Promise<void> {
  try {
    const ctx = await openWorkspace(row.workspace_id);
    if (ctx !== null) await workOnTarget(ctx, row.id, { times, signal });
  } catch (error) {
    // The row keeps its lease and is taken up again when that is over.
    services.log.warn({ workspaceId: row.workspace_id, targetId: row.id, error: error instanceof Error ? error.message : 'unknown' }, 'work on a post broke off');
  }
}

/** How many of what nobody waits for may be under way, now that so many urgent ones are. */
export function roomForOrdinary(concurrency: number, urgentCount: number): number {
  return urgentCount === 0 ? concurrency - reservedForUrgent : Math.min(besideUrgent, concurrency - reservedForUrgent);
}

/** What to begin now: as many as there is room for, urgent ones before all others and into the room that is kept for them. */
async function chooseNext(services: Services, running: ReadonlyMap<string, Running>, concurrency: number): Promise<readonly Ready[]> {
  const free = concurrency - running.size;
  if (free <= 0) return [];
  const urgentRunning = [...running.values()].filter(({ isUrgent }) => isUrgent).length;
  const ordinaryRunning = running.size - urgentRunning;
  const isFull = ordinaryRunning >= roomForOrdinary(concurrency, urgentRunning);
  const ready = await services.database.withScope({}, (db) => db.many(listReady, [isFull ? urgentPriority : 0, concurrency * 4]));
  // In a random order within one priority: several workers meet less often.
  const candidates = ready.filter(({ id }) => !running.has(id)).map((row) => ({ row, order: Math.random() - row.priority * 2 }))
    .sort((a, b) => a.order - b.order).map(({ row }) => row);
  const urgent = candidates.filter(({ priority }) => priority >= urgentPriority).slice(0, free);
  const room = Math.max(0, roomForOrdinary(concurrency, urgentRunning + urgent.length) - ordinaryRunning);
  const others = candidates.filter(({ priority }) => priority < urgentPriority).slice(0, Math.min(room, free - urgent.length));
  return [...urgent, ...others];
}

/** Milliseconds until something is due, at most the longest sleep. */
async function untilDue(services: Services): Promise<number> {
  const { wait_ms } = await services.database.withScope({}, (db) => db.one(nextDue));
  return Math.min(pollMs, Math.max(sleepMinMs, wait_ms ?? pollMs));
}
