import { connectWithPassword, disconnectAccount, finishConnect, getAccount, getClientMetadata, listAccounts, listNetworks, setAccountBudget, startConnect } from '@rookery/contract/accounts.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { PublicContext, WorkspaceContext } from '../context.ts';
import { beginConnect, completeConnect, connectByPassword } from './connect.ts';
import { changeBudget, disconnectFromNetwork, readAccount, readAccounts, readClientMetadata, readNetworks } from './service.ts';

export const accountRoutes: readonly Route<WorkspaceContext>[] = [
  route(listNetworks, (ctx: WorkspaceContext) => readNetworks(ctx)),
  route(listAccounts, (ctx: WorkspaceContext) => readAccounts(ctx)),
  route(getAccount, (ctx: WorkspaceContext, { params }) => readAccount(ctx, params.accountId)),
  route(startConnect, (ctx: WorkspaceContext, { body }) => beginConnect(ctx, body)),
  route(connectWithPassword, (ctx: WorkspaceContext, { body }) => connectByPassword(ctx, body)),
  route(setAccountBudget, (ctx: WorkspaceContext, { params, body }) => changeBudget(ctx, params.accountId, body)),
  route(disconnectAccount, (ctx: WorkspaceContext, { params }) => disconnectFromNetwork(ctx, params.accountId)),
];

export const accountPublicRoutes: readonly Route<PublicContext>[] = [
  route(finishConnect, (ctx: PublicContext, { params, query }) => completeConnect(ctx, { params, query })),
  route(getClientMetadata, async (ctx: PublicContext) => readClientMetadata(ctx)),
];
