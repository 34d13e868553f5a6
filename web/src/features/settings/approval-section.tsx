import { getWorkspace, updateWorkspace } from '@rookery/contract/team.ts';
import type { ReactElement } from 'react';

import { useCall, useSend } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Switch } from '../../ui/toggle.tsx';

/** Whether posts of editors go out by themselves. */
export function ApprovalSection(): ReactElement {
  const { workspace } = useSession();
  const canManage = useCan('workspace:manage');
  const params = { workspaceId: workspace.workspaceId };
  const { data } = useCall(getWorkspace, { params });
  const update = useSend(updateWorkspace, ['getWorkspace', 'getBootstrap']);
  return (
    <Card title="Approval">
      {data === undefined ? <Skeleton className="h-14" /> : (
        <div className="flex flex-col gap-3">
          {update.error !== null && <Callout tone="danger" role="alert">{update.error.message}</Callout>}
          <Switch
            label="An editor’s posts need approval"
            help="Editors send posts for approval; owners and admins let them go out. What is planned already stays planned."
            checked={update.isPending ? update.variables.body.requiresApproval === true : data.workspace.requiresApproval}
            disabled={!canManage || update.isPending}
            onChange={(event) => update.mutate({ params, body: { requiresApproval: event.target.checked } })}
          />
        </div>
      )}
    </Card>
  );
}
