import type { Import, importStates } from '@rookery/contract/audience.ts';
import { statement } from '../../platform/db/statement.ts';

export type ImportState = (typeof importStates)[number];
export type Preview = NonNullable<Import['preview']>;

export interface ImportRow {
  readonly id: string;
  readonly account_id: string | null;
  readonly network: string | null;
  readonly handle: string | null;
  readonly state: ImportState;
  readonly created_at: Date;
  readonly dated_by_person: Date | null;
  readonly dated: Date | null;
  readonly digest: string | null;
  readonly progress: number;
  readonly preview: Preview | null;
  readonly scan_id: string | null;
  readonly error: string | null;
}

export interface FileRow {
  readonly import_id: string;
  readonly name: string;
  readonly bytes: number;
  readonly modified_at: Date | null;
  readonly stored_as: string;
}

const columns = `id, account_id, network, handle, state, created_at, dated_by_person, dated, digest, progress, preview, scan_id, error`;

export const insertImport = statement(
  'imports.insert',
  `insert into import (workspace_id, id, account_id, network, handle, state, created_by, created_at) values ($1, $2, $3, $4, $5, 'receiving', $6, $7)`,
);

export const findImport = statement<ImportRow>('imports.find', `select ${columns} from import where workspace_id = $1 and id = $2`);

export const lockImport = statement<ImportRow>('imports.lock', `select ${columns} from import where workspace_id = $1 and id = $2 for update`);

export const listImportRows = statement<ImportRow>(
  'imports.list', `select ${columns} from import where workspace_id = $1 order by created_at desc, id desc limit $2`,
);

/** Uploads that nobody finished: of no use after a while, and full of names. */
export const listAbandoned = statement<ImportRow>(
  'imports.list-abandoned',
  `select ${columns} from import where workspace_id = $1 and state in ('receiving', 'ready') and created_at < $2 order by created_at limit 100 for update skip locked`,
);

export const findEqualCommitted = statement<{ dated: Date | null }>(
  'imports.find-equal-committed',
  `select dated from import where workspace_id = $1 and account_id = $2 and digest = $3 and state = 'committed' and id <> $4
   order by created_at desc limit 1`,
);

/** The import that stages its list in this scan right now. */
export const findCommittingByScan = statement<{ id: string }>(
  'imports.find-committing-by-scan', `select id from import where workspace_id = $1 and scan_id = $2 and state = 'committing'`,
);

export const setState = statement(
  'imports.set-state', `update import set state = $3, error = $4, progress = $5 where workspace_id = $1 and id = $2`,
);

export const backToReceiving = statement(
  'imports.back-to-receiving', `update import set state = 'receiving', preview = null, progress = 0 where workspace_id = $1 and id = $2`,
);

export const startReading = statement(
  'imports.start-reading',
  `update import set state = 'reading', dated_by_person = $3, preview = null, progress = 0, error = null where workspace_id = $1 and id = $2`,
);

/** Touches no row when the person has thrown the import away or given another date in the meantime. */
export const savePreview = statement(
  'imports.save-preview',
  `update import set state = 'ready', progress = 1, account_id = $4, network = $5, handle = $6, dated = $7, digest = $8, preview = $9
   where workspace_id = $1 and id = $2 and state = 'reading' and dated_by_person is not distinct from $3`,
);

export const saveProgress = statement(
  'imports.save-progress', `update import set progress = $3 where workspace_id = $1 and id = $2 and state in ('reading', 'committing')`,
);

export const claimScan = statement(
  'imports.claim-scan', `update import set account_id = $3, scan_id = $4 where workspace_id = $1 and id = $2 and state = 'committing'`,
);

export const listFiles = statement<FileRow>(
  'imports.list-files',
  `select import_id, name, bytes, modified_at, stored_as from import_file where workspace_id = $1 and import_id = any ($2::uuid[]) order by import_id, pos`,
);

export const insertFile = statement(
  'imports.insert-file',
  `insert into import_file (workspace_id, import_id, pos, name, bytes, modified_at, stored_as)
   select $1, $2, coalesce(max(pos), 0) + 1, $3, $4, $5, $6 from import_file where workspace_id = $1 and import_id = $2`,
);

export const deleteFileByName = statement<{ stored_as: string }>(
  'imports.delete-file-by-name', `delete from import_file where workspace_id = $1 and import_id = $2 and name = $3 returning stored_as`,
);
