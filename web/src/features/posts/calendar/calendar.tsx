import { resolveWallTime } from '@rookery/contract/wall-time.ts';
import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { lazy, Suspense, useMemo, useState, type ReactElement } from 'react';

import { dayInZone } from '../../../platform/format.ts';
import { useShortcut } from '../../../platform/keyboard.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { useIsPhone } from '../../../platform/use-media.ts';
import { useNow } from '../../../platform/use-now.ts';
import { startOfDay } from '../../../platform/zoned-day.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import { Card } from '../../../ui/card.tsx';
import { ErrorState, Region } from '../../../ui/error-state.tsx';
import { Page } from '../../../ui/page.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { showProblem } from '../../../ui/toast.tsx';
import type { CalendarPost } from '../calendar-post.ts';
import type { CalendarSearch } from '../search.ts';
import { isGone } from '../states.ts';
import { useMove, useMoving } from '../use-move.ts';
import { usePosts } from '../use-posts.ts';
import { CalendarActionsContext, type CalendarActions } from './actions.ts';
import { Agenda } from './agenda.tsx';
import { DragGhost } from './drag-ghost.tsx';
import { useFreeSlots } from './free-slots.tsx';
import { groupByDay, placePosts, type PlacedPost } from './grid-layout.ts';
import { ListView } from './list-view.tsx';
import { MonthView } from './month-view.tsx';
import { MoreMenu } from './more-menu.tsx';
import { firstWeekday, periodOf, stepPeriod } from './period.ts';
import { CalendarControls, PeriodBar } from './toolbar.tsx';
import { useActiveChip } from './use-active-chip.ts';
import { useDrag } from './use-drag.ts';
import { WeekView } from './week-view.tsx';

// Each opens on a press: not part of the first drawing.
const MoveDialog = lazy(async () => ({ default: (await import('../move-dialog.tsx')).MoveDialog }));
const DeleteListedDialog = lazy(async () => ({ default: (await import('../delete-dialog.tsx')).DeleteListedDialog }));
const DayDialog = lazy(async () => ({ default: (await import('./day-dialog.tsx')).DayDialog }));

type Opened =
  | { readonly kind: 'move'; readonly post: CalendarPost; readonly dropped: string | undefined }
  | { readonly kind: 'delete'; readonly post: CalendarPost }
  | { readonly kind: 'day'; readonly day: string };

/** What changes with a choice: drafts have no time, so they are a list; another view leaves them. */
function withChoice(search: CalendarSearch, changes: Partial<Record<keyof CalendarSearch, string | undefined>>): Record<string, string | undefined> {
  const next: Record<string, string | undefined> = { ...search, ...changes };
  if ('state' in changes) next['approval'] = changes.approval;
  if (changes.state === 'draft') next['view'] = 'list';
  else if (changes.view !== undefined && changes.view !== 'list' && next['state'] === 'draft') next['state'] = next['approval'] = undefined;
  if (next['view'] === 'week') next['view'] = undefined;
  return next;
}

function useKeys(run: { today: () => void; view: (view: 'week' | 'month' | 'list') => void; step: (direction: -1 | 1) => void; moveFocused: () => boolean }): void {
  useShortcut('t', 'Today', run.today);
  useShortcut('w', 'Week', () => run.view('week'));
  useShortcut('m', 'Month; on a post: move it', () => {
    if (!run.moveFocused()) run.view('month');
  });
  useShortcut('l', 'List', () => run.view('list'));
  useShortcut('left', 'Period before', () => run.step(-1));
  useShortcut('right', 'Period after', () => run.step(1));
  useShortcut('/', 'Filter by account', () => document.getElementById('calendar-account')?.focus());
}

/** "What goes out when?" */
export function Calendar({ search }: { readonly search: CalendarSearch }): ReactElement {
  const { workspace } = useSession();
  const navigate = useNavigate();
  const canWrite = useCan('posts:write');
  const isPhone = useIsPhone();
  const zone = workspace.timeZone;
  const today = dayInZone(useNow(), zone);
  const { view = 'week', date = today, account, state, approval } = search;
  const period = useMemo(() => periodOf(view, date, firstWeekday()), [view, date]);
  const range = state === 'draft' ? {} : { from: startOfDay(period.days[0] ?? date, zone), to: startOfDay(period.end, zone) };
  const wanted = { ...range, account, state, approval: state === 'draft' ? approval : undefined };
  const query = usePosts(wanted);
  const freeByDay = useFreeSlots({ ...(view === 'list' || state !== undefined ? {} : range), account });
  const posts = query.data?.posts;
  // What was canceled or deleted is shown only to those who ask for it.
  const placed = useMemo(() => placePosts((posts ?? []).filter((post) => state !== undefined || !isGone(post)), zone), [posts, zone, state]);
  const byDay = useMemo(() => groupByDay(placed), [placed]);
  const movingIds = useMoving();
  const move = useMove();
  const [opened, setOpened] = useState<Opened | null>(null);
  const { activeId, follow } = useActiveChip();
  const find = (postId: string): PlacedPost | undefined => placed.find(({ post }) => post.id === postId);

  const show = (changes: Partial<Record<keyof CalendarSearch, string | undefined>>): void =>
    void navigate({ to: '/calendar', search: withChoice(search, changes), replace: true, resetScroll: false });
  const step = (direction: -1 | 1): void => show({ date: stepPeriod(view, date, direction) });
  const actions = useMemo<CalendarActions>(() => ({
    open: (postId) => void navigate({ to: '/posts/$postId', params: { postId }, resetScroll: false }),
    write: (at, accountId = account) => void navigate({ to: '/posts/$postId', params: { postId: 'new' }, search: { ...(at === undefined ? {} : { at }), ...(accountId === undefined ? {} : { account: accountId }) }, resetScroll: false }),
    duplicate: (postId) => void navigate({ to: '/posts/$postId', params: { postId: 'new' }, search: { copy: postId }, resetScroll: false }),
    askMove: (post, dropped) => setOpened({ kind: 'move', post, dropped }),
    askDelete: (post) => setOpened({ kind: 'delete', post }),
    showDay: (day) => setOpened({ kind: 'day', day }),
    canWrite,
  }), [navigate, canWrite, account]);
  const drop = ({ post, wallTime: before }: PlacedPost, wallTime: string): void => {
    if (wallTime === before) return;
    const resolved = resolveWallTime(wallTime, zone);
    // An hour that is missing or comes twice is a question, not an error.
    if (resolved.kind !== 'instant') actions.askMove(post, wallTime);
    else if (resolved.at.getTime() <= Date.now()) showProblem('That time has passed, so the post stays where it was.');
    else void move(post, { wallTime, zone, occurrence: null });
  };
  const { drag, onPointerDown } = useDrag({
    findMovable: (postId) => {
      const entry = canWrite ? find(postId) : undefined;
      return entry !== undefined && entry.post.isMovable ? entry : null;
    },
    drop,
  });
  useKeys({
    today: () => show({ date: undefined }),
    view: (next) => show({ view: next }),
    step,
    moveFocused: () => {
      const postId = document.activeElement?.closest('[data-post]')?.getAttribute('data-post');
      const post = posts?.find(({ id }) => id === postId);
      if (post === undefined) return false;
      if (canWrite && post.isMovable) actions.askMove(post);
      else showProblem('Only a post that waits for its time can be moved.');
      return true;
    },
  });
  const close = (): void => setOpened(null);
  const isFirstLoad = posts === undefined && query.error === null;
  const shared = { byDay, freeByDay, zone, movingIds, drag };
  return (
    <CalendarActionsContext value={actions}>
      <Page
        title="Calendar"
        context={zone}
        width="full"
        actions={(
          <>
            <CalendarControls search={search} show={show} />
            <MoreMenu query={wanted} />
            {canWrite && <Button kind="primary" onClick={() => actions.write()}><Plus size={16} aria-hidden="true" /> New post</Button>}
          </>
        )}
      >
        <div className="flex flex-col gap-3" {...follow} onPointerDown={onPointerDown}>
          <PeriodBar title={period.title} isLoading={query.isPlaceholderData} search={search} step={step} goToday={() => show({ date: undefined })} show={show} />
          {query.data?.isCut === true && <Callout tone="info">There are more posts than this view can draw. Choose an account, a state or a shorter period.</Callout>}
          {posts === undefined && query.error !== null && <Card isFlush><ErrorState what="The calendar" error={query.error} onRetry={() => void query.refetch()} /></Card>}
          {isFirstLoad && <div role="status" aria-label="Loading the calendar"><Skeleton className="h-[calc(100dvh-9.5rem)] rounded-card" /></div>}
          {posts !== undefined && (
            <Region what="The calendar">
              {view === 'week' && (isPhone ? <Agenda days={period.days} {...shared} /> : <WeekView days={period.days} activeId={activeId} {...shared} />)}
              {view === 'month' && <MonthView days={period.days} date={date} isPhone={isPhone} activeId={activeId} {...shared} />}
              {view === 'list' && <ListView posts={state === 'draft' ? posts : placed.map(({ post }) => post)} zone={zone} movingIds={movingIds} emptyWords={state === 'draft' ? (approval === undefined ? 'No drafts wait here.' : 'No drafts like that.') : `No posts in ${period.title}${state === undefined && account === undefined ? '' : ' with this filter'}.`} />}
            </Region>
          )}
        </div>
        <DragGhost drag={drag} />
      </Page>
      <Suspense fallback={null}>
        {opened?.kind === 'move' && <MoveDialog post={opened.post} dropped={opened.dropped} onClose={close} />}
        {opened?.kind === 'delete' && <DeleteListedDialog postId={opened.post.id} onClose={close} />}
        {opened?.kind === 'day' && <DayDialog day={opened.day} entries={byDay.get(opened.day) ?? []} movingIds={movingIds} onClose={close} />}
      </Suspense>
    </CalendarActionsContext>
  );
}
