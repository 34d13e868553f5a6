import { noteLengthMax } from '@rookery/contract/approval.ts';
import { addComment, deleteComment, listComments, type Comment, type CommentKind } from '@rookery/contract/comments.ts';
import type { Post } from '@rookery/contract/posts.ts';
import { useState, type ReactElement } from 'react';

import { useCall, useSend } from '../../../platform/query.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { Badge, type Shape, type Tone } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { TextAreaField } from '../../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../../ui/form.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { showToast } from '../../../ui/toast.tsx';

const decisions: Readonly<Record<Exclude<CommentKind, 'comment'>, { readonly word: string; readonly tone: Tone; readonly shape: Shape }>> = {
  asked: { word: 'Asked for approval', tone: 'warning', shape: 'quarter' },
  approved: { word: 'Approved', tone: 'success', shape: 'check' },
  changes: { word: 'Asked for changes', tone: 'warning', shape: 'alert' },
  withdrawn: { word: 'Changed after approval', tone: 'neutral', shape: 'ring' },
};

/** Comments on a post and decisions about it, oldest first, and a place to write. */
export function Thread({ post }: { readonly post: Post }): ReactElement {
  const { workspace } = useSession();
  const canWrite = useCan('posts:write');
  const params = { workspaceId: workspace.workspaceId, postId: post.id };
  const { data, error, refetch } = useCall(listComments, { params });
  const add = useSend(addComment, ['listComments']);
  const [round, setRound] = useState(0);
  const submit = async (form: FormData): Promise<void> => {
    await add.mutateAsync({ params, body: { text: textOf(form, 'text') } });
    setRound((before) => before + 1);
  };
  if (error !== null && data === undefined) return <ErrorState what="The comments" error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={2} label="Loading the comments" />;
  return (
    <>
      {data.comments.length === 0 && <p className="text-caption text-muted">No comments yet.</p>}
      {data.comments.length > 0 && (
        <ol className="flex flex-col divide-y divide-line rounded-control border border-line bg-surface">
          {data.comments.map((comment) => <Entry key={comment.id} comment={comment} params={params} zone={workspace.timeZone} />)}
        </ol>
      )}
      {canWrite && (
        <Form key={round} submit={submit} className="gap-2">
          <TextAreaField label="Comment" name="text" rows={2} maxLength={noteLengthMax} required />
          <div className="flex justify-end"><SubmitButton kind="secondary" size="small">Comment</SubmitButton></div>
        </Form>
      )}
    </>
  );
}

interface EntryProps {
  readonly comment: Comment;
  readonly params: { readonly workspaceId: string; readonly postId: string };
  readonly zone: string;
}

function Entry({ comment, params, zone }: EntryProps): ReactElement {
  const remove = useSend(deleteComment, ['listComments']);
  const decision = comment.kind === 'comment' ? null : decisions[comment.kind];
  const take = (): void => {
    remove.mutateAsync({ params: { ...params, commentId: comment.id } }).then(() => showToast('Comment deleted'), (error: unknown) => {
      showToast(error instanceof Error ? error.message : 'The comment could not be deleted.');
    });
  };
  return (
    <li className="flex flex-col gap-1 px-3.5 py-2.5">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-caption text-muted">
        <strong className="font-medium text-ink">{comment.authorName}</strong>
        {comment.isByLink && <span>(by link)</span>}
        {decision !== null && <Badge tone={decision.tone} shape={decision.shape}>{decision.word}</Badge>}
        {comment.isOutdated && <span>· changed since</span>}
        <RelativeTime instant={comment.createdAt} timeZone={zone} />
        {comment.isDeletable && <Button kind="ghost" size="small" className="ml-auto" isBusy={remove.isPending} onClick={take}>Delete<span className="sr-only"> this comment</span></Button>}
      </p>
      {comment.text !== '' && <p className="wrap-anywhere whitespace-pre-wrap">{comment.text}</p>}
    </li>
  );
}
