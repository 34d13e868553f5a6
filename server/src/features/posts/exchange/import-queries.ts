import { statement } from '../../../platform/db/statement.ts';
import type { TargetState } from '@rookery/contract/posts.ts';

/** One import of a workspace at a time. Answers false at once when another is under way. */
export const tryLockImport = statement<{ locked: boolean }>(
  'posts.try-lock-import', `select pg_try_advisory_xact_lock(724591141, hashtext($1::uuid::text)) as locked`,
);

/** Images by id or name. */
export const listNamedImages = statement<{ id: string; name: string; alt_text: string }>(
  'posts.list-named-images', `select id, name, alt_text from media where workspace_id = $1 and (id::text = any ($2::text[]) or name = any ($2::text[])) limit 5000`,
);

/** Posts that were made under these keys, and how they stand: the state of one destination, null without any. */
export const listByRequestKeys = statement<{ request_key: string; id: string; state: TargetState | null }>(
  'posts.list-by-request-keys',
  `select p.request_key, p.id, (select t.state from post_target t where t.workspace_id = p.workspace_id and t.post_id = p.id order by t.id limit 1) as state
   from post p where p.workspace_id = $1 and p.request_key = any ($2::uuid[])`,
);

/** Minutes in which something is planned on these accounts already. */
export const listBusyMinutes = statement<{ account_id: string; due_at: Date }>(
  'posts.list-busy-minutes',
  `select t.account_id, date_trunc('minute', p.due_at) as due_at from post p join post_target t on t.workspace_id = p.workspace_id and t.post_id = p.id
   where p.workspace_id = $1 and p.due_at >= $3 and p.due_at <= $4 and t.account_id = any ($2::uuid[]) and t.state in ('scheduled', 'sending', 'unknown')`,
);
