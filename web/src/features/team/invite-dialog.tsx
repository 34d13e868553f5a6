import { roles, type Role } from '@rookery/contract/permissions.ts';
import { createInvitation, listInvitations } from '@rookery/contract/team.ts';
import { useState, type ReactElement } from 'react';

import { useSend } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../ui/form.tsx';
import { roleWords } from './roles.ts';

/** Asks whom to invite and as what; then shows the link, which exists nowhere else. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { workspace } = useSession();
  const canManageOwners = useCan('owners:manage');
  const create = useSend(createInvitation, [listInvitations.id]);
  const [role, setRole] = useState<Role>('editor');
  const submit = async (data: FormData): Promise<void> => {
    await create.mutateAsync({ params: { workspaceId: workspace.workspaceId }, body: { email: textOf(data, 'email'), role } });
  };
  if (create.data !== undefined) return <LinkDialog email={create.data.invitation.email} link={create.data.link} onClose={onClose} />;
  return (
    <Dialog title="Invite someone" description={`They join ${workspace.name} through a link that you send them.`} onClose={onClose}>
      <Form submit={submit}>
        <TextField label="E-mail address" name="email" type="email" inputMode="email" autoComplete="off" autoCapitalize="off" spellCheck={false} required />
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1.5 text-caption font-medium">Role</legend>
          {roles.filter((choice) => choice !== 'owner' || canManageOwners).map((choice) => (
            <label key={choice} className="grid grid-cols-[auto_1fr] items-start gap-x-2.5 rounded-control border border-line px-3 py-2 transition-colors hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft">
              <input type="radio" name="role" value={choice} checked={role === choice} onChange={() => setRole(choice)} className="mt-0.5 size-4 accent-accent" />
              <span className="font-medium">{roleWords[choice].name}</span>
              <span className="col-start-2 text-caption text-muted">{roleWords[choice].line}</span>
            </label>
          ))}
        </fieldset>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <SubmitButton>Invite</SubmitButton>
        </DialogActions>
      </Form>
    </Dialog>
  );
}

function LinkDialog({ email, link, onClose }: { readonly email: string; readonly link: string; readonly onClose: () => void }): ReactElement {
  return (
    <Dialog title="Send this link" description={`It is for ${email} and is shown only now. Rookery keeps no copy that can be read.`} onClose={onClose}>
      <div className="rounded-control border border-control bg-sunken px-3 py-2.5"><CopyId label="Link" value={link} isLong /></div>
      <DialogActions><Button kind="primary" onClick={onClose}>Done</Button></DialogActions>
    </Dialog>
  );
}
