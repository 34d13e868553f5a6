import { statement } from '../../../platform/db/statement.ts';

export interface FeedRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly read_at: Date | null;
}

export const insertFeed = statement(
  'posts.insert-feed', `insert into calendar_feed (workspace_id, id, user_id, name, token_hash, created_at) values ($1, $2, $3, $4, $5, $6)`,
);

export const listFeedsOf = statement<FeedRow>(
  'posts.list-feeds', `select id, name, created_at, read_at from calendar_feed where workspace_id = $1 and user_id = $2 order by created_at, id`,
);

/** Two at once make no more than are allowed: they wait for each other at the member's row. */
export const lockFeedOwner = statement<{ user_id: string }>(
  'posts.lock-feed-owner', `select user_id from member where workspace_id = $1 and user_id = $2 for update`,
);

export const deleteFeed = statement<{ name: string }>(
  'posts.delete-feed', `delete from calendar_feed where workspace_id = $1 and user_id = $2 and id = $3 returning name`,
);

/** Whose address it is; none of a disabled user's. */
export const findFeedByToken = statement<{ id: string; user_id: string; user_name: string; read_at: Date | null }>(
  'posts.find-feed-by-token',
  `select f.id, f.user_id, u.name as user_name, f.read_at from calendar_feed f join app_user u on u.id = f.user_id
   where f.workspace_id = $1 and f.token_hash = $2 and u.disabled_at is null`,
);

export const touchFeed = statement('posts.touch-feed', `update calendar_feed set read_at = $3 where workspace_id = $1 and id = $2`);
