import type { When } from '@rookery/contract/posts.ts';
import { resolveWallTime, wallTimeOf } from '@rookery/contract/wall-time.ts';
import type { Db } from '../../platform/db/database.ts';
import { invalidField, type AppError } from '../../platform/errors.ts';
import type { WorkspaceContext } from '../context.ts';
import { takeSlot } from '../slots/index.ts';
import { standardTimes } from './publish/times.ts';

/** When a post goes out, as it is stored. `dueAt` null: a draft, with the time it is meant for or none. */
export interface Plan {
  readonly wallTime: string | null;
  readonly zone: string | null;
  readonly occurrence: 'first' | 'second' | null;
  readonly dueAt: Date | null;
  readonly priority: number;
}

export const urgentPriority = 9;
export const plannedPriority = 7;
export const yearsAheadMax = 5;
/** A time that has just passed while somebody was typing still counts. */
const graceMs = 60_000;

/**
 * When a post is to go out, decided in the transaction that stores it. `when.kind` `slot` gives it the next free slot of its accounts,
 * and needs `holdSlots` before it. Throws 422 where there is none, and as `readWhen` does.
 */
export async function planWhen(db: Db, ctx: WorkspaceContext, when: When, post: { id: string; accountIds: readonly string[] }): Promise<Plan> {
  if (when.kind !== 'slot') return readWhen(ctx, when);
  const { wallTime, zone, occurrence, at } = await takeSlot(db, ctx, post);
  return { wallTime, zone, occurrence, dueAt: at, priority: plannedPriority };
}

/** What is due earlier may be in a worker's hands before something that is being decided now has been. */
export function aheadOf(ctx: WorkspaceContext): Date {
  return new Date(ctx.clock.now().getTime() + standardTimes.leaseSeconds * 1000);
}

/** Reads when a post is to go out. Throws 422 for hours that don't exist, come twice, have passed or lie too far ahead. */
export function readWhen(ctx: WorkspaceContext, when: Exclude<When, { kind: 'slot' }>): Plan {
  if (when.kind === 'draft') return readMeant(ctx, when);
  const now = ctx.clock.now();
  if (when.kind === 'now') {
    const zone = ctx.workspace.timeZone;
    return { wallTime: wallTimeOf(now, zone), zone, occurrence: null, dueAt: now, priority: urgentPriority };
  }
  const { wallTime, zone, occurrence } = when;
  const dueAt = resolve(wallTime, zone, occurrence);
  if (dueAt.getTime() < now.getTime() - graceMs) throw invalidField('/when/wallTime', 'past', 'This time has passed. Choose a later one, or publish now.');
  if (dueAt.getTime() > now.getTime() + yearsAheadMax * 366 * 86_400_000) {
    throw invalidField('/when/wallTime', 'too-far', `This is more than ${yearsAheadMax} years ahead. Choose an earlier time.`);
  }
  return { wallTime, zone, occurrence: occurrence ?? null, dueAt, priority: plannedPriority };
}

/** The time that a draft is meant for may have passed, or not be on that day at all: whoever schedules it chooses then. */
function readMeant(ctx: WorkspaceContext, { wallTime, zone = ctx.workspace.timeZone, occurrence }: Extract<When, { kind: 'draft' }>): Plan {
  if (wallTime === undefined) return { wallTime: null, zone: null, occurrence: null, dueAt: null, priority: plannedPriority };
  const resolved = resolveWallTime(wallTime, zone, occurrence);
  if (resolved.kind === 'invalid') throw unknownTime(resolved.what);
  return { wallTime, zone, occurrence: occurrence ?? null, dueAt: null, priority: plannedPriority };
}

function unknownTime(what: 'zone' | 'time'): AppError {
  return what === 'zone'
    ? invalidField('/when/zone', 'zone', 'This is not a time zone that we know. Choose one of the list.')
    : invalidField('/when/wallTime', 'time', 'This is not a day and time of the calendar.');
}

/** Says that a post goes out at another time than was asked for, as there is no such time on that day. */
export function describeSkipped(wallTime: string, zone: string, { from, to }: { readonly from: string; readonly to: string }): string {
  const isSameDay = to.slice(0, 10) === wallTime.slice(0, 10);
  const next = isSameDay ? to.slice(11) : `${to.slice(11)} on ${to.slice(0, 10)}`;
  return `Clocks in ${zone} go from ${from.slice(11)} to ${next} on this day: there is no ${wallTime.slice(11)}, so it goes out at ${next}.`;
}

function resolve(wallTime: string, zone: string, occurrence: 'first' | 'second' | undefined): Date {
  const resolved = resolveWallTime(wallTime, zone, occurrence);
  switch (resolved.kind) {
    case 'instant':
      return resolved.at;
    case 'skipped':
      throw invalidField('/when/wallTime', 'skipped',
        `There is no ${wallTime.slice(11)} on this day: clocks go from ${resolved.from.slice(11)} to ${resolved.to.slice(11)}. Choose ${resolved.before.wallTime.slice(11)} or ${resolved.after.wallTime.slice(11)}.`);
    case 'ambiguous':
      throw invalidField('/when/occurrence', 'ambiguous', `Clocks are set back on this day, and ${wallTime.slice(11)} comes twice. Say which: the first or the second.`);
    case 'invalid':
      throw unknownTime(resolved.what);
  }
}
