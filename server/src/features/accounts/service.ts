import type { disconnectAccount, getAccount, listAccounts, listNetworks, setAccountBudget } from '@rookery/contract/accounts.ts';
import type { BodyOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type { Network } from '@rookery/contract/networks.ts';
import { formatPrice } from '@rookery/contract/money.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { ProviderError, type Manifest, type Provider } from '../../providers/provider.ts';
import { missingSettings } from '../../providers/registry.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type PublicContext, type WorkspaceContext } from '../context.ts';
import { callNetwork } from './grants.ts';
import { deleteToken, disconnect, findByIdentity, insertAccount, saveBudget } from './queries.ts';
import { describeAccounts, findAccount, listAccountRows } from './rows.ts';

const revokeDeadlineMs = 15_000;

/** Networks in the order of the registry, with what each can do here. */
export async function readNetworks(ctx: WorkspaceContext): Promise<ReplyOf<typeof listNetworks>> {
  requirePermission(ctx, 'accounts:read');
  return { networks: ctx.providers.list().map((provider) => describeNetwork(ctx, provider)) };
}

function describeNetwork(ctx: WorkspaceContext, { manifest }: Provider): Network {
  const isSimulated = ctx.simulatedNetworks.has(manifest.id);
  const missing = isSimulated ? [] : missingSettings(manifest, { settings: ctx.config.networkSettings, simulatorOrigin: null });
  return {
    id: manifest.id, name: manifest.name, authKind: manifest.authKind, capabilities: [...manifest.capabilities],
    scopes: manifest.scopes.map(({ scope, reason }) => ({ scope, reason })), available: missing.length === 0, simulated: isSimulated,
    missingSettings: [...missing], limitation: manifest.limitation, appPassword: manifest.appPassword, asksFor: manifest.asksFor,
    exportGuide: manifest.exportGuide === null ? null : { ...manifest.exportGuide, steps: [...manifest.exportGuide.steps] },
    publishing: describePublishing(manifest),
  };
}

/** The part of the manifest that the composer needs; the rest is the protocol's own. */
function describePublishing({ publishing }: Manifest): Network['publishing'] {
  if (publishing === null) return null;
  const { keyLifetimeSeconds: _key, visibilityDelaySeconds: _delay, timeoutSeconds: _timeout, budgets: _budgets, ...shown } = publishing;
  return shown;
}

/** The document by which networks know this server as an OAuth client. Says nothing that is secret. */
export function readClientMetadata({ providers }: Pick<PublicContext, 'providers'>): Readonly<Record<string, unknown>> {
  const document = providers.list().map((provider) => provider.clientMetadata?.() ?? null).find((one) => one !== null) ?? null;
  if (document === null) throw new AppError('not-found');
  return document;
}

export async function readAccounts(ctx: WorkspaceContext): Promise<ReplyOf<typeof listAccounts>> {
  requirePermission(ctx, 'accounts:read');
  return ctx.transaction(async (db) => ({ accounts: await describeAccounts(db, ctx, await listAccountRows(db, ctx)) }));
}

export async function readAccount(ctx: WorkspaceContext, accountId: string): Promise<ReplyOf<typeof getAccount>> {
  requirePermission(ctx, 'accounts:read');
  return ctx.transaction((db) => readOne(db, ctx, accountId));
}

async function readOne(db: Db, ctx: WorkspaceContext, accountId: string): Promise<ReplyOf<typeof getAccount>> {
  const row = await findAccount(db, ctx, accountId);
  const [account] = row === null ? [] : await describeAccounts(db, ctx, [row]);
  if (account === undefined) throw new AppError('not-found');
  return { account };
}

/** Revokes at the network where it can, forgets the tokens whatever the network says, keeps the history. */
export async function disconnectFromNetwork(ctx: WorkspaceContext, accountId: string): Promise<ReplyOf<typeof disconnectAccount>> {
  requirePermission(ctx, 'accounts:manage');
  const before = await ctx.transaction((db) => findAccount(db, ctx, accountId));
  if (before === null) throw new AppError('not-found');
  if (before.state === 'import' || before.state === 'disconnected') throw new AppError('conflict', 'This account is not connected.');
  const isRevoked = before.state === 'connected' && (await revokeUpstream(ctx, accountId));
  return ctx.transaction(async (db) => {
    await db.run(deleteToken, [ctx.workspace.id, accountId]);
    await db.run(disconnect, [ctx.workspace.id, accountId, ctx.clock.now()]);
    await recordAudit(db, ctx, {
      action: 'account:disconnect', entity: { type: 'account', id: accountId, name: before.handle }, metadata: { revoked: isRevoked },
    });
    await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'accounts', id: accountId, progress: 0 });
    return readOne(db, ctx, accountId);
  });
}

async function revokeUpstream(ctx: WorkspaceContext, accountId: string): Promise<boolean> {
  try {
    return await callNetwork(ctx, accountId, async (provider, call) => {
      await provider.revoke?.(call);
      return provider.revoke !== undefined;
    }, AbortSignal.timeout(revokeDeadlineMs));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return false;
  }
}

/** Sets or lifts the most that publishing on this account may cost in a month. What waits for it is looked at again within minutes. */
export async function changeBudget(ctx: WorkspaceContext, accountId: string, body: BodyOf<typeof setAccountBudget>): Promise<ReplyOf<typeof setAccountBudget>> {
  requirePermission(ctx, 'accounts:manage');
  return ctx.transaction(async (db) => {
    const before = await findAccount(db, ctx, accountId);
    if (before === null) throw new AppError('not-found');
    if (body.budgetMicros !== null && (before.publishing?.price ?? null) === null) {
      throw new AppError('not-supported', `${before.network_name} charges nothing for posts, so there is no budget to set.`);
    }
    await db.run(saveBudget, [ctx.workspace.id, accountId, body.budgetMicros]);
    await recordAudit(db, ctx, {
      action: 'account:budget', entity: { type: 'account', id: accountId, name: before.handle },
      metadata: { before: { budget: priceOrNone(before.budget_micros) }, after: { budget: priceOrNone(body.budgetMicros) } },
    });
    await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'accounts', id: accountId, progress: 0 });
    return readOne(db, ctx, accountId);
  });
}

function priceOrNone(micros: number | null): string {
  return micros === null ? 'none' : formatPrice(micros);
}

/** An account that only takes data exports. Answers the one that has this identity or handle already, if any. */
export async function ensureImportAccount(
  db: Db, ctx: WorkspaceContext, identity: { network: string; externalId: string | null; handle: string },
): Promise<string> {
  const externalId = identity.externalId ?? `handle:${identity.handle.toLowerCase()}`;
  const known = await db.maybe(findByIdentity, [ctx.workspace.id, identity.network, externalId, identity.handle]);
  if (known !== null) return known.id;
  const now = ctx.clock.now();
  const id = createId(now.getTime());
  await db.run(insertAccount, [ctx.workspace.id, id, identity.network, externalId, identity.handle, identity.handle, null, false, 'import', [], now, null]);
  await recordAudit(db, ctx, { action: 'account:create', entity: { type: 'account', id, name: identity.handle }, metadata: { network: identity.network } });
  await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'accounts', id, progress: 0 });
  return id;
}
