import { roles, type Role } from '@rookery/contract/permissions.ts';
import { listMembers, removeMember, updateMember, type Member } from '@rookery/contract/team.ts';
import { Ellipsis } from 'lucide-react';
import { useState, type ReactElement } from 'react';

import { formatDate } from '../../platform/format.ts';
import { refresh, useSend } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Select } from '../../ui/field.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table, Td, Th, Tr } from '../../ui/table.tsx';
import { showProblem, showToast } from '../../ui/toast.tsx';
import { roleWords } from './roles.ts';

/** People with their roles. Changing a role can be undone; removing asks first. */
export function MembersTable({ members }: { readonly members: readonly Member[] }): ReactElement {
  const { workspace } = useSession();
  const [leaving, setLeaving] = useState<Member | null>(null);
  return (
    <>
      <Table label="People of this workspace">
        <thead>
          <tr>
            <Th>Person</Th>
            <Th className="max-sm:hidden">Role</Th>
            <Th className="max-lg:hidden">Joined</Th>
            <Th className="max-sm:hidden">Last seen</Th>
            <Th><span className="sr-only">Actions</span></Th>
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <Tr key={member.userId}>
              <Td><PersonCell member={member} /></Td>
              <Td className="max-sm:hidden"><RoleCell member={member} /></Td>
              <Td className="whitespace-nowrap text-muted max-lg:hidden">{formatDate(member.joinedAt, workspace.timeZone)}</Td>
              <Td className="text-muted max-sm:hidden">
                {member.lastSeenAt === null ? 'Not yet' : <RelativeTime instant={member.lastSeenAt} timeZone={workspace.timeZone} />}
              </Td>
              <Td align="end"><MemberMenu member={member} onLeave={() => setLeaving(member)} /></Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {leaving !== null && <LeaveDialog member={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function PersonCell({ member }: { readonly member: Member }): ReactElement {
  const { user } = useSession();
  return (
    <div className="flex min-w-0 items-center gap-3 py-0.5">
      <Avatar name={member.name} />
      <div className="max-w-96 min-w-0 max-lg:max-w-60 max-sm:max-w-52">
        <p className="flex items-center gap-2">
          <span className="truncate font-medium">{member.name}</span>
          {member.userId === user.id && <Badge>You</Badge>}
        </p>
        <p className="truncate text-caption text-muted">{member.email}</p>
        <div className="mt-1.5 sm:hidden"><RoleCell member={member} /></div>
      </div>
    </div>
  );
}

function RoleCell({ member }: { readonly member: Member }): ReactElement {
  const { workspace } = useSession();
  const canManage = useCan('members:manage');
  const canManageOwners = useCan('owners:manage');
  const update = useSend(updateMember, [listMembers.id]);
  if (!canManage || (member.role === 'owner' && !canManageOwners)) return <span className="text-muted">{roleWords[member.role].name}</span>;
  const change = (role: Role, before: Role | null): void => {
    const undo = before === null ? undefined : { label: 'Undo', run: () => change(before, null) };
    update.mutate(
      { params: { workspaceId: workspace.workspaceId, userId: member.userId }, body: { role } },
      {
        onSuccess: () => showToast(`${member.name} is now ${roleWords[role].name.toLowerCase()}`, undo),
        onError: (error) => showProblem(error.message),
      },
    );
  };
  const choices = roles.filter((role) => role !== 'owner' || canManageOwners);
  return (
    <Select
      aria-label={`Role of ${member.name}`}
      value={update.isPending ? update.variables.body.role : member.role}
      disabled={update.isPending}
      className="w-28"
      onChange={(event) => {
        const role = choices.find((choice) => choice === event.target.value);
        if (role !== undefined) change(role, member.role);
      }}
    >
      {choices.map((role) => <option key={role} value={role}>{roleWords[role].name}</option>)}
    </Select>
  );
}

function MemberMenu({ member, onLeave }: { readonly member: Member; readonly onLeave: () => void }): ReactElement | null {
  const { user } = useSession();
  const canManage = useCan('members:manage');
  const canManageOwners = useCan('owners:manage');
  const isSelf = member.userId === user.id;
  if (!isSelf && (!canManage || (member.role === 'owner' && !canManageOwners))) return null;
  return (
    <Menu trigger={<Button kind="ghost" size="icon-small" aria-label={`Actions for ${member.name}`}><Ellipsis size={16} aria-hidden="true" /></Button>}>
      <MenuItem isDangerous onSelect={onLeave}>{isSelf ? 'Leave this workspace…' : 'Remove from workspace…'}</MenuItem>
    </Menu>
  );
}

function LeaveDialog({ member, onClose }: { readonly member: Member; readonly onClose: () => void }): ReactElement {
  const { user, workspace } = useSession();
  const remove = useSend(removeMember, [listMembers.id]);
  const isSelf = member.userId === user.id;
  const confirm = async (): Promise<void> => {
    await remove.mutateAsync({ params: { workspaceId: workspace.workspaceId, userId: member.userId } });
    if (isSelf) await refresh(['getBootstrap']);
    else showToast(`${member.name} was removed`);
  };
  return (
    <ConfirmDialog
      title={isSelf ? `Leave ${workspace.name}?` : `Remove ${member.name}?`}
      verb={isSelf ? 'Leave' : 'Remove'}
      confirm={confirm}
      onClose={onClose}
    >
      {isSelf ? 'You' : 'They'} lose access to {workspace.name} at once. What {isSelf ? 'you' : 'they'} did stays in the audit log. Coming back takes a new invitation.
    </ConfirmDialog>
  );
}
