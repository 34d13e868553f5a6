import type { Role } from '@rookery/contract/permissions.ts';
import { statement } from '../../platform/db/statement.ts';

export interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly time_zone: string;
  readonly demo: boolean;
  readonly requires_approval: boolean;
  readonly created_at: Date;
}

export interface MembershipRow extends WorkspaceRow {
  readonly role: Role;
}

const workspaceColumns = `w.id, w.name, w.time_zone, w.demo, w.requires_approval, w.created_at`;

export const insertWorkspace = statement(
  'workspaces.insert', `insert into workspace (id, name, time_zone, demo, created_at) values ($1, $2, $3, $4, $5)`,
);

/** In the scope of the user: the workspaces that they are a member of, a demo last. */
export const listMemberships = statement<MembershipRow>(
  'workspaces.list-memberships',
  `select ${workspaceColumns}, m.role from member m join workspace w on w.id = m.workspace_id where m.user_id = $1 order by w.demo, w.created_at, w.id`,
);

export const findMembership = statement<MembershipRow>(
  'workspaces.find-membership',
  `select ${workspaceColumns}, m.role from member m join workspace w on w.id = m.workspace_id where m.workspace_id = $1 and m.user_id = $2`,
);

export const findWorkspace = statement<WorkspaceRow>('workspaces.find', `select ${workspaceColumns} from workspace w where w.id = $1`);

export const updateWorkspaceRow = statement<WorkspaceRow>(
  'workspaces.update',
  `update workspace w set name = coalesce($2, name), time_zone = coalesce($3, time_zone),
     requires_approval = coalesce($4, requires_approval) where w.id = $1 returning ${workspaceColumns}`,
);

export interface MemberRow {
  readonly user_id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly joined_at: Date;
  readonly last_seen_at: Date | null;
}

const memberSelect = `select m.user_id, u.name, u.email, m.role, m.joined_at,
    (select max(s.last_seen_at) from session s where s.user_id = m.user_id) as last_seen_at
  from member m join app_user u on u.id = m.user_id`;

export const listMemberRows = statement<MemberRow>('workspaces.list-members', `${memberSelect} where m.workspace_id = $1 order by m.joined_at, m.user_id`);
export const findMemberRow = statement<MemberRow>('workspaces.find-member', `${memberSelect} where m.workspace_id = $1 and m.user_id = $2`);

export const insertMember = statement(
  'workspaces.insert-member',
  `insert into member (workspace_id, user_id, role, joined_at) values ($1, $2, $3, $4) on conflict do nothing`,
);

export const updateRole = statement('workspaces.update-role', `update member set role = $3 where workspace_id = $1 and user_id = $2`);
export const deleteMember = statement('workspaces.delete-member', `delete from member where workspace_id = $1 and user_id = $2`);

/** Locks the owners, so that two of them cannot leave at the same moment. */
export const lockOwners = statement<{ user_id: string }>(
  'workspaces.lock-owners', `select user_id from member where workspace_id = $1 and role = 'owner' order by user_id for update`,
);

export interface InvitationRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly email: string;
  readonly email_key: string;
  readonly role: Role;
  readonly invited_by: string | null;
  readonly invited_by_name: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

const invitationColumns = `i.id, i.workspace_id, i.email, i.email_key, i.role, i.invited_by, u.name as invited_by_name, i.created_at, i.expires_at`;
const openInvitation = `i.accepted_at is null and i.revoked_at is null`;

export const insertInvitation = statement(
  'workspaces.insert-invitation',
  `insert into invitation (workspace_id, id, email, email_key, role, token_hash, invited_by, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);

export const listInvitationRows = statement<InvitationRow>(
  'workspaces.list-invitations',
  `select ${invitationColumns} from invitation i left join app_user u on u.id = i.invited_by
   where i.workspace_id = $1 and ${openInvitation} and i.expires_at > $2 order by i.created_at desc`,
);

/** A newer invitation of the same address takes the place of the older. */
export const replaceInvitations = statement(
  'workspaces.replace-invitations',
  `update invitation i set revoked_at = $3 where i.workspace_id = $1 and i.email_key = $2 and ${openInvitation}`,
);

export const revokeInvitationRow = statement<{ email: string }>(
  'workspaces.revoke-invitation',
  `update invitation i set revoked_at = $3 where i.workspace_id = $1 and i.id = $2 and ${openInvitation} returning i.email`,
);

/** In the scope of the invitation's token. */
export const findInvitationByToken = statement<InvitationRow>(
  'workspaces.find-invitation-by-token',
  `select ${invitationColumns} from invitation i left join app_user u on u.id = i.invited_by
   where i.token_hash = $1 and ${openInvitation} and i.expires_at > $2`,
);

/** Touches one row once: whoever comes second gets none. */
export const acceptInvitationRow = statement(
  'workspaces.accept-invitation',
  `update invitation i set accepted_at = $3 where i.workspace_id = $1 and i.id = $2 and ${openInvitation} and i.expires_at > $3`,
);
