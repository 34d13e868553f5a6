import { publishPost, type Post } from '@rookery/contract/posts.ts';
import { wallTimeOf } from '@rookery/contract/wall-time.ts';
import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ReactElement } from 'react';

import { call } from '../../../platform/call.ts';
import { formatWall } from '../../../platform/format.ts';
import { refresh } from '../../../platform/query.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button, buttonStyle } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { Region } from '../../../ui/error-state.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { keepCopy, readCopy } from '../composer/local-copy.ts';
import { PostFrame, SectionTitle } from '../frame.tsx';
import { MediaImage } from '../../../ui/media-image.tsx';
import { isEditable, isGone, isWaiting, wordsOf } from '../states.ts';
import { ReviewPanel } from '../review/review-panel.tsx';
import { Attempts } from './attempts.tsx';
import { TargetCard } from './target-card.tsx';
import { titleOf } from './words.ts';

const SeriesNote = lazy(async () => ({ default: (await import('../series/series-note.tsx')).SeriesNote }));
const DeleteDialog = lazy(async () => ({ default: (await import('../delete-dialog.tsx')).DeleteDialog }));

export interface PostDetailsProps {
  readonly post: Post;
  readonly isSheet: boolean;
  readonly onClose: () => void;
}

/** Words that were typed and not saved before the post went out: they can go into a new one. */
function UnsavedWords({ post }: { readonly post: Post }): ReactElement | null {
  const { workspace } = useSession();
  const { workspaceId } = workspace;
  const navigate = useNavigate();
  const [copy, setCopy] = useState(() => readCopy(workspaceId, post.id));
  if (copy === null) return null;
  const drop = (): void => {
    keepCopy({ workspaceId, postId: post.id }, null);
    setCopy(null);
  };
  const use = (): void => {
    keepCopy({ workspaceId, postId: 'new' }, { ...copy, version: null });
    drop();
    void navigate({ to: '/posts/$postId', params: { postId: 'new' }, resetScroll: false });
  };
  return (
    <Callout tone="info" action={<span className="flex gap-2"><Button size="small" onClick={use}>Write on in a new post</Button><Button size="small" kind="ghost" onClick={drop}>Forget them</Button></span>}>
      What you changed here last was not saved before it went out.
    </Callout>
  );
}

function Words({ post }: { readonly post: Post }): ReactElement {
  return (
    <ol className="flex flex-col gap-3 rounded-control border border-line bg-surface p-3.5">
      {post.content.parts.map((part, index) => (
        <li key={index} className="wrap-anywhere whitespace-pre-wrap">
          {post.content.parts.length > 1 && <span className="block text-caption text-muted">Part {index + 1}</span>}
          {part.text === '' && part.media.length === 0 ? <span className="text-faint">No text</span> : part.text}
          {part.media.length > 0 && (
            <span className="mt-2 flex flex-wrap gap-1.5">{part.media.map(({ mediaId, altText }, at) => <MediaImage key={`${mediaId}:${at}`} mediaId={mediaId} altText={altText} className="size-20" />)}</span>
          )}
        </li>
      ))}
      {post.content.firstComment !== null && (
        <li className="border-t border-line pt-3 wrap-anywhere whitespace-pre-wrap"><span className="block text-caption text-muted">First comment</span>{post.content.firstComment}</li>
      )}
    </ol>
  );
}

/** What became of a post: each destination in words, every try, and what can be done now. Follows by itself. */
export function PostDetails({ post, isSheet, onClose }: PostDetailsProps): ReactElement {
  const { workspace } = useSession();
  const canWrite = useCan('posts:write');
  const canPublish = useCan('posts:publish');
  const [asking, setAsking] = useState<'publish' | 'delete' | null>(null);
  const zone = workspace.timeZone;
  const state = wordsOf({ state: post.state, approval: post.approval?.state ?? null });
  const time = post.dueAt === null ? null : formatWall(wallTimeOf(new Date(post.dueAt), zone));
  const publish = async (): Promise<void> => {
    await call(publishPost, { params: { workspaceId: workspace.workspaceId, postId: post.id }, body: { version: post.version } });
    await refresh(['getPost', 'listCalendar', 'listAttempts']);
  };
  const footer = canWrite && !isGone(post) ? (
    <div className="flex flex-wrap items-center justify-end gap-2">
      <Button kind="danger" onClick={() => setAsking('delete')}>Delete…</Button>
      <span className="flex-1" />
      <Link to="/posts/$postId" params={{ postId: 'new' }} search={{ copy: post.id }} className={buttonStyle()}>Duplicate</Link>
      {isEditable(post) && !isWaiting(post) && <Link to="/posts/$postId" params={{ postId: post.id }} search={{ edit: true }} className={buttonStyle({ kind: 'primary' })}>Edit and send again</Link>}
      {isWaiting(post) && canPublish && post.targets.length > 0 && <Button kind="primary" onClick={() => setAsking('publish')}>Publish now</Button>}
    </div>
  ) : undefined;
  return (
    <PostFrame title={titleOf(post)} isSheet={isSheet} size="normal" onClose={onClose} {...(footer === undefined ? {} : { footer })}>
      <div className="flex min-w-0 flex-col gap-6">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted" aria-live="polite">
          <Badge tone={state.tone} shape={state.shape}>{state.word}</Badge>
          {time !== null && <span>{time} · {zone.replaceAll('_', ' ')}</span>}
          <span>by {post.authorName}, changed <RelativeTime instant={post.updatedAt} timeZone={zone} /></span>
        </p>
        {post.series !== null && <Suspense fallback={null}><SeriesNote series={post.series} onSkip={null} /></Suspense>}
        <UnsavedWords post={post} />
        <section className="flex flex-col gap-2">
          <SectionTitle>Where it goes</SectionTitle>
          {post.targets.length === 0
            ? <p className="text-muted">No account was chosen.</p>
            : <ul className="flex flex-col gap-2">{post.targets.map((target) => <TargetCard key={target.id} post={post} target={target} />)}</ul>}
        </section>
        <section className="flex flex-col gap-2">
          <SectionTitle>What it says</SectionTitle>
          <Words post={post} />
          {post.labels.length > 0 && <p className="flex flex-wrap gap-1.5">{post.labels.map((label) => <Badge key={label}>{label}</Badge>)}</p>}
        </section>
        <ReviewPanel post={post} onDecided={() => undefined} />
        <section className="flex flex-col gap-2">
          <SectionTitle>Every try</SectionTitle>
          <Region what="The tries"><Attempts post={post} /></Region>
        </section>
      </div>
      {asking === 'publish' && (
        <ConfirmDialog title="Publish now?" verb="Publish now" isDangerous={false} confirm={publish} onClose={() => setAsking(null)}>
          It goes out at once to {post.targets.map(({ handle, networkName }) => `@${handle} on ${networkName}`).join(', ')}.
        </ConfirmDialog>
      )}
      <Suspense fallback={null}>{asking === 'delete' && <DeleteDialog post={post} onClose={() => setAsking(null)} />}</Suspense>
    </PostFrame>
  );
}
