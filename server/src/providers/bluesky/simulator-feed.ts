import { jsonReply, type SimulatedReply } from '../simulation/request.ts';
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
  const feed = page.flatMap((post) => {
    const found = findRecord(parts.repo, post.id);
    return found === null ? [] : [{ post: renderPost(actor, { uri: post.id, cid: found.cid, record: found.record, at: post.createdAt }) }];
  });
  return jsonReply(200, { feed, ...(last !== undefined && start + limit < posts.length && { cursor: last.id }) });
}

/** app.bsky.feed.defs#postView. */
function renderPost(actor: Actor, post: { uri: string; cid: string; record: unknown; at: Date }): JsonRecord {
  const { uri, cid, record, at } = post;
  return {
    uri, cid, author: renderProfileView(actor), record, replyCount: 0, repostCount: 0, likeCount: 0, quoteCount: 0, bookmarkCount: 0,
    indexedAt: at.toISOString(), viewer: { threadMuted: false, embeddingDisabled: false }, labels: [],
  };
}
