import type { BodyOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import { snippetsMax, type createSnippet, type deleteSnippet, type listSnippets, type Snippet, type updateSnippet } from '@rookery/contract/snippets.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import {
  countSnippets, deleteSnippetRow, findSnippetByName, insertSnippet, listSnippetRows, lockSnippet, updateSnippetRow, type SnippetRow,
} from './queries.ts';

/** Every template and signature of the workspace, by name: few enough for one answer. */
export async function readSnippets(ctx: WorkspaceContext): Promise<ReplyOf<typeof listSnippets>> {
  requirePermission(ctx, 'posts:read');
  const rows = await ctx.transaction((db) => db.many(listSnippetRows, [ctx.workspace.id]));
  return { snippets: rows.map(describe) };
}

/** Keeps words under a name that is not taken yet; throws `already-exists` for one that is, whatever its capitals. */
export async function keepSnippet(ctx: WorkspaceContext, body: BodyOf<typeof createSnippet>): Promise<ReplyOf<typeof createSnippet>> {
  requirePermission(ctx, 'posts:write');
  return ctx.transaction(async (db) => {
    const { n } = await db.one(countSnippets, [ctx.workspace.id]);
    if (n >= snippetsMax) throw new AppError('conflict', `A workspace keeps at most ${snippetsMax} templates and signatures. Delete one that nobody uses.`);
    const id = createId(ctx.clock.now().getTime());
    const inserted = await db.run(insertSnippet, [ctx.workspace.id, id, body.kind, body.name, body.text, ctx.actor.name, ctx.clock.now()]);
    if (inserted === 0) throw nameTaken(body);
    await recordAudit(db, ctx, { action: 'snippet:create', entity: { type: 'snippet', id, name: body.name }, metadata: { kind: body.kind } });
    return { snippet: describe(await requireSnippet(db, ctx, id)) };
  });
}

function nameTaken({ kind, name }: Pick<SnippetRow, 'kind' | 'name'>): AppError {
  return new AppError('already-exists', `There is a ${kind} called “${name}” already. Choose another name, or change that one.`);
}

async function requireSnippet(db: Db, ctx: WorkspaceContext, snippetId: string): Promise<SnippetRow> {
  const row = await db.maybe(lockSnippet, [ctx.workspace.id, snippetId]);
  if (row === null) throw new AppError('not-found');
  return row;
}

/** Changes name and words. Posts that were written with it stay as they are. */
export async function changeSnippet(ctx: WorkspaceContext, snippetId: string, body: BodyOf<typeof updateSnippet>): Promise<ReplyOf<typeof updateSnippet>> {
  requirePermission(ctx, 'posts:write');
  return ctx.transaction(async (db) => {
    const row = await requireSnippet(db, ctx, snippetId);
    if (row.version !== body.version) throw new AppError('conflict', `Somebody has changed this ${row.kind} since you opened it. Load it again.`);
    if ((await db.maybe(findSnippetByName, [ctx.workspace.id, row.kind, body.name, snippetId])) !== null) throw nameTaken({ kind: row.kind, name: body.name });
    const changed = await db.one(updateSnippetRow, [ctx.workspace.id, snippetId, body.name, body.text, ctx.clock.now()]);
    await recordAudit(db, ctx, {
      action: 'snippet:change', entity: { type: 'snippet', id: snippetId, name: body.name }, metadata: { kind: row.kind, before: { name: row.name }, after: { name: body.name } },
    });
    return { snippet: describe(changed) };
  });
}

export async function removeSnippet(ctx: WorkspaceContext, snippetId: string): Promise<ReplyOf<typeof deleteSnippet>> {
  requirePermission(ctx, 'posts:write');
  return ctx.transaction(async (db) => {
    const row = await requireSnippet(db, ctx, snippetId);
    await db.run(deleteSnippetRow, [ctx.workspace.id, snippetId]);
    await recordAudit(db, ctx, { action: 'snippet:delete', entity: { type: 'snippet', id: snippetId, name: row.name }, metadata: { kind: row.kind } });
    return { ok: true };
  });
}

function describe(row: SnippetRow): Snippet {
  return { id: row.id, kind: row.kind, name: row.name, text: row.text, authorName: row.author_name, updatedAt: row.updated_at.toISOString(), version: row.version };
}
