import { discardImport, type Import } from '@rookery/contract/audience.ts';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';

import { useSend } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';

/** Throws an upload away and goes back to the start; asks first when there is something to lose. */
export function DiscardButton({ item }: { readonly item: Import }): ReactElement {
  const { workspace } = useSession();
  const navigate = useNavigate();
  const [isAsking, setIsAsking] = useState(false);
  const discard = useSend(discardImport, ['listImports']);
  const run = async (): Promise<void> => {
    await discard.mutateAsync({ params: { workspaceId: workspace.workspaceId, importId: item.id } });
    showToast('The upload was thrown away');
    await navigate({ to: '/import', search: {} });
  };
  return (
    <>
      <Button kind="ghost" onClick={() => setIsAsking(true)}>Throw away</Button>
      {isAsking && (
        <ConfirmDialog title="Throw this upload away?" verb="Throw away" confirm={run} onClose={() => setIsAsking(false)}>
          Its files are deleted here and nothing of them is recorded. You can send them again.
        </ConfirmDialog>
      )}
    </>
  );
}
