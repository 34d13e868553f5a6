import { listPostMetrics, type TargetFigures as Figures } from '@rookery/contract/post-metrics.ts';
import type { Post, Target } from '@rookery/contract/posts.ts';
import type { ReactElement } from 'react';

import { formatCount } from '../../../platform/format.ts';
import { useCall } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import { ErrorState } from '../../../ui/error-state.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { figureWords, splitFigures } from './figures.ts';

/** When it was read and will be, and why it was not. */
function ReadingNote({ known, timeZone, missing, networkName }: { readonly known: Figures; readonly timeZone: string; readonly missing: string | null; readonly networkName: string }): ReactElement {
  const { readAt, nextAt, goneAt, reason } = known;
  return (
    <div className="flex flex-col gap-1 text-caption text-muted">
      {missing !== null && <p>Not offered by {networkName}: {missing}.</p>}
      {readAt !== null && <p>Read <RelativeTime instant={readAt} timeZone={timeZone} />{nextAt === null && goneAt === null && '; not read any more'}.</p>}
      {readAt === null && nextAt === null && goneAt === null && <p>No figures: which post of {networkName} this is, is not known here, or it is too old.</p>}
      {readAt === null && nextAt !== null && reason === null && <p>No figures yet. They are read <RelativeTime instant={nextAt} timeZone={timeZone} />.</p>}
      {reason !== null && goneAt === null && <p className="wrap-anywhere">Not read lately: {reason}</p>}
    </div>
  );
}

/** What the network counts on one destination that is out, and how old that is. */
export function TargetFigures({ post, target }: { readonly post: Post; readonly target: Target }): ReactElement | null {
  const { workspace } = useSession();
  const { workspaceId, timeZone } = workspace;
  const query = useCall(listPostMetrics, { params: { workspaceId, postId: post.id } });
  if (query.data === undefined) {
    return query.error === null ? <SkeletonRows rows={1} label="Loading the figures" /> : <ErrorState what="The figures" error={query.error} onRetry={() => void query.refetch()} />;
  }
  const known = query.data.targets.find(({ targetId }) => targetId === target.id);
  if (known === undefined) return null;
  const { shown, missing } = splitFigures(known.figures);
  const isThread = (target.content ?? post.content).parts.length > 1;
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-3">
      {known.goneAt !== null && (
        <p className="text-danger">This post is not on {target.networkName} any more. We noticed <RelativeTime instant={known.goneAt} timeZone={timeZone} />.</p>
      )}
      {shown.length > 0 && (
        <dl className="flex flex-wrap gap-x-6 gap-y-2">
          {shown.map(({ metric, value }) => (
            <div key={metric}>
              <dt className="text-caption text-muted">{figureWords[metric]}</dt>
              <dd className="font-medium tabular-nums">{formatCount(value ?? 0)}</dd>
            </div>
          ))}
        </dl>
      )}
      {isThread && shown.length > 0 && <p className="text-caption text-muted">Of the first post of the thread.</p>}
      <ReadingNote known={known} timeZone={timeZone} missing={missing} networkName={target.networkName} />
    </div>
  );
}
