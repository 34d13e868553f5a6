import { noteLengthMax } from './approval.ts';
import { endpoint } from './endpoint.ts';
import { postParams } from './params.ts';
import { arrayOf, boolean, done, instant, object, oneOf, string, text, uuid, type Static } from './schema.ts';

/** `comment`: words. The others say what was asked for and decided. */
export const commentKinds = ['comment', 'asked', 'approved', 'changes', 'withdrawn'] as const;
export type CommentKind = (typeof commentKinds)[number];

/** One entry in the thread of a post. */
export const commentSchema = object({
  id: uuid(),
  kind: oneOf(commentKinds),
  authorName: string(),
  /** By somebody without an account, who was sent a review link. */
  isByLink: boolean(),
  /** A decision by link about the post as it was before it was changed. */
  isOutdated: boolean(),
  /** The caller may delete it. */
  isDeletable: boolean(),
  text: string(),
  createdAt: instant(),
});
export type Comment = Static<typeof commentSchema>;

export const listComments = endpoint({
  id: 'listComments', method: 'GET', path: '/api/workspaces/:workspaceId/posts/:postId/comments', access: 'posts:read',
  summary: 'Comments on a post and decisions about it, oldest first; the latest 500', params: postParams, reply: object({ comments: arrayOf(commentSchema) }),
});

export const addComment = endpoint({
  id: 'addComment', method: 'POST', path: '/api/workspaces/:workspaceId/posts/:postId/comments', access: 'posts:write',
  summary: 'Comment on a post, in plain text', rate: { name: 'comments:add', max: 200, windowSeconds: 3600 },
  params: postParams, body: object({ text: text(noteLengthMax) }), reply: object({ comment: commentSchema }),
});

export const deleteComment = endpoint({
  id: 'deleteComment', method: 'DELETE', path: '/api/workspaces/:workspaceId/posts/:postId/comments/:commentId', access: 'posts:write',
  summary: 'Delete a comment: your own, or as owner or admin any. Decisions stay',
  params: object({ workspaceId: uuid(), postId: uuid(), commentId: uuid() }), reply: done,
});
