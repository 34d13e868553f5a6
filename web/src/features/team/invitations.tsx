import { listInvitations, revokeInvitation, type Invitation } from '@rookery/contract/team.ts';
import { useState, type ReactElement } from 'react';

import { useSend } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table, Td, Th, Tr } from '../../ui/table.tsx';
import { roleWords } from './roles.ts';

/** Invitations that nobody has accepted yet. */
export function Invitations({ invitations }: { readonly invitations: readonly Invitation[] }): ReactElement {
  const { workspace } = useSession();
  const [revoking, setRevoking] = useState<Invitation | null>(null);
  const revoke = useSend(revokeInvitation, [listInvitations.id]);
  const confirm = (invitation: Invitation): Promise<unknown> =>
    revoke.mutateAsync({ params: { workspaceId: workspace.workspaceId, invitationId: invitation.id } });
  return (
    <Card title="Open invitations" isFlush>
      <Table label="Open invitations">
        <thead>
          <tr>
            <Th>E-mail address</Th>
            <Th>Role</Th>
            <Th className="max-md:hidden">Invited by</Th>
            <Th className="max-sm:hidden">Ends</Th>
            <Th><span className="sr-only">Actions</span></Th>
          </tr>
        </thead>
        <tbody>
          {invitations.map((invitation) => (
            <Tr key={invitation.id}>
              <Td><span className="block max-w-96 truncate font-medium max-sm:max-w-36">{invitation.email}</span></Td>
              <Td>{roleWords[invitation.role].name}</Td>
              <Td className="text-muted max-md:hidden">{invitation.invitedBy ?? 'Someone who has left'}</Td>
              <Td className="text-muted max-sm:hidden"><RelativeTime instant={invitation.expiresAt} timeZone={workspace.timeZone} /></Td>
              <Td align="end"><Button kind="ghost" size="small" onClick={() => setRevoking(invitation)}>Take back</Button></Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {revoking !== null && (
        <ConfirmDialog title={`Take back the invitation of ${revoking.email}?`} verb="Take back" confirm={() => confirm(revoking)} onClose={() => setRevoking(null)}>
          The link that was sent stops working at once. You can invite the same person again.
        </ConfirmDialog>
      )}
    </Card>
  );
}
