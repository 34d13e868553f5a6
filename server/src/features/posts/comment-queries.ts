import type { CommentKind } from '@rookery/contract/comments.ts';
import { statement } from '../../platform/db/statement.ts';

export interface CommentRow {
  readonly id: string;
  readonly kind: CommentKind;
  readonly author_id: string | null;
  readonly author_name: string;
  readonly review_link_id: string | null;
  readonly text: string;
  readonly shown_hash: Buffer | null;
  readonly created_at: Date;
}

const columns = `id, kind, author_id, author_name, review_link_id, text, shown_hash, created_at`;

export const insertComment = statement(
  'posts.comment-insert',
  `insert into post_comment (workspace_id, id, post_id, kind, author_id, author_name, review_link_id, text, shown_hash, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

/** The latest 500, newest first. */
export const listCommentRows = statement<CommentRow>(
  'posts.comment-list', `select ${columns} from post_comment where workspace_id = $1 and post_id = $2 order by created_at desc, id desc limit 500`,
);

export const listLinkComments = statement<CommentRow>(
  'posts.comment-list-link', `select ${columns} from post_comment where workspace_id = $1 and review_link_id = $2 order by created_at, id`,
);

export const findComment = statement<CommentRow>(
  'posts.comment-find', `select ${columns} from post_comment where workspace_id = $1 and post_id = $2 and id = $3 for update`,
);

export const deleteCommentRow = statement('posts.comment-delete', `delete from post_comment where workspace_id = $1 and id = $2`);
