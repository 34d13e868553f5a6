import type { Post } from '@rookery/contract/posts.ts';
import { Share2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';

import { useCan } from '../../../platform/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Region } from '../../../ui/error-state.tsx';
import { SectionTitle } from '../frame.tsx';
import { ApprovalBar } from './approval-bar.tsx';
import { ShareDialog } from './share-dialog.tsx';
import { Thread } from './thread.tsx';

export interface ReviewPanelProps {
  readonly post: Post;
  /** A decision was taken: the post is planned, or given back. */
  readonly onDecided: (post: Post) => void;
}

/** What others have to say about a post: where its approval stands, the thread, and links for people without an account. */
export function ReviewPanel({ post, onDecided }: ReviewPanelProps): ReactElement {
  const canWrite = useCan('posts:write');
  const [isSharing, setIsSharing] = useState(false);
  return (
    <section className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <SectionTitle>Review</SectionTitle>
        {canWrite && <Button size="small" onClick={() => setIsSharing(true)}><Share2 size={14} aria-hidden="true" /> Share for review</Button>}
      </div>
      <ApprovalBar post={post} onDecided={onDecided} />
      <Region what="The comments"><Thread post={post} /></Region>
      {isSharing && <ShareDialog post={post} onClose={() => setIsSharing(false)} />}
    </section>
  );
}
