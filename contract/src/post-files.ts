import { approvalStates } from './approval.ts';
import { endpoint } from './endpoint.ts';
import { targetStates } from './posts.ts';
import { workspaceParams } from './params.ts';
import { arrayOf, done, instant, nullable, object, oneOf, optional, string, text, uuid, type Static } from './schema.ts';

const exportRate = { name: 'posts:export', max: 20, windowSeconds: 3600 } as const;
const calendarTypes = ['text/calendar; charset=utf-8'] as const;

/** As in `listPosts`, but without a range everything. */
const filters = { from: optional(instant()), to: optional(instant()), account: optional(uuid()), search: optional(text(200)) };

export const exportPosts = endpoint({
  id: 'exportPosts', method: 'GET', path: '/api/workspaces/:workspaceId/posts/export.csv', access: 'posts:read',
  summary: 'Posts by their time as a CSV file, and the drafts at its end where no range is given; the import reads it again',
  params: workspaceParams, rate: exportRate, query: object({ ...filters, state: optional(oneOf(targetStates)), approval: optional(oneOf(approvalStates)) }),
  replyKind: 'file', fileTypes: ['text/csv; charset=utf-8'], isReadAudited: true,
});

export const exportCalendar = endpoint({
  id: 'exportCalendar', method: 'GET', path: '/api/workspaces/:workspaceId/posts/calendar.ics', access: 'posts:read',
  summary: 'Posts that have a time as an iCalendar file', params: workspaceParams, rate: exportRate, query: object(filters),
  replyKind: 'file', fileTypes: calendarTypes, isReadAudited: true,
});

/** Addresses that one member may have in one workspace at a time. */
export const feedsMax = 10;

/** A secret address by which a calendar program reads what one member may see. The address itself is shown once, when it is made. */
export const calendarFeedSchema = object({
  id: uuid(),
  /** What it is for, in the member's words. */
  name: string(),
  createdAt: instant(),
  /** When a program last read it, to five minutes; null: not yet. */
  readAt: nullable(instant()),
});
export type CalendarFeed = Static<typeof calendarFeedSchema>;

export const listCalendarFeeds = endpoint({
  id: 'listCalendarFeeds', method: 'GET', path: '/api/workspaces/:workspaceId/calendar-feeds', access: 'posts:read',
  summary: 'Your own calendar addresses', params: workspaceParams, reply: object({ feeds: arrayOf(calendarFeedSchema) }),
});

export const createCalendarFeed = endpoint({
  id: 'createCalendarFeed', method: 'POST', path: '/api/workspaces/:workspaceId/calendar-feeds', access: 'posts:read', secretReply: true,
  summary: 'Make an address for a calendar program; it is told this once', params: workspaceParams,
  rate: { name: 'calendar-feed:create', max: 20, windowSeconds: 3600 },
  body: object({ name: text(60) }), reply: object({ feed: calendarFeedSchema, url: string() }),
});

export const revokeCalendarFeed = endpoint({
  id: 'revokeCalendarFeed', method: 'DELETE', path: '/api/workspaces/:workspaceId/calendar-feeds/:feedId', access: 'posts:read',
  summary: 'End a calendar address of yours at once', params: object({ workspaceId: uuid(), feedId: uuid() }), reply: done,
});

export const readCalendarFeed = endpoint({
  id: 'readCalendarFeed', method: 'GET', path: '/api/calendar/:token/posts.ics', access: 'public',
  summary: 'The posts of a workspace by a secret address, for calendar programs: from 90 days ago on',
  params: object({ token: string({ pattern: '^[A-Za-z0-9_-]{64}$', maxLength: 64 }) }),
  rate: { name: 'calendar-feed:read', max: 60, windowSeconds: 3600, guards: 'secret', by: 'address' },
  replyKind: 'file', fileTypes: calendarTypes,
});
