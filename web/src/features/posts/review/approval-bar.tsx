import { approvePost, askChanges } from '@rookery/contract/approvals.ts';
import { noteLengthMax, type Approval } from '@rookery/contract/approval.ts';
import type { Post } from '@rookery/contract/posts.ts';
import { useState, type ReactElement } from 'react';

import { ApiError } from '../../../platform/api-error.ts';
import { call } from '../../../platform/call.ts';
import { formatWall } from '../../../platform/format.ts';
import { refresh } from '../../../platform/query.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import { Dialog, DialogActions } from '../../../ui/dialog.tsx';
import { TextAreaField } from '../../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../../ui/form.tsx';
import { useNextSlot } from '../composer/next-slot.tsx';
import { WhenField } from '../when-field.tsx';
import { choiceOf, occurrenceAt, resolveChoice, suggestTime, wallTimeOfChoice } from '../when.ts';

interface ApprovalBarProps {
  readonly post: Post;
  readonly onDecided: (post: Post) => void;
}

const touched = ['getPost', 'listCalendar', 'listAttempts', 'listComments', 'listApprovals'];

/** When the post is to go out, in words. */
function wantedWords({ wallTime, zone }: Approval): string {
  return `${formatWall(wallTime)} · ${zone.replaceAll('_', ' ')}`;
}

/** Where the approval of a post stands, and what an owner or admin can say to it. Nothing where nobody has asked. */
export function ApprovalBar({ post, onDecided }: ApprovalBarProps): ReactElement | null {
  const canApprove = useCan('posts:approve');
  const [asking, setAsking] = useState<'approve' | 'changes' | null>(null);
  const { approval } = post;
  if (approval === null || post.state === 'canceled' || post.state === 'deleted') return null;
  const done = async (decided: Post): Promise<void> => {
    setAsking(null);
    await refresh(touched);
    onDecided(decided);
  };
  if (approval.state === 'requested') {
    const actions = canApprove ? (
      <span className="flex flex-wrap gap-2">
        <Button size="small" onClick={() => setAsking('changes')}>Ask for changes</Button>
        <Button size="small" kind="primary" onClick={() => setAsking('approve')}>Approve</Button>
      </span>
    ) : undefined;
    return (
      <>
        <Callout tone="warning" action={actions}>
          <p className="font-medium">Needs approval</p>
          <p className="text-caption text-muted">{approval.requestedBy} asks for {wantedWords(approval)}.{canApprove ? '' : ' An owner or admin decides.'}</p>
        </Callout>
        {asking === 'approve' && <ApproveDialog post={post} approval={approval} onClose={() => setAsking(null)} onDone={done} />}
        {asking === 'changes' && <ChangesDialog post={post} onClose={() => setAsking(null)} onDone={done} />}
      </>
    );
  }
  if (approval.state === 'approved') return <Callout tone="success">Approved by {approval.decidedBy}.</Callout>;
  if (approval.state === 'changes-requested') {
    return <Callout tone="warning"><p className="font-medium">{approval.decidedBy} asks for changes</p>{approval.note !== null && <p className="wrap-anywhere whitespace-pre-wrap">{approval.note}</p>}</Callout>;
  }
  if (post.state !== 'draft') return null;
  return <Callout tone="info">It was changed after it had been approved or asked for. Send it for approval again. The time was {wantedWords(approval)}.</Callout>;
}

interface DecisionProps {
  readonly post: Post;
  readonly onClose: () => void;
  readonly onDone: (post: Post) => Promise<void>;
}

/** Approves at the time that was asked for; where that has passed, asks for another or for now. */
function ApproveDialog({ post, approval, onClose, onDone }: DecisionProps & { readonly approval: Approval }): ReactElement {
  const { workspace } = useSession();
  const zone = workspace.timeZone;
  const [hasPassed, setHasPassed] = useState(() => Date.parse(approval.wantedAt) <= Date.now());
  const [choice, setChoice] = useState(() => (hasPassed ? suggestTime(Date.now(), zone) : choiceOf(approval.wallTime)));
  const { slot } = useNextSlot(post.targets.map(({ accountId }) => accountId), { postId: post.id, isWanted: hasPassed });
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async (when: 'asked' | 'now' | 'chosen'): Promise<void> => {
    const wallTime = wallTimeOfChoice(choice);
    if (when === 'chosen' && (wallTime === null || resolveChoice(choice, zone, Date.now()).problem !== null)) return;
    setIsBusy(true);
    setProblem(null);
    const chosen = { kind: 'at', wallTime: wallTime ?? '', zone, ...(choice.occurrence === null ? {} : { occurrence: choice.occurrence }) } as const;
    const body = { version: post.version, ...(when === 'asked' ? {} : { when: when === 'now' ? ({ kind: 'now' } as const) : chosen }) };
    try {
      const { post: decided } = await call(approvePost, { params: { workspaceId: workspace.workspaceId, postId: post.id }, body });
      await onDone(decided);
    } catch (error) {
      if (error instanceof ApiError && error.fields.some(({ code }) => code === 'past')) setHasPassed(true);
      setProblem(error instanceof ApiError ? error.message : 'Something went wrong in this page. Try again.');
      setIsBusy(false);
    }
  };
  return (
    <Dialog title="Approve this post?" description={hasPassed ? 'The time that was asked for has passed. Choose another one, or publish it now.' : `It goes out on ${wantedWords(approval)}, exactly as it is now.`} onClose={onClose}>
      {problem !== null && <Callout tone="danger" role="alert">{problem}</Callout>}
      {hasPassed && <WhenField choice={choice} zone={zone} onChange={setChoice} />}
      {hasPassed && slot !== null && (
        <Button className="self-start" onClick={() => setChoice(choiceOf(slot.wallTime, occurrenceAt(slot.wallTime, zone, slot.at)))}>Next free slot: {formatWall(slot.wallTime)}</Button>
      )}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        {hasPassed && <Button isBusy={isBusy} onClick={() => void send('now')}>Approve and publish now</Button>}
        <Button kind="primary" isBusy={isBusy} onClick={() => void send(hasPassed ? 'chosen' : 'asked')}>{hasPassed ? 'Approve for this time' : 'Approve'}</Button>
      </DialogActions>
    </Dialog>
  );
}

function ChangesDialog({ post, onClose, onDone }: DecisionProps): ReactElement {
  const { workspace } = useSession();
  const submit = async (form: FormData): Promise<void> => {
    const params = { workspaceId: workspace.workspaceId, postId: post.id };
    await onDone((await call(askChanges, { params, body: { version: post.version, note: textOf(form, 'note') } })).post);
  };
  return (
    <Dialog title="Ask for changes" description="The post goes back to whoever asked, with your note." onClose={onClose}>
      <Form submit={submit}>
        <TextAreaField label="What should change?" name="note" maxLength={noteLengthMax} required />
        <DialogActions><Button onClick={onClose}>Cancel</Button><SubmitButton>Ask for changes</SubmitButton></DialogActions>
      </Form>
    </Dialog>
  );
}
