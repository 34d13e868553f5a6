import { randomBytes } from 'node:crypto';
import type { BodyOf, ParamsOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type {
  acceptInvitation, createInvitation, createWorkspace, Invitation, listInvitations, listMembers, Member, readInvitation, revokeInvitation, updateMember,
  updateWorkspace, Workspace,
} from '@rookery/contract/team.ts';
import type { Role } from '@rookery/contract/permissions.ts';
import { hashToken } from '../../platform/crypto/hash-token.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { isTimeZone } from '../../platform/zoned-days.ts';
import { recordAudit } from '../audit/index.ts';
import { emailKeyOf, findUser, requireEmail } from '../auth/index.ts';
import { requirePermission, type PublicContext, type UserContext, type WorkspaceContext } from '../context.ts';
import {
  acceptInvitationRow, deleteMember, findInvitationByToken, findMemberRow, findMembership, findWorkspace, insertInvitation, insertMember,
  insertWorkspace, listInvitationRows, listMemberRows, listMemberships, lockOwners, replaceInvitations, revokeInvitationRow, updateRole, updateWorkspaceRow,
  type InvitationRow, type MemberRow, type MembershipRow, type WorkspaceRow,
} from './queries.ts';

const invitationDays = 7;
const tokenBytes = 32;
const dayMs = 86_400_000;

function toWorkspace(row: WorkspaceRow, role: Role): Workspace {
  return { id: row.id, name: row.name, timeZone: row.time_zone, demo: row.demo, createdAt: row.created_at.toISOString(), role, requiresApproval: row.requires_approval };
}

function toMember(row: MemberRow): Member {
  return {
    userId: row.user_id, name: row.name, email: row.email, role: row.role, joinedAt: row.joined_at.toISOString(),
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
  };
}

function toInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id, email: row.email, role: row.role, invitedBy: row.invited_by_name, createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}

export function requireTimeZone(zone: string): string {
  if (!isTimeZone(zone)) throw invalidField('/timeZone', 'time-zone', 'Choose a time zone from the list, as Europe/Berlin.');
  return zone;
}

export interface NewWorkspace {
  readonly name: string;
  readonly timeZone: string;
  readonly demo: boolean;
  readonly owner: { readonly id: string; readonly name: string };
}

/** A workspace with its first owner, in one transaction of the new workspace's scope. Answers its id. */
export async function addWorkspace(ctx: PublicContext, workspace: NewWorkspace): Promise<string> {
  const now = ctx.clock.now();
  const id = createId(now.getTime());
  await ctx.database.withWorkspace(id, async (db) => {
    await db.run(insertWorkspace, [id, workspace.name.trim(), workspace.timeZone, workspace.demo, now]);
    await db.run(insertMember, [id, workspace.owner.id, 'owner', now]);
    const source = { ...ctx, actor: { kind: 'user', id: workspace.owner.id, name: workspace.owner.name } as const, workspace: { id } };
    await recordAudit(db, source, { action: workspace.demo ? 'demo:create' : 'workspace:create', entity: { type: 'workspace', id, name: workspace.name } });
  });
  return id;
}

/** The workspaces that the user is a member of, with their role in each; the oldest first, a demo last. */
export async function listOwnWorkspaces(ctx: UserContext): Promise<readonly MembershipRow[]> {
  const { userId } = ctx.session;
  return ctx.database.withScope({ userId }, (db) => db.many(listMemberships, [userId]));
}

export async function createOwnWorkspace(ctx: UserContext, body: BodyOf<typeof createWorkspace>): Promise<ReplyOf<typeof createWorkspace>> {
  const name = requireText(body.name, '/name', 'Give the workspace a name.');
  const owner = { id: ctx.session.userId, name: ctx.session.userName };
  const id = await addWorkspace(ctx, { name, timeZone: requireTimeZone(body.timeZone), demo: false, owner });
  const row = await ctx.database.withWorkspace(id, (db) => db.one(findWorkspace, [id]));
  return { workspace: toWorkspace(row, 'owner') };
}

function requireText(text: string, pointer: string, message: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw invalidField(pointer, 'empty', message);
  return trimmed;
}

export async function readWorkspace(ctx: WorkspaceContext): Promise<{ workspace: Workspace }> {
  requirePermission(ctx, 'workspace:read');
  const row = await ctx.transaction((db) => db.one(findWorkspace, [ctx.workspace.id]));
  return { workspace: toWorkspace(row, ctx.role ?? 'owner') };
}

export async function changeWorkspace(ctx: WorkspaceContext, body: BodyOf<typeof updateWorkspace>): Promise<{ workspace: Workspace }> {
  requirePermission(ctx, 'workspace:manage');
  const name = body.name === undefined ? null : requireText(body.name, '/name', 'Give the workspace a name.');
  const zone = body.timeZone === undefined ? null : requireTimeZone(body.timeZone);
  return ctx.transaction(async (db) => {
    const row = await db.one(updateWorkspaceRow, [ctx.workspace.id, name, zone, body.requiresApproval ?? null]);
    const isRuleOnly = body.requiresApproval !== undefined && name === null && zone === null;
    if (!isRuleOnly) await recordAudit(db, ctx, {
      action: 'workspace:change', entity: { type: 'workspace', id: row.id, name: row.name }, metadata: { renamed: name !== null, timeZone: row.time_zone },
    });
    if (body.requiresApproval !== undefined) {
      await recordAudit(db, ctx, {
        action: 'workspace:approval-rule', entity: { type: 'workspace', id: row.id, name: row.name }, metadata: { requiresApproval: row.requires_approval },
      });
    }
    await tellTeam(db, ctx, 'workspace');
    return { workspace: toWorkspace(row, ctx.role ?? 'owner') };
  });
}

async function tellTeam(db: Db, ctx: WorkspaceContext, topic: 'team' | 'workspace'): Promise<void> {
  await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic, id: '', progress: 0 });
}

export async function readMembers(ctx: WorkspaceContext): Promise<ReplyOf<typeof listMembers>> {
  requirePermission(ctx, 'members:read');
  const rows = await ctx.transaction((db) => db.many(listMemberRows, [ctx.workspace.id]));
  return { members: rows.map(toMember) };
}

async function requireMember(db: Db, ctx: WorkspaceContext, userId: string): Promise<MemberRow> {
  const row = await db.maybe(findMemberRow, [ctx.workspace.id, userId]);
  if (row === null) throw new AppError('not-found', 'This person is not in the team.');
  return row;
}

/** An owner's role can be given and taken by owners alone, and the last owner stays. */
async function guardOwners(db: Db, ctx: WorkspaceContext, change: { from: Role; to: Role | null }): Promise<void> {
  if (change.from !== 'owner' && change.to !== 'owner') return;
  requirePermission(ctx, 'owners:manage');
  if (change.from !== 'owner' || change.to === 'owner') return;
  const owners = await db.many(lockOwners, [ctx.workspace.id]);
  if (owners.length <= 1) throw new AppError('last-owner', 'A workspace needs at least one owner. Make somebody else an owner first.');
}

export async function changeRole(
  ctx: WorkspaceContext, input: { params: ParamsOf<typeof updateMember>; body: BodyOf<typeof updateMember> },
): Promise<ReplyOf<typeof updateMember>> {
  requirePermission(ctx, 'members:manage');
  return ctx.transaction(async (db) => {
    const before = await requireMember(db, ctx, input.params.userId);
    await guardOwners(db, ctx, { from: before.role, to: input.body.role });
    await db.run(updateRole, [ctx.workspace.id, before.user_id, input.body.role]);
    await recordAudit(db, ctx, {
      action: 'member:role-change', entity: { type: 'user', id: before.user_id, name: before.name }, metadata: { from: before.role, to: input.body.role },
    });
    await tellTeam(db, ctx, 'team');
    return { member: toMember({ ...before, role: input.body.role }) };
  });
}

/** Removes somebody, or oneself. */
export async function removeFromTeam(ctx: WorkspaceContext, userId: string): Promise<{ ok: true }> {
  requirePermission(ctx, ctx.actor.id === userId ? 'members:read' : 'members:manage');
  return ctx.transaction(async (db) => {
    const before = await requireMember(db, ctx, userId);
    if (before.role === 'owner') await guardOwners(db, ctx, { from: 'owner', to: null });
    await db.run(deleteMember, [ctx.workspace.id, userId]);
    await recordAudit(db, ctx, { action: 'member:remove', entity: { type: 'user', id: userId, name: before.name }, metadata: { role: before.role } });
    await tellTeam(db, ctx, 'team');
    return { ok: true };
  });
}

export async function readInvitations(ctx: WorkspaceContext): Promise<ReplyOf<typeof listInvitations>> {
  requirePermission(ctx, 'members:manage');
  const rows = await ctx.transaction((db) => db.many(listInvitationRows, [ctx.workspace.id, ctx.clock.now()]));
  return { invitations: rows.map(toInvitation) };
}

/** The link goes into this answer only: what is stored cannot be turned back into it. */
export async function invite(ctx: WorkspaceContext, body: BodyOf<typeof createInvitation>): Promise<ReplyOf<typeof createInvitation>> {
  requirePermission(ctx, 'members:manage');
  if (body.role === 'owner') requirePermission(ctx, 'owners:manage');
  const email = requireEmail(body.email);
  const now = ctx.clock.now();
  const token = randomBytes(tokenBytes).toString('base64url');
  const id = createId(now.getTime());
  return ctx.transaction(async (db) => {
    const members = await db.many(listMemberRows, [ctx.workspace.id]);
    if (members.some((member) => emailKeyOf(member.email) === emailKeyOf(email))) throw invalidField('/email', 'member', 'This person is in the team already.');
    await db.run(replaceInvitations, [ctx.workspace.id, emailKeyOf(email), now]);
    await db.run(insertInvitation, [
      ctx.workspace.id, id, email, emailKeyOf(email), body.role, hashToken(token), ctx.actor.id, now, new Date(now.getTime() + invitationDays * dayMs),
    ]);
    await recordAudit(db, ctx, { action: 'invitation:create', entity: { type: 'invitation', id, name: email }, metadata: { role: body.role } });
    await tellTeam(db, ctx, 'team');
    const rows = await db.many(listInvitationRows, [ctx.workspace.id, now]);
    const row = rows.find((candidate) => candidate.id === id);
    if (row === undefined) throw new AppError('internal');
    // After the number sign: a browser keeps that part to itself, so the token reaches no log and no Referer.
    return { invitation: toInvitation(row), link: `${ctx.config.baseUrl}/#invite=${token}` };
  });
}

export async function takeInvitationBack(ctx: WorkspaceContext, params: ParamsOf<typeof revokeInvitation>): Promise<{ ok: true }> {
  requirePermission(ctx, 'members:manage');
  return ctx.transaction(async (db) => {
    const row = await db.maybe(revokeInvitationRow, [ctx.workspace.id, params.invitationId, ctx.clock.now()]);
    if (row === null) throw new AppError('not-found');
    await recordAudit(db, ctx, { action: 'invitation:revoke', entity: { type: 'invitation', id: params.invitationId, name: row.email } });
    await tellTeam(db, ctx, 'team');
    return { ok: true };
  });
}

/** The open invitation behind a token; throws `not-found` for one that is used, taken back, over, or never was. */
export async function requireInvitation(ctx: PublicContext, token: string): Promise<InvitationRow> {
  const hash = hashToken(token);
  const row = await ctx.database.withScope({ invitationHash: hash.toString('hex') }, (db) => db.maybe(findInvitationByToken, [hash, ctx.clock.now()]));
  if (row === null) throw new AppError('not-found', 'This invitation is used up, taken back or too old. Ask for a new one.');
  return row;
}

export async function showInvitation(ctx: PublicContext, body: BodyOf<typeof readInvitation>): Promise<ReplyOf<typeof readInvitation>> {
  const row = await requireInvitation(ctx, body.token);
  const workspace = await ctx.database.withWorkspace(row.workspace_id, (db) => db.one(findWorkspace, [row.workspace_id]));
  return { workspaceName: workspace.name, email: row.email, role: row.role };
}

/** Joins the workspace of an invitation; the invitation counts once, and for the address that it was sent to. */
export async function joinByInvitation(
  ctx: PublicContext, user: { id: string; name: string; email: string }, invitation: InvitationRow,
): Promise<void> {
  if (emailKeyOf(user.email) !== invitation.email_key) {
    throw new AppError('not-allowed', `This invitation is for ${invitation.email}. Sign in with that address, or ask for an invitation of your own.`);
  }
  const now = ctx.clock.now();
  await ctx.database.withWorkspace(invitation.workspace_id, async (db) => {
    const taken = await db.run(acceptInvitationRow, [invitation.workspace_id, invitation.id, now]);
    if (taken === 0) throw new AppError('not-found', 'This invitation is used up, taken back or too old. Ask for a new one.');
    await db.run(insertMember, [invitation.workspace_id, user.id, invitation.role, now]);
    const source = { ...ctx, actor: { kind: 'user', id: user.id, name: user.name } as const, workspace: { id: invitation.workspace_id } };
    await recordAudit(db, source, { action: 'member:join', entity: { type: 'role', id: invitation.role, name: invitation.role } });
    await ctx.events.publish(db, { workspaceId: invitation.workspace_id, topic: 'team', id: '', progress: 0 });
  });
}

export async function acceptOwnInvitation(ctx: UserContext, body: BodyOf<typeof acceptInvitation>): Promise<ReplyOf<typeof acceptInvitation>> {
  const invitation = await requireInvitation(ctx, body.token);
  const user = await ctx.database.withScope({}, (db) => findUser(db, ctx.session.userId));
  if (user === null) throw new AppError('not-signed-in');
  await joinByInvitation(ctx, user, invitation);
  const row: MembershipRow | null = await ctx.database.withWorkspace(invitation.workspace_id, (db) => db.maybe(findMembership, [invitation.workspace_id, user.id]));
  if (row === null) throw new AppError('not-found');
  return { workspace: toWorkspace(row, row.role) };
}
