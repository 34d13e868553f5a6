import { approvalStates, type ApprovalState } from '@rookery/contract/approval.ts';
import { targetStates, type TargetState } from '@rookery/contract/posts.ts';

import { compact, dayParam, flagParam, idParam, textParam, wordParam, type RawSearch } from '../../platform/search-params.ts';

export const calendarViews = ['week', 'month', 'list'] as const;
export type CalendarView = (typeof calendarViews)[number];

export interface CalendarSearch {
  readonly view?: CalendarView;
  /** A day of the period in view. */
  readonly date?: string;
  readonly account?: string;
  readonly state?: TargetState;
  /** Of drafts: only where the approval stands like this. */
  readonly approval?: ApprovalState;
}

/** What the calendar shows, from the address. */
export function parseCalendarSearch(raw: RawSearch): CalendarSearch {
  return compact({
    view: wordParam(raw, 'view', calendarViews),
    date: dayParam(raw, 'date'),
    account: idParam(raw, 'account'),
    state: wordParam(raw, 'state', targetStates),
    approval: wordParam(raw, 'approval', approvalStates),
  });
}

export interface PostSearch {
  /** Wall time that a new post starts with, in the workspace's zone. */
  readonly at?: string;
  /** A post whose text a new one starts with. */
  readonly copy?: string;
  /** An account that a new post starts with. */
  readonly account?: string;
  /** Writes on at a post that failed; else it is shown. */
  readonly edit?: boolean;
}

/** What a new post starts with, from the address. */
export function parsePostSearch(raw: RawSearch): PostSearch {
  const at = textParam(raw, 'at', 16);
  return compact({
    at: at !== undefined && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(at) ? at : undefined,
    copy: idParam(raw, 'copy'),
    account: idParam(raw, 'account'),
    edit: flagParam(raw, 'edit'),
  });
}
