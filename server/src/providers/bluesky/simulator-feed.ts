import { jsonReply, type SimulatedReply } from '../simulation/request.ts';
import { figuresOf } from '../simulation/post-figures.ts';
import type { SimulatedPost } from '../simulation/world.ts';
import { findRecord, type RepoParts } from './simulator-repo.ts';
import { renderProfileView, type Actor, type JsonRecord } from './simulator-views.ts';

/** What app.bsky.feed.getAuthorFeed answers for an actor: posts and answers, newest first, as far as the lists show them. */
export function showAuthorFeed(
  parts: RepoParts,
  input: { actor: Actor; limit: number; cursor: string | null; hasReplies: boolean },
): SimulatedReply {
  const { actor, limit, cursor, hasReplies } = input;
  const posts = parts.repo.published.listOf(actor.did).filter((post) => hasReplies || post.replyTo === null);
  const start = cursor === null ? 0 : posts.findIndex((post) => post.id === cursor) + 1;
  const page = posts.slice(start, start + limit);
  const last = page.at(-1);
  const feed = page.flatMap((post) => renderPost(parts, actor, post)).map((post) => ({ post }));
  return jsonReply(200, { feed, ...(last !== undefined && start + limit < posts.length && { cursor: last.id }) });
}

/** What app.bsky.feed.getPosts answers: the posts that it has, in the order asked for; of the others not a word. */
export function showPosts(parts: RepoParts, uris: readonly string[], actorOf: (did: string) => Actor | null): SimulatedReply {
  const posts = uris.flatMap((uri) => {
    const post = parts.repo.published.find(uri);
    const actor = post === null ? null : actorOf(post.accountId);
    return post === null || actor === null ? [] : renderPost(parts, actor, post);
  });
  return jsonReply(200, { posts });
}

/** app.bsky.feed.defs#postView; none where there is no record. */
function renderPost(parts: RepoParts, actor: Actor, post: SimulatedPost): JsonRecord[] {
  const found = findRecord(parts.repo, post.id);
  if (found === null) return [];
  const { likes, replies, reposts, quotes, saves } = figuresOf(parts, post);
  const own = parts.repo.published.all().filter((one) => one.replyTo === post.id && !one.isDeleted).length;
  return [{
    uri: post.id, cid: found.cid, author: renderProfileView(actor), record: found.record, replyCount: own + replies, repostCount: reposts,
    likeCount: likes, quoteCount: quotes, bookmarkCount: saves, indexedAt: post.createdAt.toISOString(),
    viewer: { threadMuted: false, embeddingDisabled: false }, labels: [],
  }];
}
