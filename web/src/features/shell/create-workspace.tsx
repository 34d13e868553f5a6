import { createWorkspace } from '@rookery/contract/team.ts';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { call } from '../../platform/call.ts';
import { browserZone } from '../../platform/format.ts';
import { refresh } from '../../platform/query.ts';
import { chooseWorkspace } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../ui/form.tsx';
import { ZoneField } from '../../ui/zone-field.tsx';

/** Name and zone of a new workspace. Afterwards it is the current one. */
export function CreateWorkspaceForm({ onClose }: { readonly onClose?: () => void }): ReactElement {
  const navigate = useNavigate();
  const submit = async (data: FormData): Promise<void> => {
    const { workspace } = await call(createWorkspace, { body: { name: textOf(data, 'name'), timeZone: textOf(data, 'timeZone') } });
    chooseWorkspace(workspace.id);
    await refresh(['getBootstrap']);
    onClose?.();
    await navigate({ to: '/' });
  };
  return (
    <Form submit={submit}>
      <TextField label="Name" name="name" maxLength={80} required autoComplete="organization" help="Your team or project. You can change it later." />
      <ZoneField label="Time zone" name="timeZone" defaultValue={browserZone()} help="Days in charts begin and end here." />
      <DialogActions>
        {onClose !== undefined && <Button onClick={onClose}>Cancel</Button>}
        <SubmitButton>Create workspace</SubmitButton>
      </DialogActions>
    </Form>
  );
}

export function CreateWorkspaceDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <Dialog title="Create a workspace" description="Accounts, people and figures of one workspace are never visible in another." onClose={onClose}>
      <CreateWorkspaceForm onClose={onClose} />
    </Dialog>
  );
}
