import { statement } from '../../../platform/db/statement.ts';

export interface ReviewLinkRow {
  readonly workspace_id: string;
  readonly id: string;
  readonly post_id: string;
  readonly label: string;
  readonly may_decide: boolean;
  readonly created_by_name: string;
  readonly created_at: Date;
  readonly expires_at: Date;
}

const columns = `workspace_id, id, post_id, label, may_decide, created_by_name, created_at, expires_at`;

export const insertLink = statement<ReviewLinkRow>(
  'posts.review-link-insert',
  `insert into review_link (workspace_id, id, post_id, token_hash, label, may_decide, created_by_name, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${columns}`,
);

export const listOpenLinks = statement<ReviewLinkRow>(
  'posts.review-link-list',
  `select ${columns} from review_link where workspace_id = $1 and post_id = $2 and revoked_at is null and expires_at > $3 order by created_at, id`,
);

export const revokeLinkRow = statement<ReviewLinkRow>(
  'posts.review-link-revoke',
  `update review_link set revoked_at = $4 where workspace_id = $1 and post_id = $2 and id = $3 and revoked_at is null returning ${columns}`,
);

/** In the scope of the token. */
export const findLinkByToken = statement<ReviewLinkRow>(
  'posts.review-link-find', `select ${columns} from review_link where token_hash = $1 and revoked_at is null and expires_at > $2`,
);

/** Held while an answer is written, so that none follows once the link has ended. */
export const holdLink = statement<ReviewLinkRow>(
  'posts.review-link-hold',
  `select ${columns} from review_link where workspace_id = $1 and id = $2 and revoked_at is null and expires_at > $3 for update`,
);
