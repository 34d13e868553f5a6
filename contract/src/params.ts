import { object, uuid } from './schema.ts';

/** What every path below a workspace names. */
export const workspaceParams = object({ workspaceId: uuid() });

/** Path parameters of one post. */
export const postParams = object({ workspaceId: uuid(), postId: uuid() });

/** Path parameters of one account. */
export const accountParams = object({ workspaceId: uuid(), accountId: uuid() });
