import { noteLengthMax } from './approval.ts';
import { endpoint } from './endpoint.ts';
import { postSchema, whenAtSchema, whenNowSchema } from './posts.ts';
import { postParams } from './params.ts';
import { arrayOf, boolean, integer, object, optional, text, union, uuid } from './schema.ts';

const oneReply = object({ post: postSchema });
const rate = { name: 'approvals:decide', max: 200, windowSeconds: 3600 } as const;

export const askApproval = endpoint({
  id: 'askApproval', method: 'POST', path: '/api/workspaces/:workspaceId/posts/:postId/approval/ask', access: 'posts:write',
  summary: 'Ask an owner or admin to let a post go out at a time. A post that is planned leaves the plan until they have', rate,
  params: postParams,
  body: object({ version: integer({ minimum: 1 }), when: whenAtSchema, note: optional(text(noteLengthMax)), allowDuplicate: optional(boolean()) }),
  reply: oneReply,
});

export const approvePost = endpoint({
  id: 'approvePost', method: 'POST', path: '/api/workspaces/:workspaceId/posts/:postId/approval/approve', access: 'posts:approve',
  summary: 'Let a post go out, exactly as the named version is: at the time that was asked for, or at another', rate,
  params: postParams,
  body: object({
    version: integer({ minimum: 1 }),
    /** Needed where the time that was asked for has passed. */
    when: optional(union([whenNowSchema, whenAtSchema])),
    note: optional(text(noteLengthMax)),
    allowDuplicate: optional(boolean()),
  }),
  reply: oneReply,
});

export const askChanges = endpoint({
  id: 'askChanges', method: 'POST', path: '/api/workspaces/:workspaceId/posts/:postId/approval/ask-changes', access: 'posts:approve',
  summary: 'Give a post back to whoever asked, with a note', rate,
  params: postParams, body: object({ version: integer({ minimum: 1 }), note: text(noteLengthMax) }), reply: oneReply,
});

export const listApprovals = endpoint({
  id: 'listApprovals', method: 'GET', path: '/api/workspaces/:workspaceId/approvals', access: 'posts:read',
  summary: 'Posts that wait for approval, by the time that was asked for; at most 200',
  params: object({ workspaceId: uuid() }), reply: object({ posts: arrayOf(postSchema) }),
});
