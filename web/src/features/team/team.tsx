import { listInvitations, listMembers } from '@rookery/contract/team.ts';
import { UserPlus } from 'lucide-react';
import { useState, type ReactElement } from 'react';

import { formatPlural } from '../../platform/format.ts';
import { useCall } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Page } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Invitations } from './invitations.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { MembersTable } from './members-table.tsx';
import { RoleMatrix } from './role-matrix.tsx';

/** "Who is here, and what may they do?" */
export function Team(): ReactElement {
  const { workspace } = useSession();
  const params = { workspaceId: workspace.workspaceId };
  const canManage = useCan('members:manage');
  const members = useCall(listMembers, { params });
  const invitations = useCall(listInvitations, { params }, { enabled: canManage });
  const [isInviting, setIsInviting] = useState(false);
  const count = members.data?.members.length;
  return (
    <Page
      title="Team"
      context={count === undefined ? workspace.name : `${formatPlural(count, 'person', 'people')} in ${workspace.name}`}
      actions={canManage && (
        <Button kind="primary" onClick={() => setIsInviting(true)}>
          <UserPlus size={16} aria-hidden="true" /> Invite someone
        </Button>
      )}
    >
      <Card title="People" isFlush>
        {members.error !== null && members.data === undefined && <ErrorState what="The team" error={members.error} onRetry={() => void members.refetch()} />}
        {members.isPending && <SkeletonRows label="Loading the team" />}
        {members.data !== undefined && <MembersTable members={members.data.members} />}
      </Card>
      {canManage && invitations.error !== null && (
        <Card title="Invitations" isFlush><ErrorState what="The invitations" error={invitations.error} onRetry={() => void invitations.refetch()} /></Card>
      )}
      {invitations.data !== undefined && invitations.data.invitations.length > 0 && <Invitations invitations={invitations.data.invitations} />}
      <RoleMatrix />
      {isInviting && <InviteDialog onClose={() => setIsInviting(false)} />}
    </Page>
  );
}
