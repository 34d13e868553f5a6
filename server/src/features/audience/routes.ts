import { discardScan, listScans, releaseScan, startSync } from '@rookery/contract/accounts.ts';
import { exportChanges, exportFollowers, getAudienceSummary, getPerson, listChanges, listFollowers } from '@rookery/contract/audience.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { WorkspaceContext } from '../context.ts';
import { exportChangeList, exportFollowerList } from './csv-export.ts';
import { readChanges, readFollowers, readPerson } from './lists.ts';
import { acceptHeldScan, discardHeldScan, readScans, requestSync } from './service.ts';
import { readAudienceSummary } from './summary.ts';

export const audienceRoutes: readonly Route<WorkspaceContext>[] = [
  route(startSync, (ctx: WorkspaceContext, { params, body }) => requestSync(ctx, { params, body })),
  route(listScans, (ctx: WorkspaceContext, { params, query }) => readScans(ctx, { params, query })),
  route(releaseScan, (ctx: WorkspaceContext, { params }) => acceptHeldScan(ctx, params)),
  route(discardScan, (ctx: WorkspaceContext, { params }) => discardHeldScan(ctx, params)),
  route(getAudienceSummary, (ctx: WorkspaceContext, { query }) => readAudienceSummary(ctx, query)),
  route(listChanges, (ctx: WorkspaceContext, { query }) => readChanges(ctx, query)),
  route(listFollowers, (ctx: WorkspaceContext, { query }) => readFollowers(ctx, query)),
  route(exportChanges, (ctx: WorkspaceContext, { query }) => exportChangeList(ctx, query)),
  route(exportFollowers, (ctx: WorkspaceContext, { query }) => exportFollowerList(ctx, query)),
  route(getPerson, (ctx: WorkspaceContext, { params }) => readPerson(ctx, params)),
];
