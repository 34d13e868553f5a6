import { listAttempts, type Post } from '@rookery/contract/posts.ts';
import type { ReactElement } from 'react';

import { formatExact } from '../../../platform/format.ts';
import { useCall } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import { Badge } from '../../../ui/badge.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { describeAttempt, outcomeOf } from './words.ts';

/** Every try and look, oldest first: what was done in the post's name, and how it ended. */
export function Attempts({ post }: { readonly post: Post }): ReactElement | null {
  const { workspace } = useSession();
  const query = useCall(listAttempts, { params: { workspaceId: workspace.workspaceId, postId: post.id } });
  if (query.data === undefined) {
    return query.error === null ? <SkeletonRows rows={2} label="Loading the tries" /> : <ErrorState what="The tries" error={query.error} onRetry={() => void query.refetch()} />;
  }
  const { attempts } = query.data;
  if (attempts.length === 0) return <p className="text-muted">Nothing has been tried yet.</p>;
  return (
    <ol className="flex flex-col divide-y divide-line rounded-control border border-line bg-surface">
      {attempts.map((attempt) => {
        const target = post.targets.find(({ id }) => id === attempt.targetId);
        const outcome = outcomeOf(attempt);
        const isThread = (target?.content ?? post.content).parts.length > 1 || attempt.part > 0;
        return (
          <li key={attempt.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3.5 py-2.5">
            <div className="min-w-0 flex-1 basis-48">
              <p className="wrap-anywhere">{describeAttempt(attempt, isThread)}{target !== undefined && post.targets.length > 1 && ` · @${target.handle} on ${target.networkName}`}</p>
              <p className="text-caption text-muted"><time dateTime={attempt.startedAt}>{formatExact(attempt.startedAt, workspace.timeZone)}</time>{attempt.detail !== null && <span className="wrap-anywhere"> · {attempt.detail}</span>}</p>
            </div>
            <Badge tone={outcome.tone} shape={outcome.shape}>{outcome.word}</Badge>
          </li>
        );
      })}
    </ol>
  );
}
