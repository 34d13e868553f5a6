import { answerReview, readReview, type Review } from '@rookery/contract/reviews.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';

import { call } from '../../platform/call.ts';
import { browserZone, formatInstant, formatWall } from '../../platform/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { BrandMark } from '../../ui/brand-mark.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { TextAreaField, TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../ui/form.tsx';
import { NetworkMark } from '../../ui/network-mark.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ReviewParts } from './review-parts.tsx';

/** What whoever holds a review link sees: one post, and a place to answer. No account, no way into the app. */
export function ReviewPage(): ReactElement {
  const token = useLocation({ select: (location) => location.hash.replace(/^#/, '') });
  const { data, error } = useQuery({
    queryKey: ['readReview', token],
    queryFn: ({ signal }) => call(readReview, { body: { token } }, { signal }),
    enabled: token !== '',
  });
  if (token === '' || error !== null) {
    return (
      <Frame title="This link does not work">
        <p className="max-w-[52ch] text-muted">{error?.message ?? 'The address is not complete. Open the whole link that you were sent.'}</p>
      </Frame>
    );
  }
  if (data === undefined) return <Frame title="Loading the post"><Skeleton className="h-96 rounded-card" /></Frame>;
  return <Shown review={data.review} token={token} />;
}

function Frame({ title, lead, children }: { readonly title: string; readonly lead?: ReactNode; readonly children: ReactNode }): ReactElement {
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div className="flex min-h-dvh flex-col bg-canvas">
      <main className="mx-auto flex w-full max-w-160 flex-1 flex-col gap-6 px-4 py-8 sm:py-14">
        <header className="flex flex-col gap-2">
          <h1 className="text-[1.625rem] leading-8 font-semibold tracking-tight text-balance wrap-anywhere">{title}</h1>
          {lead}
        </header>
        {children}
      </main>
      <footer className="flex items-center justify-center gap-2 py-6 text-caption text-faint"><BrandMark size={16} /> Shared with Rookery</footer>
    </div>
  );
}

function whenWords({ isPublished, wallTime, zone }: Review): string {
  if (isPublished) return 'It is out.';
  if (wallTime === null || zone === null) return 'No time is planned yet.';
  return `Planned for ${formatWall(wallTime)}, ${zone.replaceAll('_', ' ')} time`;
}

function Shown({ review, token }: { readonly review: Review; readonly token: string }): ReactElement {
  const own = review.targets.filter(({ parts }) => parts !== null);
  const shared = review.targets.filter(({ parts }) => parts === null);
  return (
    <Frame title={`A post by ${review.workspaceName}, for your review`} lead={<p className="text-muted">{whenWords(review)}</p>}>
      <Decision review={review} />
      {(shared.length > 0 || own.length === 0) && (
        <Version targets={shared}><ReviewParts parts={review.parts} firstComment={review.firstComment} token={token} /></Version>
      )}
      {own.map((target) => (
        <Version key={`${target.network}:${target.handle}`} targets={[target]}>
          <ReviewParts parts={target.parts ?? []} firstComment={review.firstComment} token={token} />
        </Version>
      ))}
      <Answers review={review} />
      <AnswerForm key={`${review.fingerprint}:${review.answers.length}`} review={review} token={token} />
      <p className="text-caption text-faint">This link works until {formatInstant(review.expiresAt, browserZone())}.</p>
    </Frame>
  );
}

function Version({ targets, children }: { readonly targets: Review['targets']; readonly children: ReactNode }): ReactElement {
  return (
    <article className="overflow-clip rounded-card border border-line bg-surface">
      {targets.length > 0 && (
        <ul className="flex flex-wrap gap-x-4 gap-y-1.5 border-b border-line px-5 py-3 max-sm:px-4">
          {targets.map(({ network, networkName, handle }) => (
            <li key={`${network}:${handle}`} className="flex min-w-0 items-center gap-1.5 text-caption">
              <NetworkMark network={network} /><span className="truncate font-medium">@{handle.replace(/^@/, '')}</span><span className="text-muted">{networkName}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="px-5 py-5 max-sm:px-4">{children}</div>
    </article>
  );
}

/** The last decision, and whether it was about what is shown now. */
function Decision({ review }: { readonly review: Review }): ReactElement | null {
  const last = review.answers.findLast(({ kind }) => kind !== 'comment');
  if (last === undefined) return null;
  if (last.isOutdated) return <Callout tone="warning" role="status">{last.kind === 'approved' ? 'The post was changed since you approved it. Please look again.' : 'The post was changed since you asked for changes.'}</Callout>;
  return last.kind === 'approved'
    ? <Callout tone="success" role="status">Approved by {last.name}. Thank you.</Callout>
    : <Callout tone="info" role="status">{last.name} asked for changes. The team has been told.</Callout>;
}

const answerWords = { comment: null, approved: { word: 'Approved', tone: 'success', shape: 'check' }, changes: { word: 'Asked for changes', tone: 'warning', shape: 'alert' } } as const;

function Answers({ review }: { readonly review: Review }): ReactElement | null {
  if (review.answers.length === 0) return null;
  return (
    <ol aria-label="Answers" className="flex flex-col divide-y divide-line rounded-card border border-line bg-surface">
      {review.answers.map((answer, index) => {
        const words = answerWords[answer.kind];
        return (
          <li key={index} className={clsx('flex flex-col gap-1 px-5 py-3 max-sm:px-4')}>
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-caption text-muted">
              <strong className="font-medium text-ink wrap-anywhere">{answer.name}</strong>
              {words !== null && <Badge tone={words.tone} shape={words.shape}>{words.word}</Badge>}
              <RelativeTime instant={answer.at} timeZone={browserZone()} />
            </p>
            {answer.text !== '' && <p className="wrap-anywhere whitespace-pre-wrap">{answer.text}</p>}
          </li>
        );
      })}
    </ol>
  );
}

/** Name, words, and what they mean: which button was pressed. */
function AnswerForm({ review, token }: { readonly review: Review; readonly token: string }): ReactElement {
  const client = useQueryClient();
  const [kind, setKind] = useState<'comment' | 'approved' | 'changes'>('comment');
  const canDecide = review.mayDecide && !review.isPublished;
  const lastName = review.answers.at(-1)?.name;
  const submit = async (form: FormData): Promise<void> => {
    const body = { token, kind, name: textOf(form, 'name'), text: textOf(form, 'text'), seen: review.fingerprint };
    try {
      client.setQueryData(['readReview', token], await call(answerReview, { body }));
    } catch (error) {
      // It may have changed: what is shown should be what is talked about.
      void client.invalidateQueries({ queryKey: ['readReview', token] });
      throw error;
    }
  };
  return (
    <Card title={canDecide ? 'What do you think?' : 'Leave a comment'}>
      <Form submit={submit}>
        <TextField label="Your name" name="name" maxLength={80} autoComplete="name" defaultValue={lastName} required />
        <TextAreaField label="Comment" name="text" rows={3} maxLength={2000} help={canDecide ? 'Not needed to approve.' : undefined} />
        <div className="flex flex-wrap justify-end gap-2 max-sm:flex-col-reverse">
          <SubmitButton kind={canDecide ? 'ghost' : 'primary'} size="touch" onClick={() => setKind('comment')}>Only comment</SubmitButton>
          {canDecide && <SubmitButton kind="secondary" size="touch" onClick={() => setKind('changes')}>Ask for changes</SubmitButton>}
          {canDecide && <SubmitButton size="touch" onClick={() => setKind('approved')}>Approve</SubmitButton>}
        </div>
      </Form>
    </Card>
  );
}
