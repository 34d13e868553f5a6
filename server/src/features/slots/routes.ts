import { findNextSlot, listFreeSlots, listSlots, replaceSlots } from '@rookery/contract/slots.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { WorkspaceContext } from '../context.ts';
import { readFreeSlots, readNextSlot, readSlots, setSlots } from './service.ts';

export const slotRoutes: readonly Route<WorkspaceContext>[] = [
  route(listSlots, (ctx: WorkspaceContext) => readSlots(ctx)),
  route(replaceSlots, (ctx: WorkspaceContext, { params, body }) => setSlots(ctx, params.accountId, body)),
  route(listFreeSlots, (ctx: WorkspaceContext, { query }) => readFreeSlots(ctx, query)),
  route(findNextSlot, (ctx: WorkspaceContext, { body }) => readNextSlot(ctx, body)),
];
