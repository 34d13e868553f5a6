import { buildOpenApi } from '../../platform/http/openapi.ts';
import { allEndpoints } from '@rookery/contract/api.ts';
import { getHealth, getOpenApi, getReady, streamEvents } from '@rookery/contract/status.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { PublicContext, WorkspaceContext } from '../context.ts';
import { checkReady } from './service.ts';

export const statusPublicRoutes: readonly Route<PublicContext>[] = [
  route(getHealth, async () => ({ ok: true })),
  route(getReady, (ctx: PublicContext) => checkReady(ctx)),
  route(getOpenApi, async (ctx: PublicContext) => buildOpenApi(allEndpoints, ctx.version)),
];

export const statusWorkspaceRoutes: readonly Route<WorkspaceContext>[] = [
  route(streamEvents, async (ctx: WorkspaceContext) => ({ start: (send) => ctx.events.subscribe(ctx.workspace.id, send) })),
];
