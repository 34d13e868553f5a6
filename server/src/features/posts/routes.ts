import {
  createPost, deletePost, getPost, listAttempts, listCalendar, listPosts, publishPost, resolveTarget, retryTarget, updatePost,
} from '@rookery/contract/posts.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { WorkspaceContext } from '../context.ts';
import { decideDoubtful, removePost, retry } from './decide.ts';
import { readCalendar, readPosts } from './lists.ts';
import { changePost, publishNow, readAttempts, readPost, writePost } from './service.ts';

export const postRoutes: readonly Route<WorkspaceContext>[] = [
  route(createPost, (ctx: WorkspaceContext, { body }) => writePost(ctx, body)),
  route(updatePost, (ctx: WorkspaceContext, { params, body }) => changePost(ctx, params.postId, body)),
  route(listPosts, (ctx: WorkspaceContext, { query }) => readPosts(ctx, query)),
  route(listCalendar, (ctx: WorkspaceContext, { query }) => readCalendar(ctx, query)),
  route(getPost, (ctx: WorkspaceContext, { params }) => readPost(ctx, params.postId)),
  route(publishPost, (ctx: WorkspaceContext, { params, body }) => publishNow(ctx, params.postId, body)),
  route(deletePost, (ctx: WorkspaceContext, { params, body }) => removePost(ctx, params.postId, body)),
  route(retryTarget, (ctx: WorkspaceContext, { params }) => retry(ctx, params.postId, params.targetId)),
  route(resolveTarget, (ctx: WorkspaceContext, { params, body }) => decideDoubtful(ctx, params, body)),
  route(listAttempts, (ctx: WorkspaceContext, { params }) => readAttempts(ctx, params.postId)),
];
