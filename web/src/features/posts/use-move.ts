import { updatePost } from '@rookery/contract/posts.ts';
import { resolveWallTime } from '@rookery/contract/wall-time.ts';
import { useCallback } from 'react';

import { ApiError } from '../../platform/api-error.ts';
import { call } from '../../platform/call.ts';
import { formatWall } from '../../platform/format.ts';
import { refresh } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { createStore, useStore, type Store } from '../../platform/store.ts';
import { showProblem, showToast } from '../../ui/toast.tsx';
import { fromPost, type CalendarPost } from './calendar-post.ts';
import { placePost } from './use-posts.ts';
import { occurrenceAt, type WallChoice } from './when.ts';

const undoMs = 10_000;
const moving: Store<ReadonlySet<string>> = createStore<ReadonlySet<string>>(new Set());

/** The posts whose new time is on its way to the server. */
export function useMoving(): ReadonlySet<string> {
  return useStore(moving);
}

export interface NewTime {
  readonly wallTime: string;
  readonly zone: string;
  readonly occurrence: WallChoice['occurrence'];
}

function mark(postId: string, isMoving: boolean): void {
  const next = new Set(moving.get());
  if (isMoving) next.add(postId);
  else next.delete(postId);
  moving.set(next);
}

/** The post as it will be: drawn at once, and taken back if the server refuses. */
function movedTo(post: CalendarPost, { wallTime, zone, occurrence }: NewTime): CalendarPost {
  const resolved = resolveWallTime(wallTime, zone, occurrence ?? undefined);
  return resolved.kind === 'instant' ? { ...post, wallTime, zone, dueAt: resolved.at.toISOString() } : post;
}

async function send(workspaceId: string, post: CalendarPost, time: NewTime): Promise<CalendarPost | null> {
  mark(post.id, true);
  placePost(movedTo(post, time));
  const { wallTime, zone, occurrence } = time;
  try {
    const when = { kind: 'at', wallTime, zone, ...(occurrence === null ? {} : { occurrence }) } as const;
    const { post: answer } = await call(updatePost, { params: { workspaceId, postId: post.id }, body: { version: post.version, when } });
    const moved = fromPost(answer);
    placePost(moved);
    return moved;
  } catch (error) {
    placePost(post);
    showProblem(`The post was not moved. ${error instanceof ApiError ? error.message : 'Try again.'}`);
    return null;
  } finally {
    mark(post.id, false);
    void refresh(['listCalendar', 'getPost']);
  }
}

/** Moves a post to another time: shown at once, saved at once, and for ten seconds undone with one press. */
export function useMove(): (post: CalendarPost, time: NewTime) => Promise<boolean> {
  const { workspace } = useSession();
  const { workspaceId } = workspace;
  return useCallback(async (post, time) => {
    const moved = await send(workspaceId, post, time);
    if (moved === null) return false;
    const { wallTime, zone, dueAt } = post;
    const undo = wallTime === null || zone === null || dueAt === null ? undefined : {
      label: 'Undo',
      run: () => void send(workspaceId, moved, { wallTime, zone, occurrence: occurrenceAt(wallTime, zone, dueAt) }),
    };
    showToast(`Moved to ${formatWall(time.wallTime)}`, undo, undoMs);
    return true;
  }, [workspaceId]);
}
