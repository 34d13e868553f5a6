import {
  createCalendarFeed, exportCalendar, exportPosts, listCalendarFeeds, readCalendarFeed, revokeCalendarFeed,
} from '@rookery/contract/post-files.ts';
import {
  createPost, deletePost, getPost, listAttempts, listCalendar, listPosts, publishPost, resolveTarget, retryTarget, updatePost,
} from '@rookery/contract/posts.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { PublicContext, WorkspaceContext } from '../context.ts';
import { exportCalendarFile } from './exchange/calendar-export.ts';
import { exportPostList } from './exchange/csv-export.ts';
import { createFeed, listFeeds, readFeed, revokeFeed } from './exchange/feed.ts';
import { decideDoubtful, removePost, retry } from './decide.ts';
import { readCalendar, readPosts } from './lists.ts';
import { seriesRoutes } from './series/routes.ts';
import { changePost, publishNow, readAttempts, readPost, writePost } from './service.ts';

export const postRoutes: readonly Route<WorkspaceContext>[] = [
  ...seriesRoutes,
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
  route(exportPosts, (ctx: WorkspaceContext, { query }) => exportPostList(ctx, query)),
  route(exportCalendar, (ctx: WorkspaceContext, { query }) => exportCalendarFile(ctx, query)),
  route(listCalendarFeeds, (ctx: WorkspaceContext) => listFeeds(ctx)),
  route(createCalendarFeed, (ctx: WorkspaceContext, { body }) => createFeed(ctx, body)),
  route(revokeCalendarFeed, (ctx: WorkspaceContext, { params }) => revokeFeed(ctx, params.feedId)),
];

export const postPublicRoutes: readonly Route<PublicContext>[] = [
  route(readCalendarFeed, (ctx: PublicContext, { params }) => readFeed(ctx, params.token)),
];
