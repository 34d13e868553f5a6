import type { Role } from '@rookery/contract/permissions.ts';
import type { Actor, PublicContext, Services, SessionInfo, WorkspaceContext } from '../context.ts';
import { findMembership, findWorkspace, type WorkspaceRow } from './queries.ts';

interface Opening {
  readonly workspace: WorkspaceRow;
  readonly role: Role | null;
  readonly actor: Actor;
  readonly session: SessionInfo | null;
  readonly facts: WorkspaceContext['facts'];
}

function open(services: Services, opening: Opening): WorkspaceContext {
  const { workspace } = opening;
  return {
    ...services,
    facts: opening.facts, actor: opening.actor, session: opening.session, role: opening.role,
    workspace: { id: workspace.id, name: workspace.name, timeZone: workspace.time_zone, demo: workspace.demo },
    transaction: (work) => services.database.withWorkspace(workspace.id, work),
  };
}

/** The workspace as the signed-in user may act in it; null for nobody, a stranger, or a workspace that does not exist. */
export async function openMemberContext(ctx: PublicContext, workspaceId: string): Promise<WorkspaceContext | null> {
  const { session } = ctx;
  return session === null ? null : openContextOf(ctx, workspaceId, { id: session.userId, name: session.userName });
}

/** The workspace as one of its members may act in it, session or none; null where they are none, or where it does not exist. */
export async function openContextOf(ctx: PublicContext, workspaceId: string, user: { id: string; name: string }): Promise<WorkspaceContext | null> {
  const row = await ctx.database.withWorkspace(workspaceId, (db) => db.maybe(findMembership, [workspaceId, user.id]));
  if (row === null) return null;
  return open(ctx, { workspace: row, role: row.role, actor: { kind: 'user', ...user }, session: ctx.session, facts: ctx.facts });
}

/** The workspace as a job acts in it; null when it is gone. `name` says which job, in the audit trail. */
export async function openSystemContext(services: Services, workspaceId: string, name: string): Promise<WorkspaceContext | null> {
  const row = await services.database.withWorkspace(workspaceId, (db) => db.maybe(findWorkspace, [workspaceId]));
  if (row === null) return null;
  const facts = { id: `job:${name}`, ip: '', userAgent: '' };
  return open(services, { workspace: row, role: null, actor: { kind: 'system', id: null, name }, session: null, facts });
}
