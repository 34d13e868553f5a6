import type { Dashboard } from '@rookery/contract/audience.ts';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CirclePause } from 'lucide-react';
import type { ReactElement } from 'react';

import { formatPlural } from '../../platform/format.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

type Trouble = Dashboard['posts'][number];

const rowStyle = 'flex items-start gap-3 px-5 py-3 max-sm:px-4';

function TroubleRow({ post, timeZone }: { readonly post: Trouble; readonly timeZone: string }): ReactElement {
  const isDoubtful = post.state === 'review';
  const Icon = isDoubtful ? CirclePause : CircleAlert;
  return (
    <li className={rowStyle}>
      <Icon size={16} aria-hidden="true" className={`mt-0.5 shrink-0 ${isDoubtful ? 'text-warning' : 'text-danger'}`} />
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">{post.message}</p>
        <p className="text-caption text-faint"><RelativeTime instant={post.at} timeZone={timeZone} /></p>
      </div>
      <Link to="/posts/$postId" params={{ postId: post.id }} className={buttonStyle({ size: 'small' })}>{isDoubtful ? 'Decide' : 'See why'}<span className="sr-only">: {post.message}</span></Link>
    </li>
  );
}

export interface PostAttentionProps {
  /** Posts that wait for approval, where the person may give it. */
  readonly waiting: number;
  readonly posts: readonly Trouble[];
  readonly postsTotal: number;
  readonly timeZone: string;
}

/** Rows about posts: what waits for approval, what is in doubt, what failed. */
export function PostAttention({ waiting, posts, postsTotal, timeZone }: PostAttentionProps): ReactElement {
  const more = postsTotal - posts.length;
  return (
    <>
      {waiting > 0 && (
        <li className={rowStyle}>
          <p className="flex-1">Posts that need approval: {waiting}</p>
          <Link to="/approvals" className={buttonStyle({ size: 'small' })}>Review</Link>
        </li>
      )}
      {posts.map((post) => <TroubleRow key={post.id} post={post} timeZone={timeZone} />)}
      {more > 0 && (
        <li className={rowStyle}>
          <p className="flex-1">{formatPlural(more, 'more post', 'more posts')} that failed or {more === 1 ? 'needs' : 'need'} you</p>
          <Link to="/calendar" search={{ view: 'list' }} className={buttonStyle({ size: 'small' })}>Calendar</Link>
        </li>
      )}
    </>
  );
}
