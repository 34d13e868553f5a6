import { getWorkspace, updateWorkspace } from '@rookery/contract/team.ts';
import { useState, type ReactElement } from 'react';

import { useCall, useSend } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../ui/form.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';
import { ZoneField } from '../../ui/zone-field.tsx';

/** Name and time zone of the workspace. */
export function WorkspaceSection(): ReactElement {
  const { workspace } = useSession();
  const canManage = useCan('workspace:manage');
  const params = { workspaceId: workspace.workspaceId };
  const { data, error, refetch } = useCall(getWorkspace, { params });
  const update = useSend(updateWorkspace, ['getWorkspace', 'getBootstrap', 'getDashboard', 'getAudienceSummary']);
  const [isChanged, setIsChanged] = useState(false);
  const submit = async (form: FormData): Promise<void> => {
    await update.mutateAsync({ params, body: { name: textOf(form, 'name'), timeZone: textOf(form, 'timeZone') } });
    setIsChanged(false);
    showToast('Saved');
  };
  return (
    <Card title="Name and time zone" hint="Everyone in the workspace sees these.">
      {error !== null && data === undefined && <ErrorState what="The workspace" error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton className="h-40" />}
      {data !== undefined && (
        <Form submit={submit} onInput={() => setIsChanged(true)}>
          {!canManage && <Callout tone="info">Owners and admins can change these. Ask one of them.</Callout>}
          <TextField label="Name" name="name" defaultValue={data.workspace.name} maxLength={80} required disabled={!canManage} />
          <ZoneField
            label="Time zone"
            name="timeZone"
            defaultValue={data.workspace.timeZone}
            help="Days in charts begin and end here. Changing it regroups past figures; nothing is lost."
            disabled={!canManage}
          />
          <div className="flex min-h-8 flex-wrap items-center justify-between gap-3">
            <CopyId label="Workspace id" value={data.workspace.id} />
            {isChanged && <SubmitButton>Save</SubmitButton>}
          </div>
        </Form>
      )}
    </Card>
  );
}
