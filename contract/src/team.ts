import { endpoint } from './endpoint.ts';
import { roles } from './permissions.ts';
import { workspaceParams } from './params.ts';
import { arrayOf, boolean, done, instant, nullable, object, oneOf, optional, string, text, uuid, zone, type Static } from './schema.ts';

export const workspaceSchema = object({
  id: uuid(), name: string(), timeZone: string(), demo: boolean(), createdAt: instant(), role: oneOf(roles),
  /** Posts of editors go out when an owner or admin has approved them. */
  requiresApproval: boolean(),
});
export type Workspace = Static<typeof workspaceSchema>;

export const createWorkspace = endpoint({
  id: 'createWorkspace', method: 'POST', path: '/api/workspaces', access: 'user',
  summary: 'Create a workspace and become its owner',
  rate: { name: 'workspaces:create', max: 20, windowSeconds: 3600 },
  body: object({ name: text(80), timeZone: zone() }),
  reply: object({ workspace: workspaceSchema }),
});

export const getWorkspace = endpoint({
  id: 'getWorkspace', method: 'GET', path: '/api/workspaces/:workspaceId', access: 'workspace:read',
  summary: 'One workspace', params: workspaceParams, reply: object({ workspace: workspaceSchema }),
});

export const updateWorkspace = endpoint({
  id: 'updateWorkspace', method: 'PATCH', path: '/api/workspaces/:workspaceId', access: 'workspace:manage',
  summary: 'Change name, time zone, or whether posts of editors need approval. What is planned already stays planned', params: workspaceParams,
  body: object({ name: optional(text(80)), timeZone: optional(zone()), requiresApproval: optional(boolean()) }),
  reply: object({ workspace: workspaceSchema }),
});

export const memberSchema = object({
  userId: uuid(), name: string(), email: string(), role: oneOf(roles), joinedAt: instant(), lastSeenAt: nullable(instant()),
});
export type Member = Static<typeof memberSchema>;

export const listMembers = endpoint({
  id: 'listMembers', method: 'GET', path: '/api/workspaces/:workspaceId/members', access: 'members:read',
  summary: 'The people of a workspace', params: workspaceParams, reply: object({ members: arrayOf(memberSchema) }),
});

const memberParams = object({ workspaceId: uuid(), userId: uuid() });

export const updateMember = endpoint({
  id: 'updateMember', method: 'PATCH', path: '/api/workspaces/:workspaceId/members/:userId', access: 'members:manage',
  summary: "Change a person's role", params: memberParams, body: object({ role: oneOf(roles) }),
  reply: object({ member: memberSchema }),
});

export const removeMember = endpoint({
  id: 'removeMember', method: 'DELETE', path: '/api/workspaces/:workspaceId/members/:userId', access: 'members:read',
  summary: 'Remove a person (members:manage), or leave (yourself)', params: memberParams, reply: done,
});

export const invitationSchema = object({
  id: uuid(), email: string(), role: oneOf(roles), invitedBy: nullable(string()), createdAt: instant(), expiresAt: instant(),
});
export type Invitation = Static<typeof invitationSchema>;

export const listInvitations = endpoint({
  id: 'listInvitations', method: 'GET', path: '/api/workspaces/:workspaceId/invitations', access: 'members:manage',
  summary: 'Open invitations', params: workspaceParams, reply: object({ invitations: arrayOf(invitationSchema) }),
});

export const createInvitation = endpoint({
  id: 'createInvitation', method: 'POST', path: '/api/workspaces/:workspaceId/invitations', access: 'members:manage', secretReply: true,
  summary: 'Invite a person; the link is in this answer only',
  rate: { name: 'invitations:create', max: 50, windowSeconds: 3600 },
  params: workspaceParams, body: object({ email: string({ minLength: 3, maxLength: 254 }), role: oneOf(roles) }),
  reply: object({ invitation: invitationSchema, link: string() }),
});

export const revokeInvitation = endpoint({
  id: 'revokeInvitation', method: 'DELETE', path: '/api/workspaces/:workspaceId/invitations/:invitationId', access: 'members:manage',
  summary: 'Take an invitation back', params: object({ workspaceId: uuid(), invitationId: uuid() }), reply: done,
});

export const readInvitation = endpoint({
  id: 'readInvitation', method: 'POST', path: '/api/invitations/read', access: 'public',
  summary: 'What an invitation link is for (the token travels in the body, never in a URL of ours)',
  rate: { name: 'invitations:read', max: 30, windowSeconds: 600, guards: 'secret', by: 'address' },
  body: object({ token: text(200) }),
  reply: object({ workspaceName: string(), email: string(), role: oneOf(roles) }),
});

export const acceptInvitation = endpoint({
  id: 'acceptInvitation', method: 'POST', path: '/api/invitations/accept', access: 'user',
  summary: 'Join the workspace of an invitation', rate: { name: 'invitations:accept', max: 30, windowSeconds: 600, guards: 'secret' },
  body: object({ token: text(200) }),
  reply: object({ workspace: workspaceSchema }),
});
