import { getDashboard } from '@rookery/contract/audience.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { WorkspaceContext } from '../context.ts';
import { readDashboard } from './service.ts';

export const dashboardRoutes: readonly Route<WorkspaceContext>[] = [
  route(getDashboard, (ctx: WorkspaceContext, { query }) => readDashboard(ctx, query)),
];
