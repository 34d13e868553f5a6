import { listAccounts, listNetworks } from '@rookery/contract/accounts.ts';
import { askApproval } from '@rookery/contract/approvals.ts';
import { ratioWords } from '@rookery/contract/image-shape.ts';
import type { Media } from '@rookery/contract/media.ts';
import type { Post } from '@rookery/contract/posts.ts';
import { listSpending } from '@rookery/contract/spending.ts';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState, type KeyboardEvent, type ReactElement } from 'react';

import { call } from '../../../platform/call.ts';
import { formatPlural } from '../../../platform/format.ts';
import { refresh, useCall } from '../../../platform/query.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { useNow } from '../../../platform/use-now.ts';
import { buttonStyle } from '../../../ui/button.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { PostFrame } from '../frame.tsx';
import { refusalOf, type Refusal } from '../refusal.ts';
import { AccountRow } from './account-row.tsx';
import { destinationsOf, findProblems, findSameText, forecastBudgets, forecastPrice, type Destination, type Problem } from './destinations.ts';
import { countUndescribed, toggleTarget, withOtherImage, writtenOf, type Draft, type EditWhen, type Written } from './draft.ts';
import { ComposerFooter } from './footer.tsx';
import { LabelField } from './label-field.tsx';
import { ComposerMenu } from './menu.tsx';
import { ComposerNotices } from './notices.tsx';
import { Previews } from './preview.tsx';
import { useNextSlot } from './next-slot.tsx';
import { primaryForSlot, primaryOf } from './primary.ts';
import { fieldOf, problemListId, ProblemList } from './problem-list.tsx';
import { useDraft } from './use-draft.ts';
import { useShapes } from './use-shapes.ts';
import { WordsTabs } from './words-tabs.tsx';

const ReviewPanel = lazy(async () => ({ default: (await import('../review/review-panel.tsx')).ReviewPanel }));
const DeleteDialog = lazy(async () => ({ default: (await import('../delete-dialog.tsx')).DeleteDialog }));
const RepeatDialog = lazy(async () => ({ default: (await import('../series/repeat-dialog.tsx')).RepeatDialog }));
const SeriesNote = lazy(async () => ({ default: (await import('../series/series-note.tsx')).SeriesNote }));

export interface ComposerProps {
  readonly post: Post | null;
  readonly start: Draft;
  readonly startWhen: EditWhen;
  readonly isRestored: boolean;
  readonly isSheet: boolean;
  readonly onClose: () => void;
  readonly onCreated: (postId: string) => void;
  /** It was saved, scheduled or sent. */
  readonly onDone: (post: Post, kind: EditWhen['kind']) => void;
}

/** Scrolls to something and gives it focus. */
function goTo(id: string): void {
  const element = document.getElementById(id);
  element?.scrollIntoView({ block: 'center' });
  (element?.matches('textarea, input') === true ? element : element?.querySelector<HTMLElement>('button'))?.focus();
}

interface PublishDialogProps {
  readonly chosen: readonly Destination[];
  readonly price: string | null;
  readonly confirm: () => Promise<void>;
  readonly onClose: () => void;
}

function PublishDialog({ chosen, price, confirm, onClose }: PublishDialogProps): ReactElement {
  return (
    <ConfirmDialog title="Publish now?" verb="Publish now" isDangerous={false} confirm={confirm} onClose={onClose}>
      It goes out at once to {formatPlural(chosen.length, 'account')}: {chosen.map(({ account }) => `@${account.handle} on ${account.networkName}`).join(', ')}.{price === null ? '' : ` ${price}.`}
    </ConfirmDialog>
  );
}

/** "Say it well, everywhere." */
export function Composer({ post, start, startWhen, isRestored, isSheet, onClose, onCreated, onDone }: ComposerProps): ReactElement {
  const { workspace } = useSession();
  const needsApproval = !useCan('posts:approve') && workspace.requiresApproval;
  const canPublish = useCan('posts:publish') && !needsApproval;
  const canConnect = useCan('accounts:manage');
  const params = { workspaceId: workspace.workspaceId };
  const accounts = useCall(listAccounts, { params });
  const networks = useCall(listNetworks, { params });
  const { draft, change, saver, state, keepMine, takeTheirs, dropRestored } = useDraft({ post, start, isRestored, onCreated });
  const [when, setWhen] = useState(startWhen);
  const [openWords, setOpenWords] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [asking, setAsking] = useState<'publish' | 'delete' | 'repeat' | null>(null);
  const nowMs = useNow();
  const zone = workspace.timeZone;
  const saved = saver.post();

  const destinations = destinationsOf(accounts.data?.accounts ?? [], networks.data?.networks ?? []);
  const chosen = draft.targets.flatMap(({ accountId }) => destinations.find(({ account }) => account.id === accountId) ?? []);
  const problems = findProblems(draft, destinations, useShapes(draft, chosen));
  const price = forecastPrice(draft, destinations);
  const spending = useCall(listSpending, { params }, { enabled: price !== null });
  const budgets = spending.data === undefined ? [] : forecastBudgets(draft, destinations, { spending: spending.data, saved });
  const rules = { zone, nowMs, needsApproval };
  const nextSlot = useNextSlot(draft.targets.map(({ accountId }) => accountId), { postId: saved?.id ?? null, isWanted: when.kind === 'slot' });
  const primary = when.kind === 'slot' ? primaryForSlot(nextSlot.slot, saved, rules) : primaryOf(when, saved, rules);
  const isFit = problems.length === 0 && chosen.length > 0;

  const jump = (problem: Problem): void => {
    setOpenWords(chosen.length > 1 ? problem.accountId : null);
    requestAnimationFrame(() => goTo(fieldOf(draft, problem)));
  };
  const putReshaped = ({ accountId, reshape }: Problem, media: Media): void => {
    if (reshape === null) return;
    const replace = (from: string, to: string) => change((before) => withOtherImage(before, accountId, { from, to }));
    replace(reshape.mediaId, media.id);
    showToast(`The image is ${ratioWords(media.width / media.height)} now`, { label: 'Undo', run: () => replace(media.id, reshape.mediaId) });
  };
  const send = async (allowDuplicate: boolean): Promise<void> => {
    if (primary.when === null) return;
    setIsBusy(true);
    setRefusal(null);
    try {
      const extra = allowDuplicate ? { allowDuplicate } : {};
      const stored = await saver.commit(writtenOf(draft), { when: primary.isAsking ? { kind: 'draft' } : primary.when, ...extra });
      const asked = primary.isAsking && primary.when.kind === 'at' ? { version: stored.version, when: primary.when, ...extra } : null;
      const sent = asked === null ? stored : (await call(askApproval, { params: { ...params, postId: stored.id }, body: asked })).post;
      await refresh(['listCalendar', 'getPost', 'listAttempts']);
      onDone(sent, primary.kind);
    } catch (error) {
      setRefusal(refusalOf(error));
    } finally {
      setIsBusy(false);
      setAsking(null);
    }
  };
  const takeDraft = async (): Promise<{ written: Written; draftId: string }> => {
    const written = writtenOf(draft);
    return { written, draftId: (await saver.commit(written, { when: { kind: 'draft' } })).id };
  };
  const runPrimary = (): void => {
    if (primary.when === null || isBusy) return;
    if (primary.kind !== 'draft' && !isFit) goTo(problemListId);
    else if (primary.kind === 'now') setAsking('publish');
    else void send(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || asking !== null) return;
    event.preventDefault();
    runPrimary();
  };
  const error = accounts.error ?? networks.error;
  const isReady = accounts.data !== undefined && networks.data !== undefined;
  useEffect(() => {
    // People come to write: unless they are somewhere already, they start in the text.
    const active = document.activeElement;
    if (isReady && (active === document.body || active?.matches('h1, h2') === true)) document.querySelector<HTMLElement>('[data-text-start]')?.focus({ preventScroll: true });
  }, [isReady]);
  const footer = (
    <ComposerFooter
      state={state} savesByItself={saved === null || saved.dueAt === null} when={when} zone={zone} onWhen={setWhen} canPublish={canPublish}
      primaryLabel={primary.label} isPrimaryOff={primary.when === null || !isReady} isBusy={isBusy} onPrimary={runPrimary} nextSlot={nextSlot}
      onRepeat={saved === null || (saved.dueAt === null && saved.series === null) ? () => (isFit ? setAsking('repeat') : goTo(problemListId)) : null}
      menu={saved === null ? null : <ComposerMenu post={saved} save={saver.flush} onDelete={() => setAsking('delete')} />}
    />
  );
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Ctrl Enter anywhere in it does what the primary button does
    <div onKeyDown={onKeyDown} className="contents">
      <PostFrame title={post === null ? 'New post' : 'Edit post'} isSheet={isSheet} onClose={onClose} footer={footer}>
        {error !== null && !isReady && <ErrorState what="Your accounts" error={error} onRetry={() => void Promise.all([accounts.refetch(), networks.refetch()])} />}
        {error === null && !isReady && <SkeletonRows rows={4} label="Loading your accounts" />}
        {isReady && (
          <div className="grid min-w-0 items-start gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div className="flex min-w-0 flex-col gap-5">
              {saved !== null && saved.series !== null && <Suspense fallback={null}><SeriesNote series={saved.series} onSkip={() => setAsking('delete')} /></Suspense>}
              <ComposerNotices
                state={state} isBusy={isBusy} refusal={refusal} onInsist={() => void send(true)} dropRestored={dropRestored}
                takeTheirs={takeTheirs} keepMine={keepMine}
              />
              {destinations.length === 0
                ? <Empty action={canConnect ? <Link to="/accounts/connect" className={buttonStyle({ kind: 'primary' })}>Connect an account</Link> : undefined}>You can write a draft. To publish it, an account has to be connected.</Empty>
                : <AccountRow destinations={destinations} chosenIds={draft.targets.map(({ accountId }) => accountId)} onToggle={(accountId) => change((before) => toggleTarget(before, accountId))} />}
              <WordsTabs draft={draft} chosen={chosen} open={chosen.some(({ account }) => account.id === openWords) ? openWords : null} onOpen={setOpenWords} onChange={change} />
              <LabelField labels={draft.labels} onChange={(labels) => change((before) => ({ ...before, labels }))} />
            </div>
            <div className="flex min-w-0 flex-col gap-6">
              <ProblemList draft={draft} problems={problems} hasAccounts={chosen.length > 0} sameTextOn={findSameText(draft, destinations)} price={price} budgets={budgets} undescribed={countUndescribed(draft)} onJump={jump} onReshaped={putReshaped} />
              <Previews draft={draft} chosen={chosen} />
              <Suspense fallback={null}>{saved !== null && <ReviewPanel post={saved} onDecided={(decided) => onDone(decided, 'at')} />}</Suspense>
            </div>
          </div>
        )}
      </PostFrame>
      {asking === 'publish' && <PublishDialog chosen={chosen} price={price} confirm={() => send(false)} onClose={() => setAsking(null)} />}
      <Suspense fallback={null}>
        {asking === 'delete' && saved !== null && <DeleteDialog post={saved} onClose={() => setAsking(null)} onDeleted={onClose} />}
        {asking === 'repeat' && <RepeatDialog take={takeDraft} choice={when.choice} onClose={() => setAsking(null)} onStarted={saver.forget} />}
      </Suspense>
    </div>
  );
}
