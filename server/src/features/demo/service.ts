import type { createDemo } from '@rookery/contract/demo.ts';
import type { ReplyOf } from '@rookery/contract/endpoint.ts';
import { createManualClock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { listAccountRows } from '../accounts/index.ts';
import type { UserContext } from '../context.ts';
import { addWorkspace, listOwnWorkspaces, openMemberContext } from '../workspaces/index.ts';
import { cast, startOfHistory, workspaceName } from './cast.ts';
import { demoJob } from './jobs.ts';

/** Demos that are being opened, by user: two clicks at once get the same one. Simulated networks live in one process, and so does this. */
const opening = new Map<string, Promise<string>>();

/**
 * Opens the user's demo workspace and has its history made. Somebody who has one gets that one.
 * No permission: every user may; it is their own. No audit: `addWorkspace` writes it.
 */
export async function openDemo(ctx: UserContext): Promise<ReplyOf<typeof createDemo>> {
  if (!cast.some(({ network }) => isWithFollowers(ctx, network))) {
    throw new AppError('network-not-configured', 'A demo needs simulated networks, and this server has none. Simulation is on by default outside production.');
  }
  const { userId } = ctx.session;
  const under = opening.get(userId) ?? findOrBegin(ctx).finally(() => opening.delete(userId));
  opening.set(userId, under);
  return { workspaceId: await under };
}

function isWithFollowers(ctx: UserContext, network: string): boolean {
  return ctx.simulatedNetworks.has(network) && (ctx.providers.get(network)?.manifest.followers ?? null) !== null;
}

async function findOrBegin(ctx: UserContext): Promise<string> {
  const { session } = ctx;
  const workspaces = await listOwnWorkspaces(ctx);
  // The days of the charts begin where this person lives, as far as we know.
  const timeZone = workspaces.find(({ demo }) => !demo)?.time_zone ?? 'UTC';
  const born = { ...ctx, clock: createManualClock(startOfHistory(ctx.clock.now())) };
  const workspaceId = workspaces.find(({ demo, role }) => demo && role === 'owner')?.id
    ?? (await addWorkspace(born, { name: workspaceName, timeZone, demo: true, owner: { id: session.userId, name: session.userName } }));
  const member = await openMemberContext(ctx, workspaceId);
  await member?.transaction(async (db) => {
    // A build that ended before it had connected anything may begin again.
    if ((await listAccountRows(db, member)).length > 0) return;
    await ctx.jobs.enqueue(db, demoJob, { workspaceId, userId: session.userId, sessionId: session.id }, { key: workspaceId });
  });
  return workspaceId;
}
