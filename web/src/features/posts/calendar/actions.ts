import { createContext, useContext } from 'react';

import type { CalendarPost } from '../calendar-post.ts';

/** What can be done with posts on the calendar. The functions stay the same while it is on screen, so that chips are not drawn anew. */
export interface CalendarActions {
  readonly open: (postId: string) => void;
  /** Writes a new post, for a wall time and an account where they are given. */
  readonly write: (wallTime?: string, accountId?: string) => void;
  /** Opens a copy of a post as a new draft. */
  readonly duplicate: (postId: string) => void;
  /** Asks for another time; `dropped` is where it was dropped, when that needs a decision. */
  readonly askMove: (post: CalendarPost, dropped?: string) => void;
  readonly askDelete: (post: CalendarPost) => void;
  readonly showDay: (day: string) => void;
  readonly canWrite: boolean;
}

export const CalendarActionsContext = createContext<CalendarActions | null>(null);

/** Only inside the calendar. */
export function useCalendarActions(): CalendarActions {
  const actions = useContext(CalendarActionsContext);
  if (actions === null) throw new Error('useCalendarActions is only for parts of the calendar');
  return actions;
}
