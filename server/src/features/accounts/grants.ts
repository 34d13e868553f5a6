import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../platform/db/database.ts';
import { InvalidTokenError } from '../../platform/crypto/fernet.ts';
import { createId } from '../../platform/id.ts';
import { ProviderError, type Provider, type ProviderCall, type TokenSet } from '../../providers/provider.ts';
import { recordAudit } from '../audit/index.ts';
import type { WorkspaceContext } from '../context.ts';
import {
  endRefresh, findStored, findToken, loseAccess, saveRefreshed, saveToken, takeRefresh, type StoredAccount, type TokenRow,
} from './queries.ts';

/** A process that died while it renewed a grant holds the others up no longer than this. */
const refreshLeaseSeconds = 60;
/** A refresh ends well before its lease does. */
const refreshDeadlineMs = 45_000;
const waitForTurnMs = 150;

interface Grant {
  readonly tokens: TokenSet;
  readonly version: number;
}

/** Encrypts a grant for its row and stores it; the one before is gone with the same commit. */
export async function storeGrant(db: Db, ctx: WorkspaceContext, accountId: string, tokens: TokenSet): Promise<void> {
  const sealed = ctx.keyring.sealForRow(JSON.stringify(tokens), [ctx.workspace.id, accountId]);
  await db.run(saveToken, [ctx.workspace.id, accountId, sealed.token, sealed.keyId, sealed.binding, tokens.expiresAt, ctx.clock.now()]);
}

function openGrant(ctx: WorkspaceContext, accountId: string, row: TokenRow): Grant {
  const plain = ctx.keyring.openForRow({ token: row.token_enc, binding: row.binding }, [ctx.workspace.id, accountId]);
  // Guarantee: storeGrant wrote it, and the binding has just been checked.
  const stored = JSON.parse(plain) as Omit<TokenSet, 'expiresAt'> & { expiresAt: string | null };
  return { version: row.version, tokens: { ...stored, expiresAt: stored.expiresAt === null ? null : new Date(stored.expiresAt) } };
}

/**
 * The host that the account lives on, where its network has many; else null. Null as well when the grant cannot be read: the call
 * that comes next says why.
 */
export async function readServer(db: Db, ctx: WorkspaceContext, account: Pick<StoredAccount, 'id' | 'network'>): Promise<string | null> {
  const serverOf = ctx.providers.get(account.network)?.serverOf;
  const row = serverOf === undefined ? null : await db.maybe(findToken, [ctx.workspace.id, account.id]);
  if (serverOf === undefined || row === null) return null;
  try {
    return serverOf(openGrant(ctx, account.id, row).tokens);
  } catch (error) {
    if (error instanceof InvalidTokenError || error instanceof ProviderError) return null;
    throw error;
  }
}

/**
 * Calls the network for an account with its decrypted tokens, refreshing them first when they are about to end and once more
 * when the network says that they have. A grant that is over for good turns the account to "reconnect". Throws ProviderError.
 */
export async function callNetwork<Result>(
  ctx: WorkspaceContext, accountId: string, work: (provider: Provider, call: ProviderCall) => Promise<Result>, signal: AbortSignal,
): Promise<Result> {
  const { account, provider } = await requireWorking(ctx, accountId);
  let grant = await readGrant(ctx, account);
  if (isEnding(ctx, provider, grant)) grant = await refreshEarly(ctx, { account, provider, grant, signal });
  const attempt = async ({ tokens }: Grant): Promise<Result> => {
    try {
      return await work(provider, { tokens, externalId: account.external_id, signal });
    } catch (error) {
      return error instanceof ProviderError && error.kind === 'revoked' ? giveUp(ctx, account, error) : Promise.reject(error);
    }
  };
  try {
    return await attempt(grant);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'expired') throw error;
    if (provider.refresh === undefined) return await giveUp(ctx, account, error);
  }
  return attempt(await refreshGrant(ctx, { account, provider, grant, signal }));
}

async function requireWorking(ctx: WorkspaceContext, accountId: string): Promise<{ account: StoredAccount; provider: Provider }> {
  const account = await ctx.transaction((db) => db.maybe(findStored, [ctx.workspace.id, accountId]));
  const provider = account === null ? null : ctx.providers.get(account.network);
  if (account === null || provider === null || account.state !== 'connected') throw new ProviderError('revoked', 'This account is not connected.');
  if (account.simulated !== ctx.simulatedNetworks.has(account.network)) {
    const message = account.simulated ? 'This account belongs to the simulated network.' : 'The real network is not set up on this server any more.';
    return giveUp(ctx, account, new ProviderError('revoked', message));
  }
  return { account, provider };
}

async function readGrant(ctx: WorkspaceContext, account: StoredAccount): Promise<Grant> {
  const row = await ctx.transaction((db) => db.maybe(findToken, [ctx.workspace.id, account.id]));
  if (row === null) throw new ProviderError('revoked', 'This account has no access any more.');
  try {
    return openGrant(ctx, account.id, row);
  } catch (error) {
    if (!(error instanceof InvalidTokenError)) throw error;
    const facts = { workspaceId: ctx.workspace.id, accountId: account.id, keyId: row.key_id };
    ctx.log.error(facts, 'the stored access of this account cannot be decrypted; it has to be connected again');
    return giveUp(ctx, account, new ProviderError('revoked', 'The stored access could not be decrypted.'));
  }
}

function isEnding(ctx: WorkspaceContext, provider: Provider, grant: Grant): boolean {
  if (provider.refresh === undefined || grant.tokens.expiresAt === null) return false;
  return grant.tokens.expiresAt.getTime() - ctx.clock.now().getTime() < provider.manifest.refreshAheadSeconds * 1000;
}

interface Refreshing {
  readonly account: StoredAccount;
  readonly provider: Provider;
  readonly grant: Grant;
  readonly signal: AbortSignal;
}

/** Ahead of time a refresh may fail without harm, as long as the token at hand still works. */
async function refreshEarly(ctx: WorkspaceContext, refreshing: Refreshing): Promise<Grant> {
  try {
    return await refreshGrant(ctx, refreshing);
  } catch (error) {
    const isWorking = (refreshing.grant.tokens.expiresAt?.getTime() ?? 0) > ctx.clock.now().getTime();
    const isPassing = error instanceof ProviderError && ['retryable', 'rateLimited', 'rejected'].includes(error.kind);
    if (isWorking && isPassing) return refreshing.grant;
    throw error;
  }
}

/**
 * One refresh at a time per account: who has the turn asks the network, and whoever waited takes what the first one brought.
 * No transaction is open while the network is asked, since providers reach for the database themselves. The new pair is
 * committed before anybody can use it.
 */
async function refreshGrant(ctx: WorkspaceContext, refreshing: Refreshing): Promise<Grant> {
  const { account, grant, signal } = refreshing;
  const turn = createId();
  for (;;) {
    const current = await readGrant(ctx, account);
    if (current.version !== grant.version) return current;
    const taken = await ctx.transaction((db) => db.run(takeRefresh, [ctx.workspace.id, account.id, grant.version, turn, refreshLeaseSeconds]));
    if (taken > 0) return renew(ctx, refreshing, turn);
    if (signal.aborted) throw new ProviderError('retryable', 'The access of this account is being renewed. Try again in a moment.');
    await sleep(waitForTurnMs);
  }
}

async function renew(ctx: WorkspaceContext, { account, provider, grant }: Refreshing, turn: string): Promise<Grant> {
  if (provider.refresh === undefined) return grant;
  try {
    // Not by the caller's signal: a refresh that is cut off may have used up the old pair already.
    const signal = AbortSignal.timeout(refreshDeadlineMs);
    const tokens = await provider.refresh({ tokens: grant.tokens, externalId: account.external_id, signal });
    const isStored = await ctx.transaction((db) => storeRefreshed(db, ctx, { account, grant, tokens }));
    return isStored ? { tokens, version: grant.version + 1 } : await readGrant(ctx, account);
  } catch (error) {
    await ctx.transaction((db) => db.run(endRefresh, [ctx.workspace.id, account.id, turn]));
    const isOver = error instanceof ProviderError && (error.kind === 'revoked' || error.kind === 'expired');
    if (!isOver) throw error;
    // Refused because somebody else was faster is no loss.
    const current = await readGrant(ctx, account);
    return current.version === grant.version ? giveUp(ctx, account, error) : current;
  }
}

async function storeRefreshed(
  db: Db, ctx: WorkspaceContext, { account, grant, tokens }: Pick<Refreshing, 'account' | 'grant'> & { tokens: TokenSet },
): Promise<boolean> {
  const sealed = ctx.keyring.sealForRow(JSON.stringify(tokens), [ctx.workspace.id, account.id]);
  const stored = await db.run(saveRefreshed, [
    ctx.workspace.id, account.id, grant.version, sealed.token, sealed.keyId, sealed.binding, tokens.expiresAt, ctx.clock.now(),
  ]);
  if (stored === 0) return false;
  await recordAudit(db, ctx, { action: 'oauth:refresh', entity: { type: 'account', id: account.id, name: account.handle } });
  return true;
}

/** Turns the account to "reconnect" with the reason, and throws it as `revoked`. */
async function giveUp(ctx: WorkspaceContext, account: { readonly id: string; readonly handle: string }, error: ProviderError): Promise<never> {
  await ctx.transaction(async (db) => {
    const changed = await db.run(loseAccess, [ctx.workspace.id, account.id, error.message, ctx.clock.now()]);
    if (changed === 0) return;
    await recordAudit(db, ctx, { action: 'oauth:expired', entity: { type: 'account', id: account.id, name: account.handle } });
    await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'accounts', id: account.id, progress: 0 });
  });
  throw error.kind === 'revoked' ? error : new ProviderError('revoked', error.message, { cause: error });
}
