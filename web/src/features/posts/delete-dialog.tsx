import { listNetworks } from '@rookery/contract/accounts.ts';
import { deletePost, getPost, type Post } from '@rookery/contract/posts.ts';
import { useState, type ReactElement } from 'react';

import { call } from '../../platform/call.ts';
import { refresh, useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';
import { Checkbox } from '../../ui/toggle.tsx';
import { describeDeletion } from './deletion.ts';

export interface DeleteDialogProps {
  readonly post: Post;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Says what deleting will do here and on each network, then does it. */
export function DeleteDialog({ post, onClose, onDeleted }: DeleteDialogProps): ReactElement {
  const { workspace } = useSession();
  const params = { workspaceId: workspace.workspaceId };
  const networks = useCall(listNetworks, { params }).data?.networks ?? [];
  const { sentences, removable } = describeDeletion(post, networks);
  const [alsoOnNetwork, setAlsoOnNetwork] = useState(true);
  const confirm = async (): Promise<void> => {
    await call(deletePost, { params: { ...params, postId: post.id }, body: { alsoOnNetwork: removable.length > 0 && alsoOnNetwork } });
    await refresh(['listCalendar', 'getPost', 'listAttempts']);
    showToast(removable.length > 0 && alsoOnNetwork ? 'Deleted here; it is being deleted on the network' : 'The post was deleted');
    onDeleted?.();
  };
  return (
    <ConfirmDialog title="Delete this post?" verb="Delete" confirm={confirm} onClose={onClose}>
      <div className="flex flex-col gap-3">
        {sentences.map((sentence) => <p key={sentence}>{sentence}</p>)}
        {removable.length > 0 && (
          <Checkbox
            label={`Also delete it on ${removable.join(' and ')}`}
            help="People will no longer see it there. This can't be undone."
            checked={alsoOnNetwork}
            onChange={(event) => setAlsoOnNetwork(event.target.checked)}
          />
        )}
      </div>
    </ConfirmDialog>
  );
}

export interface DeleteListedDialogProps {
  readonly postId: string;
  readonly onClose: () => void;
}

/** The same for a post of which only a line is known: what deleting will do depends on all of it. */
export function DeleteListedDialog({ postId, onClose }: DeleteListedDialogProps): ReactElement {
  const { workspace } = useSession();
  const { data, error, refetch } = useCall(getPost, { params: { workspaceId: workspace.workspaceId, postId } });
  if (data !== undefined) return <DeleteDialog post={data.post} onClose={onClose} />;
  return (
    <Dialog title="Delete this post?" onClose={onClose}>
      {error === null ? <Skeleton className="h-24" /> : <ErrorState what="The post" error={error} onRetry={() => void refetch()} />}
    </Dialog>
  );
}
