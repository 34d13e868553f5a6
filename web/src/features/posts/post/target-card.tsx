import { retryTarget, type Post, type Target } from '@rookery/contract/posts.ts';
import { ExternalLink } from 'lucide-react';
import type { ReactElement } from 'react';

import { formatInstant } from '../../../platform/format.ts';
import { useSend } from '../../../platform/query.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Button, buttonStyle } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import { Region } from '../../../ui/error-state.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { stateWords } from '../states.ts';
import { ReviewChoice } from './review-choice.tsx';
import { TargetFigures } from './target-figures.tsx';
import { describeProgress } from './words.ts';

/** Only web addresses become links: this one came from a network or from a person. */
function linkOf(url: string | null): string | null {
  const parsed = url === null ? null : URL.parse(url);
  return parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:') ? parsed.href : null;
}

/** One destination: its state in words, why, the link, and the next step where there is one. */
export function TargetCard({ post, target }: { readonly post: Post; readonly target: Target }): ReactElement {
  const { workspace } = useSession();
  const canPublish = useCan('posts:publish');
  const retry = useSend(retryTarget, ['getPost', 'listCalendar', 'listAttempts']);
  const zone = workspace.timeZone;
  const state = stateWords[target.state];
  const progress = describeProgress(target, (target.content ?? post.content).parts.length);
  // Nothing is there any more.
  const url = target.state === 'deleted' ? null : linkOf(target.url);
  const isAsked = target.state === 'review' && canPublish;
  const run = (): void => retry.mutate({ params: { workspaceId: workspace.workspaceId, postId: post.id, targetId: target.id } });
  return (
    <li className="flex flex-col gap-3 rounded-control border border-line bg-surface p-3.5">
      <div className="flex min-w-0 items-center gap-3">
        <Avatar name={target.handle} network={target.network} />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">@{target.handle}</p>
          <p className="truncate text-caption text-muted">{target.networkName}{target.simulated && ' · simulated'}</p>
        </div>
        <Badge tone={state.tone} shape={state.shape}>{state.word}</Badge>
      </div>
      {target.publishedAt !== null && target.state !== 'deleted' && <p className="text-caption text-muted">Out since {formatInstant(target.publishedAt, zone)}, <RelativeTime instant={target.publishedAt} timeZone={zone} />.</p>}
      {target.dueAt !== null && target.state !== 'published' && <p className="text-caption text-muted">{target.state === 'scheduled' ? 'Goes out' : 'Next step'} <RelativeTime instant={target.dueAt} timeZone={zone} />.</p>}
      {progress !== null && <p className="text-caption text-muted">{progress}.</p>}
      {target.reason !== null && !isAsked && <p className={target.state === 'failed' ? 'text-danger' : 'text-muted'}>{target.reason}</p>}
      {target.content !== null && (
        <details>
          <summary className="min-h-6 cursor-pointer text-caption text-muted">Its own words</summary>
          {target.content.parts.map((part, index) => <p key={index} className="mt-1.5 wrap-anywhere whitespace-pre-wrap">{part.text}</p>)}
        </details>
      )}
      {target.state === 'published' && <Region what="The figures"><TargetFigures post={post} target={target} /></Region>}
      {retry.error !== null && <Callout tone="danger" role="alert">{retry.error.message}</Callout>}
      {isAsked && <ReviewChoice post={post} target={target} />}
      {(url !== null || (target.state === 'failed' && canPublish)) && (
        <div className="flex flex-wrap gap-2">
          {url !== null && (
            <a href={url} target="_blank" rel="noreferrer noopener" className={buttonStyle({ size: 'small' })}>
              See it on {target.networkName} <ExternalLink size={12} aria-hidden="true" /><span className="sr-only">, as @{target.handle}, in a new tab</span>
            </a>
          )}
          {target.state === 'failed' && canPublish && <Button size="small" isBusy={retry.isPending} onClick={run}>Retry<span className="sr-only"> on {target.networkName} as @{target.handle}</span></Button>}
        </div>
      )}
    </li>
  );
}
