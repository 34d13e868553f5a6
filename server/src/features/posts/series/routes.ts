import * as contract from '@rookery/contract/series.ts';
import { route, type Route } from '../../../platform/http/route.ts';
import type { WorkspaceContext } from '../../context.ts';
import { editSeries, endSeries, pauseSeries, readSeries, readSeriesList, resumeSeries, startSeries } from './service.ts';

export const seriesRoutes: readonly Route<WorkspaceContext>[] = [
  route(contract.createSeries, (ctx: WorkspaceContext, { body }) => startSeries(ctx, body)),
  route(contract.listSeries, (ctx: WorkspaceContext) => readSeriesList(ctx)),
  route(contract.getSeries, (ctx: WorkspaceContext, { params }) => readSeries(ctx, params.seriesId)),
  route(contract.changeSeries, (ctx: WorkspaceContext, { params, body }) => editSeries(ctx, params.seriesId, body)),
  route(contract.pauseSeries, (ctx: WorkspaceContext, { params, body }) => pauseSeries(ctx, params.seriesId, body)),
  route(contract.resumeSeries, (ctx: WorkspaceContext, { params, body }) => resumeSeries(ctx, params.seriesId, body)),
  route(contract.endSeries, (ctx: WorkspaceContext, { params, body }) => endSeries(ctx, params.seriesId, body)),
];
