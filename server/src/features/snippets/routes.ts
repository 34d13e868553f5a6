import { createSnippet, deleteSnippet, listSnippets, updateSnippet } from '@rookery/contract/snippets.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { WorkspaceContext } from '../context.ts';
import { changeSnippet, keepSnippet, readSnippets, removeSnippet } from './service.ts';

export const snippetRoutes: readonly Route<WorkspaceContext>[] = [
  route(listSnippets, (ctx: WorkspaceContext) => readSnippets(ctx)),
  route(createSnippet, (ctx: WorkspaceContext, { body }) => keepSnippet(ctx, body)),
  route(updateSnippet, (ctx: WorkspaceContext, { params, body }) => changeSnippet(ctx, params.snippetId, body)),
  route(deleteSnippet, (ctx: WorkspaceContext, { params }) => removeSnippet(ctx, params.snippetId)),
];
