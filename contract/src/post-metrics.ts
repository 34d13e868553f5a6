import { endpoint } from './endpoint.ts';
import { postParams } from './params.ts';
import { arrayOf, instant, integer, nullable, object, oneOf, string, uuid, type Static } from './schema.ts';

/** What networks count on a post, in the order people see it. */
export const postMetrics = ['views', 'reach', 'likes', 'replies', 'comments', 'reposts', 'quotes', 'shares', 'saves', 'bookmarks'] as const;
export type PostMetric = (typeof postMetrics)[number];

/** One figure of a post. `value` is null with `unsupported` where the network does not give it: unknown is never zero. */
export const postFigureSchema = object({
  metric: oneOf(postMetrics), value: nullable(integer()), source: oneOf(['measured', 'unsupported']),
});
export type PostFigure = Static<typeof postFigureSchema>;

/** What is known of one destination that is out. */
export const targetFiguresSchema = object({
  targetId: uuid(),
  /** The latest reading; empty before the first. Of a thread: its first post. */
  figures: arrayOf(postFigureSchema),
  readAt: nullable(instant()),
  /** When it is read next; null: not any more. */
  nextAt: nullable(instant()),
  /** The network has no such post any more: since when we know. */
  goneAt: nullable(instant()),
  /** Why the latest reading did not come about, in words; null when it did. */
  reason: nullable(string()),
  /** Earlier readings and the latest, oldest first. */
  series: arrayOf(object({ at: instant(), figures: arrayOf(postFigureSchema) })),
});
export type TargetFigures = Static<typeof targetFiguresSchema>;

export const listPostMetrics = endpoint({
  id: 'listPostMetrics', method: 'GET', path: '/api/workspaces/:workspaceId/posts/:postId/metrics', access: 'posts:read',
  summary: 'What the networks count on a published post, with the age of each reading', params: postParams,
  reply: object({ targets: arrayOf(targetFiguresSchema) }),
});
