import { commitImport, createImport, discardImport, getImport, listImports, readImport, sendImportFile } from '@rookery/contract/audience.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { WorkspaceContext } from '../context.ts';
import { acceptImport, askToRead, beginImport, readImports, readOneImport, receiveFile, throwAway } from './service.ts';

export const importRoutes: readonly Route<WorkspaceContext>[] = [
  route(createImport, (ctx: WorkspaceContext, { body }) => beginImport(ctx, body)),
  route(sendImportFile, (ctx: WorkspaceContext, { params, query, stream, signal }) => receiveFile(ctx, { importId: params.importId, query, stream, signal })),
  route(readImport, (ctx: WorkspaceContext, { params, body }) => askToRead(ctx, params.importId, body)),
  route(getImport, (ctx: WorkspaceContext, { params }) => readOneImport(ctx, params.importId)),
  route(listImports, (ctx: WorkspaceContext) => readImports(ctx)),
  route(commitImport, (ctx: WorkspaceContext, { params }) => acceptImport(ctx, params.importId)),
  route(discardImport, (ctx: WorkspaceContext, { params }) => throwAway(ctx, params.importId)),
];
