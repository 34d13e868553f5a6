import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { QueryOf } from '@rookery/contract/endpoint.ts';
import type { checkPostImport, ImportReport } from '@rookery/contract/post-import.ts';
import type { Db } from '../../../platform/db/database.ts';
import { AppError, invalidField } from '../../../platform/errors.ts';
import { isTimeZone } from '../../../platform/zoned-days.ts';
import { recordAudit } from '../../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../../context.ts';
import { cleanFileName } from '../../media/index.ts';
import { wakePublisher } from '../queries.ts';
import { tellBrowsers } from '../rows.ts';
import { addPost } from '../service.ts';
import { checkRows, type CheckedRow, type ImportChoice } from './import-check.ts';
import { describeNeeds, readColumns } from './import-columns.ts';
import { readImportFile, type ImportFile, type Separator } from './import-file.ts';
import { tryLockImport } from './import-queries.ts';

export interface ImportInput {
  readonly query: QueryOf<typeof checkPostImport>;
  /** The file; the HTTP layer has bounded its length. */
  readonly stream: Readable;
}

const separatorWords: Readonly<Record<Separator, ImportReport['separator']>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab' };
const shownLengthMax = 100;

/** Says of each row of a file what would become of it. Writes nothing. */
export async function checkImport(ctx: WorkspaceContext, input: ImportInput): Promise<ImportReport> {
  requirePermission(ctx, 'posts:write');
  const { file, choice } = await readInput(ctx, input);
  const needs = describeNeeds(choice.columns);
  const rows = needs === null ? await ctx.transaction((db) => checkRows(db, ctx, file, choice)) : [];
  return describe(file, choice, rows);
}

/** Imports the rows without a problem: all of them, or after a failure none. Rows of an earlier import are not made again. */
export async function importFile(ctx: WorkspaceContext, input: ImportInput): Promise<ImportReport> {
  requirePermission(ctx, 'posts:write');
  const { file, choice } = await readInput(ctx, input);
  const needs = describeNeeds(choice.columns);
  if (needs !== null) throw invalidField('?columns', 'missing', needs);
  return ctx.transaction(async (db) => {
    if (!(await db.one(tryLockImport, [ctx.workspace.id])).locked) throw new AppError('conflict', 'Another import of this workspace is under way. Send the file again in a moment: nothing is made twice.');
    const rows: CheckedRow[] = [];
    for (const row of await checkRows(db, ctx, file, choice)) rows.push(await writeRow(db, ctx, row));
    const created = rows.filter(({ shown }) => shown.state === 'created');
    if (created.length === 0) return describe(file, choice, rows);
    await recordAudit(db, ctx, {
      action: 'post:import', entity: { type: 'file', id: null, name: cleanFileName(input.query.name ?? 'posts.csv') },
      metadata: { as: choice.as, rows: rows.length, created: created.length },
    });
    // One word to browsers for all of them: they read the calendar anew.
    await tellBrowsers(db, ctx, created[0]?.shown.postId ?? '');
    await db.run(wakePublisher);
    return describe(file, choice, rows);
  });
}

async function writeRow(db: Db, ctx: WorkspaceContext, row: CheckedRow): Promise<CheckedRow> {
  if (row.body === null) return row;
  const { postId, isNew } = await addPost(db, ctx, row.body);
  return { ...row, shown: { ...row.shown, state: isNew ? 'created' : 'exists', postId } };
}

async function readInput(ctx: WorkspaceContext, { query, stream }: ImportInput): Promise<{ file: ImportFile; choice: ImportChoice }> {
  if (query.zone !== undefined && !isTimeZone(query.zone)) throw invalidField('?zone', 'zone', 'This is not a time zone that we know. Choose one of the list.');
  const file = readImportFile(await buffer(stream));
  const columns = readColumns(file, query.columns);
  return { file, choice: { as: query.as, zone: query.zone ?? ctx.workspace.timeZone, columns, allowRepeats: query.allowRepeats ?? false } };
}

function describe(file: ImportFile, choice: ImportChoice, rows: readonly CheckedRow[]): ImportReport {
  const cut = (text: string): string => [...text.replaceAll(/\s+/g, ' ').trim()].slice(0, shownLengthMax).join('');
  return {
    separator: separatorWords[file.separator], needs: describeNeeds(choice.columns), rows: rows.map(({ shown }) => shown),
    columns: file.header.map((header, index) => ({ header: cut(header), field: choice.columns[index] ?? null, sample: cut(file.rows[0]?.cells[index] ?? '') })),
  };
}
