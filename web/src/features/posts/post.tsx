import { getPost, type Post } from '@rookery/contract/posts.ts';
import { wallTimeOf } from '@rookery/contract/wall-time.ts';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ReactElement } from 'react';

import { formatWall } from '../../platform/format.ts';
import { useCall } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';
import { draftOf, emptyDraft, whenOf, type Draft, type EditWhen } from './composer/draft.ts';
import { readCopy } from './composer/local-copy.ts';
import { PostFrame } from './frame.tsx';
import type { PostSearch } from './search.ts';
import { isEditable, isWaiting } from './states.ts';
import { choiceOf, suggestTime } from './when.ts';

// One of the two is needed: writing on what waits, or looking at what became of it.
const Composer = lazy(async () => ({ default: (await import('./composer/composer.tsx')).Composer }));
const PostDetails = lazy(async () => ({ default: (await import('./post/post-details.tsx')).PostDetails }));

export interface PostScreenProps {
  readonly postId: string;
  readonly search: PostSearch;
  readonly isSheet: boolean;
  readonly onClose: () => void;
}

interface Start {
  readonly start: Draft;
  readonly startWhen: EditWhen;
  readonly isRestored: boolean;
}

/** What the composer begins with: words of an earlier visit that were not saved, the post, a copy of another, or nothing. */
function startOf(post: Post | null, { copied, search, workspaceId, zone }: { copied: Post | null; search: PostSearch; workspaceId: string; zone: string }): Start {
  const suggested = search.at === undefined ? suggestTime(Date.now(), zone) : choiceOf(search.at);
  const startWhen = post === null && search.at !== undefined ? ({ kind: 'at', choice: suggested } as const) : whenOf(post, suggested, zone);
  const kept = readCopy(workspaceId, post?.id ?? 'new');
  if (kept !== null && (post !== null || copied === null)) return { start: draftOf(kept.written), startWhen, isRestored: true };
  const from = post ?? copied;
  const start = from === null ? emptyDraft(search.account === undefined ? [] : [search.account]) : draftOf(from);
  return { start, startWhen, isRestored: false };
}

/** Mounted once everything it begins with is known, so that typing is never replaced by what arrives later. */
function Writing(props: { readonly post: Post | null; readonly copied: Post | null; readonly onCreated: (postId: string) => void } & Omit<PostScreenProps, 'postId'>): ReactElement {
  const { post, copied, search, isSheet, onClose, onCreated } = props;
  const { workspace } = useSession();
  const navigate = useNavigate();
  const zone = workspace.timeZone;
  const [started] = useState(() => startOf(post, { copied, search, workspaceId: workspace.workspaceId, zone }));
  const done = (sent: Post, kind: EditWhen['kind']): void => {
    if (kind === 'now') {
      void navigate({ to: '/posts/$postId', params: { postId: sent.id }, replace: true, resetScroll: false });
      return;
    }
    const time = sent.dueAt === null ? null : formatWall(wallTimeOf(new Date(sent.dueAt), zone));
    showToast(time !== null ? `Scheduled for ${time}` : sent.approval?.state === 'requested' ? 'Sent for approval' : sent.approval?.state === 'changes-requested' ? 'Given back with your note' : 'Saved as a draft');
    onClose();
  };
  return <Composer {...started} post={post} isSheet={isSheet} onClose={onClose} onCreated={onCreated} onDone={done} />;
}

/** One post, written on or looked at. A new one keeps its composer when it gets its address. */
export function PostScreen({ postId, search, isSheet, onClose }: PostScreenProps): ReactElement {
  const { workspace } = useSession();
  const canWrite = useCan('posts:write');
  const navigate = useNavigate();
  // A new post keeps its composer when it gets its address; a copy of it is another new post, with a composer of its own.
  const [created, setCreated] = useState<{ readonly id: string; readonly key: string } | null>(null);
  const isNew = postId === 'new' || postId === created?.id;
  const composerKey = postId === 'new' ? `new ${search.copy ?? ''}` : postId === created?.id ? created.key : postId;
  const params = { workspaceId: workspace.workspaceId };
  const loadedId = postId === 'new' ? search.copy : postId;
  const query = useCall(getPost, { params: { ...params, postId: loadedId ?? '' } }, { enabled: loadedId !== undefined });
  const post = loadedId === undefined ? null : (query.data?.post ?? null);
  const pending = <PostFrame title="Post" isSheet={isSheet} onClose={onClose}><SkeletonRows rows={5} label="Loading the post" /></PostFrame>;
  const onCreated = (id: string): void => {
    setCreated({ id, key: composerKey });
    void navigate({ to: '/posts/$postId', params: { postId: id }, replace: true, resetScroll: false });
  };

  if (loadedId !== undefined && post === null && !(isNew && postId !== 'new')) {
    if (query.error === null) return pending;
    return <PostFrame title="Post" isSheet={isSheet} onClose={onClose}><ErrorState what="The post" error={query.error} onRetry={() => void query.refetch()} /></PostFrame>;
  }
  const isWritten = isNew ? post === null || postId === 'new' || isWaiting(post) : post !== null && (isWaiting(post) || (search.edit === true && isEditable(post)));
  return (
    <Suspense fallback={pending}>
      {isWritten && canWrite
        ? <Writing key={composerKey} post={postId === 'new' ? null : post} copied={postId === 'new' ? post : null} search={search} isSheet={isSheet} onClose={onClose} onCreated={onCreated} />
        : post !== null && <PostDetails key={postId} post={post} isSheet={isSheet} onClose={onClose} />}
    </Suspense>
  );
}
