import { listAuditEvents } from '@rookery/contract/audit.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { WorkspaceContext } from '../context.ts';
import { readAudit } from './service.ts';

export const auditRoutes: readonly Route<WorkspaceContext>[] = [
  route(listAuditEvents, (ctx: WorkspaceContext, { query }) => readAudit(ctx, query)),
];
