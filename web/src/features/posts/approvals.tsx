import { listApprovals } from '@rookery/contract/approvals.ts';
import type { Post } from '@rookery/contract/posts.ts';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { formatPlural, formatWall } from '../../platform/format.ts';
import { useCall } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { NetworkMark } from '../../ui/network-mark.tsx';
import { Page } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { fromPost, lineOf, networksOf } from './calendar-post.ts';
import { wordsOf } from './states.ts';

/** Posts that wait for an owner or admin, the most urgent first. */
export function Approvals(): ReactElement {
  const { workspace } = useSession();
  const canApprove = useCan('posts:approve');
  const { data, error, refetch } = useCall(listApprovals, { params: { workspaceId: workspace.workspaceId } });
  const context = data === undefined ? undefined : `${formatPlural(data.posts.length, 'post')} waiting`;
  return (
    <Page title="Approvals" {...(context === undefined ? {} : { context })}>
      <Card isFlush>
        {error !== null && data === undefined && <ErrorState what="The approvals" error={error} onRetry={() => void refetch()} />}
        {error === null && data === undefined && <SkeletonRows rows={4} label="Loading the approvals" />}
        {data?.posts.length === 0 && (
          <Empty action={<Link to="/calendar" className={buttonStyle()}>Calendar</Link>}>{canApprove ? 'Nothing waits for your approval.' : 'Nothing waits for approval.'}</Empty>
        )}
        {data !== undefined && data.posts.length > 0 && (
          <ul className="divide-y divide-line">{data.posts.map((post) => <WaitingPost key={post.id} post={post} />)}</ul>
        )}
      </Card>
    </Page>
  );
}

function WaitingPost({ post }: { readonly post: Post }): ReactElement {
  const shown = fromPost(post);
  const state = wordsOf(shown);
  const { approval } = post;
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3 hover:bg-hover max-sm:px-4">
      <div className="min-w-0 flex-1 basis-64">
        <Link to="/posts/$postId" params={{ postId: post.id }} className="line-clamp-2 font-medium wrap-anywhere after:absolute after:inset-0">{lineOf(shown)}</Link>
        {approval !== null && (
          <p className="flex flex-wrap items-center gap-x-2 text-caption text-muted">
            <span className="flex gap-1">{networksOf(shown).map(({ network }) => <NetworkMark key={network} network={network} size={12} />)}</span>
            <span>{approval.requestedBy} asks for {formatWall(approval.wallTime)} · {approval.zone.replaceAll('_', ' ')}</span>
          </p>
        )}
      </div>
      <Badge tone={state.tone} shape={state.shape}>{state.word}</Badge>
    </li>
  );
}
