import type { SnippetKind } from '@rookery/contract/snippets.ts';
import { statement } from '../../platform/db/statement.ts';

export interface SnippetRow {
  readonly id: string;
  readonly kind: SnippetKind;
  readonly name: string;
  readonly text: string;
  readonly author_name: string;
  readonly updated_at: Date;
  readonly version: number;
}

const columns = 'id, kind, name, text, author_name, updated_at, version';

export const listSnippetRows = statement<SnippetRow>('snippets.list', `select ${columns} from snippet where workspace_id = $1 order by kind, lower(name)`);

export const lockSnippet = statement<SnippetRow>('snippets.lock', `select ${columns} from snippet where workspace_id = $1 and id = $2 for update`);

/** Touches no row when the name is taken. */
export const insertSnippet = statement(
  'snippets.insert',
  `insert into snippet (workspace_id, id, kind, name, text, author_name, updated_at) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (workspace_id, kind, lower(name)) do nothing`,
);

export const countSnippets = statement<{ n: number }>('snippets.count', 'select count(*)::int as n from snippet where workspace_id = $1');

export const findSnippetByName = statement<{ id: string }>(
  'snippets.find-by-name', 'select id from snippet where workspace_id = $1 and kind = $2 and lower(name) = lower($3) and id <> $4',
);

export const updateSnippetRow = statement<SnippetRow>(
  'snippets.update',
  `update snippet set name = $3, text = $4, updated_at = $5, version = version + 1 where workspace_id = $1 and id = $2 returning ${columns}`,
);

export const deleteSnippetRow = statement('snippets.delete', 'delete from snippet where workspace_id = $1 and id = $2');
