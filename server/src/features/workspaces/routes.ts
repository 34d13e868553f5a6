import { changePassword, getBootstrap, getCsrf, signIn, signOut, signUp, updateProfile } from '@rookery/contract/auth.ts';
import {
  acceptInvitation, createInvitation, createWorkspace, getWorkspace, listInvitations, listMembers, readInvitation, removeMember, revokeInvitation,
  updateMember, updateWorkspace,
} from '@rookery/contract/team.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { changeProfile, closeSession } from '../auth/index.ts';
import type { PublicContext, UserContext, WorkspaceContext } from '../context.ts';
import { enter, readBootstrap, registerUser, replacePassword } from './onboarding.ts';
import {
  acceptOwnInvitation, changeRole, changeWorkspace, createOwnWorkspace, invite, readInvitations, readMembers, readWorkspace, removeFromTeam,
  showInvitation, takeInvitationBack,
} from './service.ts';

export const peoplePublicRoutes: readonly Route<PublicContext>[] = [
  route(getBootstrap, (ctx: PublicContext, { reply }) => readBootstrap(ctx, ctx.session?.userId ?? null, reply)),
  route(getCsrf, async (_ctx: PublicContext, { reply }) => ({ token: reply.csrfToken() })),
  route(signUp, (ctx: PublicContext, { body, reply }) => registerUser(ctx, body, reply)),
  route(signIn, (ctx: PublicContext, { body, reply }) => enter(ctx, body, reply)),
  route(readInvitation, (ctx: PublicContext, { body }) => showInvitation(ctx, body)),
];

export const peopleUserRoutes: readonly Route<UserContext>[] = [
  route(signOut, async (ctx: UserContext, { reply }) => {
    reply.clearSession();
    return closeSession(ctx);
  }),
  route(changePassword, (ctx: UserContext, { body, reply }) => replacePassword(ctx, body, reply)),
  route(updateProfile, (ctx: UserContext, { body }) => changeProfile(ctx, body)),
  route(createWorkspace, (ctx: UserContext, { body }) => createOwnWorkspace(ctx, body)),
  route(acceptInvitation, (ctx: UserContext, { body }) => acceptOwnInvitation(ctx, body)),
];

export const workspaceRoutes: readonly Route<WorkspaceContext>[] = [
  route(getWorkspace, (ctx: WorkspaceContext) => readWorkspace(ctx)),
  route(updateWorkspace, (ctx: WorkspaceContext, { body }) => changeWorkspace(ctx, body)),
  route(listMembers, (ctx: WorkspaceContext) => readMembers(ctx)),
  route(updateMember, (ctx: WorkspaceContext, { params, body }) => changeRole(ctx, { params, body })),
  route(removeMember, (ctx: WorkspaceContext, { params }) => removeFromTeam(ctx, params.userId)),
  route(listInvitations, (ctx: WorkspaceContext) => readInvitations(ctx)),
  route(createInvitation, (ctx: WorkspaceContext, { body }) => invite(ctx, body)),
  route(revokeInvitation, (ctx: WorkspaceContext, { params }) => takeInvitationBack(ctx, params)),
];
