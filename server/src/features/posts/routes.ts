import { approvePost, askApproval, askChanges, listApprovals } from '@rookery/contract/approvals.ts';
import { addComment, deleteComment, listComments } from '@rookery/contract/comments.ts';
import {
  createCalendarFeed, exportCalendar, exportPosts, listCalendarFeeds, readCalendarFeed, revokeCalendarFeed,
} from '@rookery/contract/post-files.ts';
import { checkPostImport, importPosts } from '@rookery/contract/post-import.ts';
import { listPostMetrics } from '@rookery/contract/post-metrics.ts';
import {
  createPost, deletePost, getPost, listAttempts, listCalendar, listPosts, publishPost, resolveTarget, retryTarget, updatePost,
} from '@rookery/contract/posts.ts';
import { answerReview, createReviewLink, listReviewLinks, readReview, readReviewImage, revokeReviewLink } from '@rookery/contract/reviews.ts';
import { listSpending } from '@rookery/contract/spending.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { PublicContext, WorkspaceContext } from '../context.ts';
import { approve, giveBack, readApprovals, sendForApproval } from './approvals.ts';
import { exportCalendarFile } from './exchange/calendar-export.ts';
import { exportPostList } from './exchange/csv-export.ts';
import { createFeed, listFeeds, readFeed, revokeFeed } from './exchange/feed.ts';
import { checkImport, importFile } from './exchange/import.ts';
import { decideDoubtful, removePost, retry } from './decide.ts';
import { readCalendar, readPosts } from './lists.ts';
import { readPostFigures } from './metrics/show.ts';
import { comment, readComments, removeComment } from './review/comments.ts';
import { createLink, readLinks, revokeLink } from './review/links.ts';
import { answerByLink, showReview, showReviewImage } from './review/visitor.ts';
import { seriesRoutes } from './series/routes.ts';
import { changePost, publishNow, readAttempts, readPost, writePost } from './service.ts';
import { readSpending } from './spending/service.ts';

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
  route(listSpending, (ctx: WorkspaceContext) => readSpending(ctx)),
  route(listAttempts, (ctx: WorkspaceContext, { params }) => readAttempts(ctx, params.postId)),
  route(listPostMetrics, (ctx: WorkspaceContext, { params }) => readPostFigures(ctx, params.postId)),
  route(exportPosts, (ctx: WorkspaceContext, { query }) => exportPostList(ctx, query)),
  route(exportCalendar, (ctx: WorkspaceContext, { query }) => exportCalendarFile(ctx, query)),
  route(checkPostImport, (ctx: WorkspaceContext, { query, stream }) => checkImport(ctx, { query, stream })),
  route(importPosts, (ctx: WorkspaceContext, { query, stream }) => importFile(ctx, { query, stream })),
  route(listCalendarFeeds, (ctx: WorkspaceContext) => listFeeds(ctx)),
  route(createCalendarFeed, (ctx: WorkspaceContext, { body }) => createFeed(ctx, body)),
  route(revokeCalendarFeed, (ctx: WorkspaceContext, { params }) => revokeFeed(ctx, params.feedId)),
  route(askApproval, (ctx: WorkspaceContext, { params, body }) => sendForApproval(ctx, params.postId, body)),
  route(approvePost, (ctx: WorkspaceContext, { params, body }) => approve(ctx, params.postId, body)),
  route(askChanges, (ctx: WorkspaceContext, { params, body }) => giveBack(ctx, params.postId, body)),
  route(listApprovals, (ctx: WorkspaceContext) => readApprovals(ctx)),
  route(listComments, (ctx: WorkspaceContext, { params }) => readComments(ctx, params.postId)),
  route(addComment, (ctx: WorkspaceContext, { params, body }) => comment(ctx, params.postId, body)),
  route(deleteComment, (ctx: WorkspaceContext, { params }) => removeComment(ctx, params)),
  route(listReviewLinks, (ctx: WorkspaceContext, { params }) => readLinks(ctx, params.postId)),
  route(createReviewLink, (ctx: WorkspaceContext, { params, body }) => createLink(ctx, params.postId, body)),
  route(revokeReviewLink, (ctx: WorkspaceContext, { params }) => revokeLink(ctx, params)),
];

export const postPublicRoutes: readonly Route<PublicContext>[] = [
  route(readReview, (ctx: PublicContext, { body }) => showReview(ctx, body)),
  route(readReviewImage, (ctx: PublicContext, { body }) => showReviewImage(ctx, body)),
  route(answerReview, (ctx: PublicContext, { body }) => answerByLink(ctx, body)),
  route(readCalendarFeed, (ctx: PublicContext, { params }) => readFeed(ctx, params.token)),
];
